// A Chinese page with as many facts as can be holds no English but what people, keys, labels and
// machines at the other end say. In a real browser, against the real bridge.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { Bridge, desk, isReader, launch, phone, task, until } from './harness';

let browser: Browser;
let bridge: Bridge;
let hook: Server;

const config = (): string => `
language: zh-CN
channels: [{name: 值班群, type: webhook, url: "http://127.0.0.1:${(hook.address() as AddressInfo).port}/"}]
people:
  - {name: li.na, display: 李娜, contacts: [{channel: 值班群}]}
  - {name: zhao.lei, display: 赵磊, contacts: [{channel: 值班群}]}
vendors: [{name: acme, display: 原厂, contacts: [{channel: 值班群}]}]
teams:
  - {name: 网站组, members: [li.na, zhao.lei], lead: li.na, policy: 标准}
  - {name: 数据库组, members: [zhao.lei], policy: 标准}
policies:
  - {name: 标准, response: [{tell: ["person:zhao.lei"]}, {after: 30m, tell: ["rotation:一线"]}, {after: 60m, tell: ["person:li.na"]}]}
rotations: [{name: 一线, team: 网站组, timezone: UTC, daily: "00:00", people: [li.na, zhao.lei], starts: 2024-01-01}]
sla: {P1: {respond: 15m, resolve: 4h}, P2: {respond: 30m, resolve: 8h}, P3: {respond: 4h, resolve: 24h}}
pending: {reasons: {等待备件: {pauses_at_most: 3d}}}
incidents: {close_needs: {P2: [cause, solution, proof]}}
open_when: [{match: ['alertname="LinkDown"'], held: 2m}]
inhibit: [{source: ['alertname="HostDown"'], target: ['alertname="DiskFull"'], equal: [host]}]
flapping: {openings: 2}
routes: [{team: 网站组, policy: 标准}]
`;

before(async () => {
  hook = createServer((request, response) => request.resume().on('end', () => response.end('ok')));
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  [browser, bridge] = await Promise.all([launch(), Bridge.create(config)]);
});
after(async () => {
  await browser?.close();
  await bridge?.remove();
  hook?.close();
});

const chinese = { ...phone, locale: 'zh-CN' };
const on = (path: string, run: (page: Page) => Promise<void>, options = chinese): Promise<void> =>
  task(browser, bridge.url + path, options, run, isReader('li.na'));

