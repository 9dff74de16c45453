// A bridge with people, teams and targets, and a browser: what the tests of tasks, places and help
// share. Each of their programs has its own.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Bridge, isReader, launch, task, until } from './harness';

let browser: Browser;
export let bridge: Bridge;
let hook: Server;
export const world = {
  broken: true, // the channel of who cannot be reached
  causes: 'power, water, capacity',
};

const port = (): number => (hook.address() as AddressInfo).port;

// The first of a daily rotation's people changes at midnight of UTC, and `starts` is long ago.
const config = (): string => `
channels:
  - {name: chat, type: webhook, url: "http://127.0.0.1:${port()}/"}
  - {name: pager, type: webhook, url: "http://127.0.0.1:${port()}/broken"}
people:
  - {name: li.na, display: 李娜, contacts: [{channel: chat}]}
  - {name: zhao.lei, display: 赵磊, contacts: [{channel: chat}]}
  - {name: wu.di, contacts: [{channel: pager}]}
vendors: [{name: acme, display: ACME support, contacts: [{channel: chat}]}]
teams:
  - {name: web, members: [zhao.lei], lead: li.na, policy: web}
  - {name: dba, members: [wu.di], policy: dba}
policies:
  - {name: web, response: [{tell: ["person:zhao.lei"]}, {after: 30m, tell: ["person:li.na"]}]}
  - {name: dba, response: [{tell: ["person:wu.di", "rotation:dba"]}]}
rotations:
  - {name: dba, team: dba, timezone: UTC, daily: "00:00", people: [wu.di, zhao.lei], starts: 2024-01-01}
  - {name: web, team: web, timezone: UTC, weekly: "mon 00:00", people: [li.na], starts: 2024-01-01}
sla: {P2: {respond: 30m, resolve: 8h}, P3: {respond: 4h, resolve: 24h}}
pending: {reasons: {vendor: {pauses_at_most: 3d}}}
incidents: {causes: [${world.causes}], close_needs: {P2: [cause, solution]}}
routes:
  - {match: ['team="dba"'], team: dba, policy: dba}
  - {team: web, policy: web}
`;

before(async () => {
  hook = createServer((request, response) => request.resume().on('end', () => {
    response.statusCode = world.broken && request.url === '/broken' ? 404 : 200;
    response.end('ok');
  }));
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
  [browser, bridge] = await Promise.all([launch(), Bridge.create(config)]);
});
after(async () => {
  await browser?.close();
  await bridge?.remove();
  hook?.close();
});

export const on = (options: BrowserContextOptions, path: string, run: (page: Page) => Promise<void>, me = 'li.na',
            prepare?: (page: Page) => Promise<unknown>): Promise<void> =>
  task(browser, bridge.url + path, options, run, async (page) => {
    await isReader(me)(page);
    await prepare?.(page);
  });

export async function incidentOf(host: string, more: { name?: string; severity?: string; team?: string; summary?: string } = {}): Promise<string> {
  await bridge.post({
    name: more.name ?? 'FilesystemFilling', host, severity: more.severity ?? 'critical',
    summary: more.summary ?? `/ on ${host} is 93 % full`, labels: more.team ? { team: more.team } : {},
  });
  return bridge.keyOf(host);
}

export const get = (key: string): Promise<any> => bridge.get(`/api/v1/incidents/${key}`);
export const becomes = (key: string, what: string, is: (incident: any) => boolean): Promise<unknown> =>
  until(what, async () => is(await get(key)));

// Opens the form of an action that stands behind "More", or at the thumb.
export async function choose(page: Page, action: string): Promise<void> {
  await page.locator('.actions [data-action]').first().waitFor();
  const atThumb = page.locator(`.actions > [data-action=${action}]`);
  if ((await atThumb.count()) === 0) await page.locator('.more summary').click();
  await page.locator(`.actions [data-action=${action}]`).click();
}
export const field = (page: Page, name: string) => page.locator(`dialog [name="${name}"]`);
export const send = (page: Page) => page.locator('dialog button[type=submit]').click();
export const done = (page: Page) => page.locator('dialog').waitFor({ state: 'detached' });
