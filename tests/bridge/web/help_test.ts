// What helps stands with the incident: problems, similar ones, articles, why. In a real browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { axe, phone, row, until } from './harness';
import { bridge, incidentOf, on } from './task_world';

// What the bridge answers about an incident, with more in it.
const withMore = (more: Record<string, unknown>) => (page: Page): Promise<unknown> =>
  page.route(/\/api\/v1\/incidents\/INC-[^/]+$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...more } });
  });

test('what helps stands with the incident: a known problem, and how similar ones ended', async () => {
  const before = await incidentOf('past-0');
  const key = await incidentOf('past-1');
  const more = {
    similar: [{ key: before, title: 'Disk full, last week', state: 'closed', resolved_at: new Date(Date.now() - 7 * 86_400_000).toISOString(), cause: 'capacity', solution: 'Logs rotated', url: '' },
      { key: before, title: 'Disk full, the week before', state: 'closed', resolved_at: new Date().toISOString(), resolved_by: 'system', cause: null, solution: null, url: '' }],
    problems: [{ key: 'PRB-1', title: 'Logs grow at night', workaround: 'logrotate -f /etc/logrotate.conf', state: 'open' }],
    children: [{ key: before, opened_at: new Date().toISOString(), title: 'A child of the storm', state: 'triggered' }],
  };
  await on(phone, `/incidents/${key}`, async (page) => {
    await page.locator('.problem', { hasText: 'Workaround: logrotate -f /etc/logrotate.conf' }).waitFor();
    const similar = page.locator('.similar', { hasText: 'Disk full, last week' });
    assert.match(await similar.innerText(), /7 d ago[\s\S]*Logs rotated[\s\S]*capacity/);
    assert.match(await similar.innerText(), /the week before[\s\S]*Ended by itself/);
    await page.locator('.similar', { hasText: 'Stands for 1 incident' }).getByRole('link', { name: 'A child of the storm' }).waitFor();
    await axe(page, 'what helps');
    await similar.getByRole('link', { name: 'Disk full, last week' }).tap();
    await page.waitForURL(`**/incidents/${before}`);
  }, 'li.na', withMore(more));
  // A bridge that says nothing of it shows nothing of it.
  await on(phone, `/incidents/${key}`, async (page) => {
    await page.locator('.entry').first().waitFor();
    assert.equal(await page.locator('.similar, .problem').count(), 0);
  }, 'li.na', withMore({ similar: [], articles: undefined, problems: undefined, children: [] }));
});

test('an article that fits is listed, and read where it stands', async () => {
  const response = await fetch(`${bridge.url}/api/v1/articles`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ title: 'When a disk fills', text: 'First du -x /.\nThen <b>think</b>.', match: ['host="article-1"'] }),
  });
  assert.equal(response.status, 201, await response.text());
  const key = await incidentOf('article-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await page.locator('.articles summary', { hasText: 'When a disk fills' }).tap();
    const text = page.locator('.article-text');
    await text.waitFor();
    assert.equal(await text.innerText(), 'First du -x /.\nThen <b>think</b>.');
    await axe(page, 'article');
  });
});

test('the runbook that a label or an annotation names is one tap away, and so is an article that labels match', async () => {
  const runbook = (name: string): string => `https://runbooks.example/${name}`;
  const given: [string, Record<string, Record<string, string>>][] = [
    ['by-label', { labels: { runbook_url: runbook('by-label') } }],
    ['by-annotation', { annotations: { runbook_url: runbook('by-annotation') } }],
  ];
  for (const [host, more] of given) {
    await bridge.post({ name: 'RunbookNeeded', host, severity: 'critical', summary: `${host} is down`, ...more });
    const key = await bridge.keyOf(host);
    for (const [options, name] of [[phone, 'Runbook'], [{ ...phone, locale: 'zh-CN' }, '处置手册']] as const) {
      await on(options, '/', async (page) => {
        await page.context().route('https://runbooks.example/**', (route) =>
          route.fulfill({ contentType: 'text/plain', body: 'Turn it off and on again' }));
        await row(page, key).tap(); // from the list, as the person woken does
        const link = page.locator('.links').getByRole('link', { name, exact: true });
        await link.waitFor();
        const box = (await link.boundingBox())!;
        assert.ok(box.height >= 44 && box.x >= 0 && box.x + box.width <= 390, JSON.stringify(box));
        const [opened] = await Promise.all([page.context().waitForEvent('page'), link.tap()]);
        await opened.waitForURL(runbook(host));
        assert.equal(await opened.locator('body').innerText(), 'Turn it off and on again');
        assert.equal(await opened.evaluate(() => window.opener), null);
        await page.locator(`article[data-key="${key}"]`).waitFor(); // the incident stays where it was
      });
    }
  }

  const response = await fetch(`${bridge.url}/api/v1/articles`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ title: 'When it is down', text: 'Call the operator.', match: ['alertname="RunbookNeeded"', 'host=~"by-.*"'] }),
  });
  const article = ((await response.json()) as { key: string }).key;
  const [matched, other] = [await bridge.keyOf('by-label'), await incidentOf('by-nothing')];
  await on({ ...phone, locale: 'zh-CN' }, `/incidents/${matched}`, async (page) => {
    await page.getByRole('heading', { name: '知识条目' }).waitFor();
    await page.locator('.articles summary', { hasText: 'When it is down' }).tap();
    await page.locator('.article-text', { hasText: 'Call the operator.' }).waitFor();
    await page.locator('.articles').getByRole('link', { name: article }).tap();
    await page.waitForURL(`**/articles/${article}`);
  });
  await on(phone, `/incidents/${other}`, async (page) => {
    await page.locator('.entry').first().waitFor();
    assert.equal(await page.locator('.articles, .incident-facts .links').count(), 0);
  });
});

test('why is asked for when it is opened, in the reader\'s language, and may be unknown', async () => {
  const key = await incidentOf('why-1');
  const asked: string[] = [];
  const answer = (status: number) => (page: Page): Promise<unknown> =>
    page.route('**/why', async (route) => {
      asked.push(route.request().headers()['accept-language'] ?? '');
      const links = [{ step: 'rule', at: new Date().toISOString(), text: '规则 DiskFull 触发', data: {} }, { step: 'route', at: null, text: '路由 default' }];
      await route.fulfill({ status, json: status === 200 ? { key, links } : { error: { code: 'not_found', message: '' } } });
    });
  await on({ ...phone, locale: 'zh-CN' }, `/incidents/${key}`, async (page) => {
    await page.locator('.why summary').waitFor();
    assert.deepEqual(asked, []);
    await page.locator('.why summary').tap();
    await page.locator('.chain [data-step=route]', { hasText: '路由 default' }).waitFor();
    assert.match(await page.locator('.chain [data-step=rule]').innerText(), /^\d\d:\d\d:\d\d\s+规则 DiskFull 触发$/);
    assert.deepEqual(asked, ['zh-CN']);
  }, 'li.na', answer(200));
  await on(phone, `/incidents/${key}`, async (page) => {
    await page.locator('.why summary').tap();
    await page.locator('.why code', { hasText: key }).waitFor();
    await until('it was asked', async () => asked.length === 2);
    assert.equal(asked[1], 'en');
    assert.equal(await page.locator('.chain').count(), 0);
  }, 'li.na', answer(404));
});
