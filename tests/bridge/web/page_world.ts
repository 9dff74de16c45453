// A bridge and a browser: what the tests of the page share. Each of their programs has its own.
import { after, before } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { Bridge, launch, task } from './harness';

export let browser: Browser;
export let bridge: Bridge;

before(async () => {
  [browser, bridge] = await Promise.all([launch(), Bridge.create()]);
});
after(async () => {
  await browser?.close();
  await bridge?.remove();
});

export const on = (options: BrowserContextOptions, path: string, run: (page: Page) => Promise<void>,
            prepare?: (page: Page) => Promise<unknown>): Promise<void> =>
  task(browser, bridge.url + path, options, run, prepare);

export async function incidentOf(host: string, more: { severity?: string; summary?: string } = {}): Promise<string> {
  await bridge.post({ name: 'FilesystemFilling', host, severity: more.severity ?? 'critical', summary: more.summary ?? `/ on ${host} is 93 % full` });
  return bridge.keyOf(host);
}
