// How the page looks and speaks: languages, colours, axe, times; its pictures for the documents.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { axe, Bridge, desk, live, phone, row, visit } from './harness';
import { browser, incidentOf, on } from './page_world';

test('the page speaks the browser\'s language, and the chosen one from then on', async () => {
  const key = await incidentOf('tongue-1');
  await on({ ...phone, locale: 'zh-CN' }, '/?q=tongue-', async (page) => {
    await row(page, key).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    assert.match(await row(page, key).innerText(), /待认领/);
    await row(page, key).tap();
    await page.getByRole('button', { name: '认领', exact: true }).waitFor();
    await page.getByText('时间线', { exact: false }).first().waitFor();
    await page.locator('.entry[data-kind=opened]', { hasText: '触发告警：严重，P2' }).waitFor();
    await page.getByRole('button', { name: '设置' }).tap();
    await page.getByRole('radio', { name: 'English' }).check();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Acknowledge', exact: true }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  });
});

test('dark and light follow the system until the reader chooses', async () => {
  const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await on({ ...phone, colorScheme: 'dark' }, '/', async (page) => {
    await live(page);
    assert.equal(await ground(page), 'rgb(16, 19, 22)');
    await page.getByRole('button', { name: 'Settings' }).tap();
    await page.getByRole('radio', { name: 'Light' }).check();
    assert.equal(await ground(page), 'rgb(255, 255, 255)');
    await page.reload();
    await live(page);
    assert.equal(await ground(page), 'rgb(255, 255, 255)');
  });
  await on({ ...phone, colorScheme: 'light' }, '/', async (page) => {
    assert.equal(await ground(page), 'rgb(255, 255, 255)');
  });
});

test('axe finds nothing serious, in any colours, size or language', async () => {
  const key = await incidentOf('axe-1');
  for (const look of [{ ...phone, colorScheme: 'dark' }, { ...desk, colorScheme: 'light', locale: 'zh-CN' }, { ...phone, colorScheme: 'light' }] as const) {
    await on(look, '/?state=all', async (page) => {
      await live(page);
      await row(page, key).waitFor();
      await axe(page, 'list');
      await page.keyboard.press('?');
      await page.locator('dialog').waitFor();
      await axe(page, 'keys');
      await page.keyboard.press('Escape');
      await page.locator('.icon-button').click();
      await page.locator('dialog').waitFor();
      await axe(page, 'settings');
      await page.keyboard.press('Escape');
      await row(page, key).click();
      await page.locator('.entry').first().waitFor();
      await axe(page, 'incident');
      await page.locator('.more summary').click();
      await page.locator('.more [data-action=priority]').click();
      await axe(page, 'priority');
      await page.keyboard.press('Escape');
      await page.locator('[data-action=resolve]').first().click();
      await axe(page, 'resolve');
    });
  }
});

test('a long touch says exactly since when', async () => {
  const key = await incidentOf('touch-1');
  await on(phone, '/?q=touch-', async (page) => {
    await row(page, key).waitFor();
    const { x, y } = (await row(page, key).boundingBox())!;
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints });
    await touch('touchStart', [{ x: x + 150, y: y + 30 }]);
    await row(page, key).getByText(/20\d\d, \d\d:\d\d:\d\d GMT\+8/).waitFor();
    await touch('touchEnd', []);
    assert.match(page.url(), /q=touch-/, 'and opens nothing');
  });
});

test('pictures of the page for the documents', { skip: !process.env['TOCSIN_SCREENSHOTS'] }, async () => {
  const hook = createServer((request, response) => request.resume().on('end', () => response.end('ok')));
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  const shown = await Bridge.create(() => `
channels: [{name: chat, type: webhook, url: "http://127.0.0.1:${(hook.address() as AddressInfo).port}/"}]
people:
  - {name: li.na, display: 李娜, contacts: [{channel: chat}]}
  - {name: zhao.lei, display: 赵磊, contacts: [{channel: chat}]}
teams: [{name: web, members: [zhao.lei], lead: li.na, policy: standard}]
policies: [{name: standard, response: [{tell: ["person:zhao.lei"]}, {after: 10m, tell: ["person:li.na"]}]}]
rotations:
  - {name: web, team: web, timezone: Asia/Shanghai, weekly: "mon 09:00", people: [li.na, zhao.lei], starts: 2024-01-01}
  - {name: network, timezone: Asia/Shanghai, daily: "09:00", people: [zhao.lei, li.na], starts: 2024-01-01}
routes: [{team: web}]
`);
  const images = join(process.env['TOCSIN_SOURCE_DIR']!, 'docs/images');
  mkdirSync(images, { recursive: true });
  const samples: [string, string, string, string][] = [
    ['FilesystemFilling', 'web-17', 'critical', '/ on web-17 is 93 % full'],
    ['ReplicationStopped', 'shop-db-2', 'critical', 'Replication on shop-db-2 has stopped'],
    ['HighLoad', 'build-03', 'warning', 'Load per core on build-03 is 4.2 for 15 minutes'],
    ['SwapFilling', 'mail-1', 'warning', 'Swap on mail-1 is 71 % used'],
    ['OomKill', 'shop-api-4', 'warning', 'The kernel killed java on shop-api-4 for memory'],
    ['NetworkErrors', 'lb-1', 'warning', 'eth1 on lb-1 drops 14 packets a second'],
    ['RestartWaiting', 'web-04', 'info', 'Kernel on web-04 waits for a restart'],
  ];
  try {
    for (const [name, host, severity, summary] of samples) {
      await shown.post({ name, host, severity, summary, labels: { env: 'prod', team: host.startsWith('web') ? 'web' : 'infra' },
        description: name === 'FilesystemFilling' ? '4.1 GiB of 60 GiB left, full in about 6 h at the pace of the last hour.' : '' });
    }
    const taken = await shown.keyOf('shop-db-2');
    await shown.act(taken, 'acknowledge', { actor: 'li.na' });
    const main = await shown.keyOf('web-17');
    await shown.act(main, 'acknowledge', { actor: 'zhao.lei' });
    await shown.act(main, 'note', { actor: 'zhao.lei', text: 'Old releases under /srv fill it, removing all but three.' });
    for (const [name, size] of [['phone', phone], ['desk', desk]] as const) {
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const locale of name === 'phone' ? ['en-GB', 'zh-CN'] : ['en-GB']) {
          const look = { ...size, colorScheme, locale };
          const tag = `${name}-${colorScheme}${locale === 'zh-CN' ? '-zh' : ''}`;
          const { page, context } = await visit(browser, shown.url + '/', look, (p) => p.clock.setFixedTime(Date.now() + 12 * 60_000));
          await live(page);
          await row(page, main).waitFor();
          await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
          await page.screenshot({ path: join(images, `page-list-${tag}.png`) });
          await page.goto(`${shown.url}/incidents/${main}`);
          await page.locator('.entry[data-kind=note]').waitFor();
          await live(page);
          await page.screenshot({ path: join(images, `page-incident-${tag}.png`) });
          if (tag === 'phone-light') {
            await page.goto(`${shown.url}/oncall`);
            await page.locator('.duty').first().waitFor();
            await live(page);
            await page.screenshot({ path: join(images, `page-oncall-${tag}.png`) });
          }
          await context.close();
        }
      }
    }
  } finally {
    hook.close();
    await shown.remove();
  }
});
