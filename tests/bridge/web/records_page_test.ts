// Problems, reviews and articles in a real browser: found, made of incidents, and moved to their ends.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { axe, Bridge, desk, isReader, launch, phone, task, until } from './harness';

let browser: Browser;
let bridge: Bridge;

const config = (): string => `
people: [{name: li.na, display: 李娜}, {name: zhao.lei, display: 赵磊}]
teams: [{name: web, members: [li.na, zhao.lei]}]
routes: [{team: web}]
`;

before(async () => {
  [browser, bridge] = await Promise.all([launch(), Bridge.create(config)]);
});
after(async () => {
  await browser?.close();
  await bridge?.remove();
});

const on = (options: BrowserContextOptions, path: string, run: (page: Page) => Promise<void>): Promise<void> =>
  task(browser, bridge.url + path, options, run, isReader('li.na'));

async function incidentOf(host: string): Promise<string> {
  await bridge.post({ name: 'FilesystemFilling', host, severity: 'critical', summary: `/ on ${host} is 93 % full` });
  return bridge.keyOf(host);
}

async function make(kind: string, asks: object): Promise<string> {
  const response = await fetch(`${bridge.url}/api/v1/${kind}`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ actor: 'li.na', ...asks }),
  });
  assert.equal(response.status, 201, await response.clone().text());
  return ((await response.json()) as { key: string }).key;
}

const field = (page: Page, name: string) => page.locator(`dialog [name="${name}"]`);
const send = async (page: Page): Promise<void> => {
  await page.locator('dialog button[type=submit]').click();
};
const done = (page: Page) => page.locator('dialog').waitFor({ state: 'detached' });
const is = (page: Page, state: string) => page.locator(`article[data-state="${state}"]`).waitFor();
const line = (page: Page, kind: string, text: string) => page.locator(`.entry[data-kind=${kind}]`, { hasText: text }).waitFor();
async function choose(page: Page, move: string): Promise<void> {
  await page.locator('.actions [data-move]').first().waitFor();
  if ((await page.locator(`.actions > [data-move=${move}]`).count()) === 0) await page.locator('.more summary').click();
  await page.locator(`.actions [data-move=${move}]`).click();
}

test('a problem is made of an incident and goes its way to closed, each with what it needs', async () => {
  const key = await incidentOf('problem-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await page.locator('[data-make=problem]').tap();
    assert.equal(await field(page, 'title').inputValue(), '/ on problem-1 is 93 % full');
    await field(page, 'title').fill('Logs grow at night');
    await send(page);
    await page.waitForURL('**/problems/PRB-*');
    await is(page, 'open');
    await page.locator('.similar', { hasText: '/ on problem-1 is 93 % full' }).waitFor();
    await choose(page, 'known_error');
    await send(page);
    await page.locator('dialog .missing').waitFor();
    await field(page, 'workaround').fill('logrotate -f');
    await send(page);
    await done(page);
    await is(page, 'known_error');
    await page.locator('.article-text', { hasText: 'logrotate -f' }).waitFor();
    await choose(page, 'edit');
    assert.equal(await field(page, 'workaround').inputValue(), 'logrotate -f');
    await field(page, 'owner').fill('zhao.lei');
    await field(page, 'root_cause').fill('No rotation');
    await send(page);
    await done(page);
    await page.locator('.fact', { hasText: '赵磊' }).waitFor();
    await choose(page, 'fix');
    await field(page, 'fix').fill('logrotate.d/app added');
    await send(page);
    await done(page);
    await is(page, 'fixed');
    await choose(page, 'close');
    await send(page);
    await done(page);
    await is(page, 'closed');
    await line(page, 'closed', 'closes it');
    // From the incident back to it.
    await page.goto(`${bridge.url}/incidents/${key}`);
    await page.locator('.entry[data-kind=record_linked]', { hasText: 'Logs grow at night' }).waitFor();
  });
});