async function send(method: string, path: string, body: unknown): Promise<any> {
  const response = await fetch(bridge.url + path, {
    method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
}
async function acts(key: string, ...all: [string, Record<string, unknown>][]): Promise<void> {
  for (const [action, body] of all) await send('POST', `/api/v1/incidents/${key}/${action}`, { actor: 'li.na', ...body });
}
const fires = async (name: string, host: string, more: { severity?: string; labels?: Record<string, string>; ended?: true } = {}): Promise<void> =>
  bridge.post({ name, host, summary: `${host} 的磁盘已满`, severity: 'critical', ...more });
async function incidentOf(name: string, host: string, labels: Record<string, string> = {}): Promise<string> {
  await fires(name, host, { labels });
  return bridge.keyOf(host);
}

// All that is read or heard of it, folded parts too, but for code (keys, labels,
// matchers) and documents, a review's draft among them, which are the site's own.
async function said(page: Page): Promise<string[]> {
  const open = page.locator('main details:not([open]):not(.more)');
  while ((await open.count()) > 0) await open.first().evaluate((details: HTMLDetailsElement) => { details.open = true; });
  if ((await page.locator('.why').count()) > 0) await page.locator('.chain li').first().waitFor(); // asked for only now
  return page.evaluate(() => {
    const found: string[] = [];
    const walk = (node: Node): void => {
      if (node instanceof Element) {
        if (node.matches('code, script, style, noscript, .article-text')) return;
        for (const name of ['title', 'aria-label', 'placeholder']) {
          const text = node.getAttribute(name);
          if (text) found.push(text);
        }
      }
      if (node.nodeType === Node.TEXT_NODE && node.textContent!.trim()) found.push(node.textContent!.trim());
      node.childNodes.forEach(walk);
    };
    walk(document.body);
    return found;
  });
}

// Two English words in a row, or a word of the bridge's own that stands for something.
const sentence = /[A-Za-z]{2,}[,:;]? [a-z]{2,}/;
const word = /^(silence|maintenance|inhibit|open_when|server|network|database|cause|solution|proof|runbook|dashboard|firing|resolved|unknown|critical|warning|opened|step|by|person|incident|request|system|high|medium|low|capacity|hardware)$/i;
async function allChinese(page: Page, where: string): Promise<void> {
  const all = await said(page);
  assert.ok(all.length > 10, `${where}: ${all.join(' | ')}`);
  const english = all.filter((text) => sentence.test(text) || text.split(/[\s：，、；（）]+/).some((part) => word.test(part)));
  assert.deepEqual(english, [], where);
}

test('an incident with all that can be known of it, and the ways it was held back, are told in Chinese', async () => {
  const key = await incidentOf('磁盘已满', 'web-1', { category: 'server', service: '商城' });
  const link = { actor: 'li.na', link: 'https://wiki.example/disk', text: '磁盘说明' };
  await acts(key, ['note', { text: '正在查看' }], ['escalate', {}], ['acknowledge', {}],
    ['priority', { priority: 'P1' }], ['priority', { priority: 'P2', text: '测试机' }], ['watch', { person: 'zhao.lei' }],
    ['link', link], ['snooze', { for: '60m' }], ['escalate', { team: 'vendor:acme', text: '请寄新盘' }],
    ['pend', { reason: '等待备件', text: '等新盘', for: '60m' }], ['resume', {}], ['major', { commander: 'zhao.lei', communication: 'li.na' }],
    ['silence', { for: '60m', text: '换盘' }]);
  await until('held back', async () => (await bridge.get(`/api/v1/incidents/${key}`)).suppressed !== null);
  await on(`/incidents/${key}`, async (page) => {
    await page.locator('.fact', { hasText: '静默 李娜：换盘' }).waitFor();
    await page.locator('.fact', { hasText: '服务器' }).waitFor();
    await allChinese(page, 'held back');
  });
  await acts(key, ['resolve', { text: '已换盘', cause: 'capacity', solution: '换盘', proof: '使用率 40%' }],
    ['verify', { text: '使用率 40%' }]);
  await on(`/incidents/${key}`, async (page) => {
    await page.locator('.entry[data-kind=findings]', { hasText: '原因分类：容量；解决方法：换盘；证明：使用率 40%' }).waitFor();
    assert.equal((await page.locator('.entry[data-kind=verified]').innerText()).split('使用率 40%').length, 2, 'said once');
    await allChinese(page, 'resolved');
  });
});

test('what people report, what waits for a condition, and what another alert hides', async () => {
  const { key } = await send('POST', '/api/v1/incidents', {
    symptom: '商城很慢', reporter: 'li.na', actor: 'li.na', category: 'network', service: '商城', contact: '分机 8123',
  });
  await acts(key, ['note', { text: '在查', public: true }], ['assign', { team: '数据库组', text: '像是数据库' }],
    ['acknowledge', { actor: 'zhao.lei' }], ['resolve', { actor: 'zhao.lei' }], ['rate', { satisfaction: 4, text: '谢谢' }], ['confirm', {}]);
  await on(`/incidents/${key}`, async (page) => {
    await page.locator('.entry[data-kind=reported]').waitFor();
    await allChinese(page, 'reported');
  });
  const hidden = await incidentOf('DiskFull', 'web-2');
  await fires('HostDown', 'web-2');
  await until('hidden', async () => (await bridge.get(`/api/v1/incidents/${hidden}`)).suppressed !== null);
  await on(`/incidents/${hidden}`, async (page) => {
    await page.locator('.fact', { hasText: '告警 HostDown（web-2）' }).waitFor();
    await allChinese(page, 'hidden');
  });
  const merged = await incidentOf('磁盘已满', 'web-3');
  const into = await incidentOf('内存不足', 'web-4');
  await acts(merged, ['merge', { into, text: '同一原因' }]);
  await acts(into, ['split', { alerts: [(await bridge.get(`/api/v1/incidents/${into}`)).alerts[0].fingerprint] }]);
  for (const one of [merged, into]) await on(`/incidents/${one}`, (page) => page.locator('.entry').first().waitFor().then(() => allChinese(page, one)));
});

test('problems, reviews and articles of it, the lists, who is on call and silences', async () => {
  const key = await incidentOf('磁盘已满', 'web-5');
  await send('POST', '/api/v1/maintenance', { by: 'li.na', host: 'web-5', for: '60m', change: 'CHG-7', comment: '换盘' });
  const problem = await send('POST', '/api/v1/problems', { actor: 'li.na', title: '日志太多', incidents: [key], workaround: '清理日志' });
  const article = await send('POST', '/api/v1/articles', { actor: 'li.na', title: '清理磁盘', text: '先看 du', match: ['host="web-5"'] });
  const review = await send('POST', '/api/v1/reviews', { actor: 'li.na', about: key, title: '磁盘复盘' });
  await send('POST', `/api/v1/problems/${problem.key}/known_error`, { actor: 'li.na', root_cause: '未轮转' });
  await send('POST', `/api/v1/reviews/${review.key}/action`, { actor: 'li.na', text: '加告警', owner: 'zhao.lei' });
  await until('held back', async () => (await bridge.get(`/api/v1/incidents/${key}`)).suppressed !== null);
  await on(`/incidents/${key}`, async (page) => {
    await page.locator('.fact', { hasText: '维护窗口 李娜：CHG-7' }).waitFor();
    await page.locator('.problem', { hasText: '临时措施' }).waitFor();
    await page.locator('.articles').waitFor();
    await allChinese(page, 'in maintenance');
  });
  const places = ['/', '/?state=all&whose=team', '/oncall', '/silences', '/problems', '/reviews', '/articles',
    `/problems/${problem.key}`, `/reviews/${review.key}`, `/articles/${article.key}`];
  for (const path of places) {
    for (const options of [chinese, { ...desk, locale: 'zh-CN' }]) {
      await on(path, async (page) => {
        await page.locator('main :is(.row, .duty, .held, .record, .entry):not(.skeleton *)').first().waitFor();
        await allChinese(page, path);
      }, options);
    }
  }
});