test('a known problem stands on the next incident as a link', async () => {
  const first = await incidentOf('linked-1');
  const problem = await make('problems', { incidents: [first], workaround: 'turn it off and on' });
  await on(desk, `/incidents/${first}`, async (page) => {
    await page.locator('.problem', { hasText: 'turn it off and on' }).getByRole('link', { name: problem }).click();
    await page.waitForURL(`**/problems/${problem}`);
    await page.locator('.article-text', { hasText: 'turn it off and on' }).waitFor();
    await page.locator('.back').click();
    await page.waitForURL('**/problems');
    await page.locator(`.record[data-key="${problem}"]`).waitFor();
  });
});

test('a review has its causes and actions with owners and dates, and is done', async () => {
  const key = await incidentOf('review-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await page.locator('[data-make=review]').tap();
    await send(page);
    await page.waitForURL('**/reviews/REV-*');
    await is(page, 'open');
    await page.locator('.fact', { hasText: key }).waitFor();
    await choose(page, 'done');
    await send(page);
    await page.locator('dialog .missing').waitFor();
    await page.keyboard.press('Escape');
    await done(page);
    await choose(page, 'action');
    await field(page, 'text').fill('Rotate the logs');
    await field(page, 'owner').fill('zhao.lei');
    await field(page, 'due_at').fill('2030-01-31');
    await send(page);
    await done(page);
    const action = page.locator('[data-action-number="1"]');
    assert.match(await action.innerText(), /Rotate the logs[\s\S]*赵磊[\s\S]*31 Jan 2030/);
    await action.getByRole('button', { name: 'Done' }).tap();
    await page.locator('[data-action-number="1"][data-done=true]', { hasText: 'done by 李娜' }).waitFor();
    await choose(page, 'done');
    await field(page, 'causes').fill('No rotation\nNo alert before it was full');
    await send(page);
    await done(page);
    await is(page, 'done');
    await page.locator('.article-text', { hasText: 'No alert before it was full' }).waitFor();
    await page.goto(`${bridge.url}/incidents/${key}`);
    await page.locator('.learn .links a').first().tap();
    await page.waitForURL('**/reviews/REV-*');
  });
});

test('an article keeps how an incident was solved, is edited, withdrawn and published', async () => {
  const key = await incidentOf('article-2');
  await bridge.act(key, 'resolve', { actor: 'li.na', solution: 'Old logs removed' });
  await on(desk, `/incidents/${key}`, async (page) => {
    await page.locator('[data-make=article]').click();
    assert.equal(await field(page, 'text').inputValue(), 'Old logs removed');
    await send(page);
    await page.waitForURL('**/articles/ART-*');
    await page.locator('.article-text', { hasText: 'Old logs removed' }).waitFor();
    await choose(page, 'edit');
    await field(page, 'text').fill('Remove old logs, then <b>look</b>.');
    await field(page, 'match').fill('alertname="FilesystemFilling"\nhost="article-2"');
    await send(page);
    await done(page);
    assert.equal(await page.locator('.article-text').innerText(), 'Remove old logs, then <b>look</b>.');
    await page.locator('.matchers', { hasText: 'host="article-2"' }).waitFor();
    await choose(page, 'withdraw');
    await send(page);
    await done(page);
    await is(page, 'withdrawn');
    await choose(page, 'publish');
    await send(page);
    await done(page);
    await is(page, 'published');
  });
});

test('the lists are of a kind, current or all, searched, and live', async () => {
  const open = await make('problems', { title: 'Searched problem' });
  const closed = await make('problems', { title: 'Searched and rejected' });
  assert.equal((await fetch(`${bridge.url}/api/v1/problems/${closed}/reject`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ actor: 'li.na', text: 'no' }),
  })).status, 200);
  await on(phone, '/', async (page) => {
    await page.locator('[data-place=records]').tap();
    await page.waitForURL('**/problems');
    const row = (key: string) => page.locator(`.record[data-key="${key}"]`);
    await row(open).waitFor();
    assert.equal(await row(closed).count(), 0);
    await page.getByRole('link', { name: 'All', exact: true }).tap();
    await row(closed).waitFor();
    await page.locator('#search').fill('rejected');
    await page.waitForURL('**/problems?which=all&q=rejected');
    await row(open).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Articles' }).tap();
    await page.waitForURL('**/articles?which=all&q=rejected');
    await page.getByText('Nothing matches.').waitFor();
    await page.goto(`${bridge.url}/problems?q=comes+later`);
    await page.getByText('Nothing matches.').waitFor();
    const late = await make('problems', { title: 'It comes later' });
    await row(late).waitFor({ timeout: 15_000 });
    await page.locator('[data-new=problem]').tap();
    await field(page, 'title').fill('By hand');
    await send(page);
    await page.waitForURL('**/problems/PRB-*');
  });
});

test('a refused move says why in the reader\'s language and keeps what was typed', async () => {
  const problem = await make('problems', { title: 'Moved meanwhile' });
  await on({ ...phone, locale: 'zh-CN' }, `/problems/${problem}`, async (page) => {
    await choose(page, 'known_error');
    await field(page, 'workaround').fill('重启');
    const moved = await fetch(`${bridge.url}/api/v1/problems/${problem}/reject`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ actor: 'zhao.lei', text: 'no' }),
    });
    assert.equal(moved.status, 200);
    await send(page);
    await page.locator('dialog .missing', { hasText: `${problem} 已驳回，无法列为已知错误；目前可以：` }).waitFor();
    assert.equal(await field(page, 'workaround').inputValue(), '重启');
  });
});

test('in Chinese, in the dark, on a small phone and a desk: axe finds nothing serious, nothing is too wide', async () => {
  const incident = await incidentOf('axe-1');
  const problem = await make('problems', { incidents: [incident], workaround: 'w'.repeat(120), owner: 'li.na' });
  const review = await make('reviews', { about: incident });
  await fetch(`${bridge.url}/api/v1/reviews/${review}/action`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ actor: 'li.na', text: 'rotate', due_at: '2020-01-01T00:00:00Z' }),
  });
  const article = await make('articles', { title: 'Disks', text: 'df', match: ['host="axe-1"'] });
  const small = { ...phone, viewport: { width: 320, height: 568 } };
  for (const look of [{ ...small, colorScheme: 'dark' }, { ...desk, locale: 'zh-CN' }, { ...small, locale: 'zh-CN' }] as const) {
    await on(look, '/problems', async (page) => {
      const fits = async (where: string): Promise<void> => {
        const [wide, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(wide! <= width!, `${where}: ${wide}`);
        await axe(page, where);
      };
      await page.locator('.record').first().waitFor();
      await fits('problems');
      await page.locator('[data-new=problem]').click();
      await fits('new problem');
      for (const [path, ready] of [[`/problems/${problem}`, '.entry'], [`/reviews/${review}`, '[data-action-number]'],
        [`/articles/${article}`, '.article-text'], [`/incidents/${incident}`, '.learn']] as const) {
        await page.goto(bridge.url + path);
        await page.locator(ready).first().waitFor();
        await fits(path);
      }
    });
  }
  await on({ ...desk, locale: 'zh-CN' }, `/reviews/${review}`, async (page) => {
    await page.locator('.breach', { hasText: '已逾期' }).first().waitFor();
    await page.locator('.entry[data-kind=action]', { hasText: '李娜添加改进措施 1：rotate' }).waitFor();
    assert.equal(await page.locator('.entry[data-kind=action] q').count(), 0, 'said once');
    await page.getByRole('button', { name: '完成复盘' }).waitFor();
  });
});

test('keyboard and missing keys', async () => {
  await on(desk, '/reviews/REV-1999-000001', async (page) => {
    await page.getByText('There is no REV-1999-000001.').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL('**/reviews');
    await page.keyboard.press('/');
    await page.keyboard.type('disk');
    await page.waitForURL('**/reviews?q=disk');
    await until('the place is marked', async () => (await page.locator('[data-place=records][aria-current=page]').count()) === 1);
  });
});
