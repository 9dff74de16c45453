// A real bridge and a real browser for the page's tests.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Locator, Page } from 'playwright-core';

export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>, seconds = 10): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((next) => setTimeout(next, 50));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

export interface Posted {
  name: string;
  host: string;
  severity?: string;
  summary?: string;
  description?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ended?: true;
}

export class Bridge {
  readonly dir = mkdtempSync(join(tmpdir(), 'tocsin-page-'));
  private process: ChildProcess | null = null;
  private said = '';

  private constructor(readonly port: number, private readonly config: (dir: string) => string, private readonly flags: string[]) {}

  static async create(config: (dir: string) => string = () => '', flags: string[] = ['--insecure-loopback']): Promise<Bridge> {
    const bridge = new Bridge(await freePort(), config, flags);
    await bridge.start();
    return bridge;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const program = process.env['TOCSIN_BRIDGE'] ?? '';
    assert.ok(existsSync(program), `no bridge to test at TOCSIN_BRIDGE=${program}`);
    const more = [...this.flags];
    more.push('--config', this.writeConfig());
    const args = ['serve', '--listen', `127.0.0.1:${this.port}`, '--store', `sqlite:${this.dir}/bridge.db`, ...more];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => (this.said += String(part)));
    await until('the bridge is ready', async () => {
      assert.equal(child.exitCode, null, `the bridge ended:\n${this.said}`);
      return fetch(`${this.url}/-/ready`).then((r) => r.ok, () => false);
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.process;
    this.process = null;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }

  // Reads its configuration anew, with what `config` now says.
  reload(): void {
    this.writeConfig();
    this.process?.kill('SIGHUP');
  }

  private writeConfig(): string {
    const file = join(this.dir, 'bridge.yml');
    // Thousands of hosts at once are rows here, not a storm.
    writeFileSync(file, `${this.config(this.dir)}\nstorms: {more_than: 0, fuse: 0}\n`, { mode: 0o600 });
    return file;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.dir, { recursive: true, force: true });
  }

  async post(...all: (Posted | { token: string })[]): Promise<void> {
    const alerts = all.filter((item): item is Posted => 'name' in item);
    const token = all.find((item): item is { token: string } => 'token' in item)?.token;
    const body = alerts.map((alert) => ({
      labels: { alertname: alert.name, host: alert.host, severity: alert.severity ?? 'warning', ...alert.labels },
      annotations: {
        ...(alert.summary ? { summary: alert.summary } : {}),
        ...(alert.description ? { description: alert.description } : {}),
        ...alert.annotations,
      },
      ...(alert.ended ? { endsAt: new Date().toISOString() } : {}),
    }));
    const response = await fetch(`${this.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.text());
  }

  async get(path: string): Promise<any> {
    const response = await fetch(`${this.url}${path}`);
    assert.equal(response.status, 200, path);
    return response.json();
  }

  async act(key: string, action: string, body: unknown = {}): Promise<number> {
    const response = await fetch(`${this.url}/api/v1/incidents/${key}/${action}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.status;
  }

  // The key of the one incident of a host.
  async keyOf(host: string): Promise<string> {
    return until(`an incident of ${host}`, async () => {
      const { incidents } = await this.get(`/api/v1/incidents?state=all&label=${encodeURIComponent(`host=${host}`)}`);
      return incidents[0]?.key as string | undefined;
    });
  }
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['TOCSIN_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export const phone: BrowserContextOptions = {
  viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'en-GB', timezoneId: 'Asia/Shanghai',
};
export const desk: BrowserContextOptions = {
  viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'Asia/Shanghai',
};

// A page in a context of its own, which must not say a word on its console but of refused requests.
export async function visit(browser: Browser, address: string, options: BrowserContextOptions,
                            prepare?: (page: Page) => Promise<unknown>): Promise<{ page: Page; context: BrowserContext; problems: string[] }> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error.stack)));
  page.on('console', (message) => {
    const harmless = /Failed to load resource|net::ERR_/.test(message.text());
    if (message.type() !== 'log' && !harmless) problems.push(message.text());
  });
  await prepare?.(page);
  await page.goto(address);
  return { page, context, problems };
}

// Opens the page, runs the task, and holds the console to silence.
export async function task(browser: Browser, address: string, options: BrowserContextOptions,
                           run: (page: Page) => Promise<void>, prepare?: (page: Page) => Promise<unknown>): Promise<void> {
  const { page, context, problems } = await visit(browser, address, options, prepare);
  try {
    await run(page);
    assert.deepEqual(problems, []);
  } finally {
    await page.unrouteAll({ behavior: 'ignoreErrors' }); // what is still asked for is nobody's any more
    await context.close();
  }
}

export const row = (page: Page, key: string): Locator => page.locator(`.row[data-key="${key}"]`);
// Live, and what was there before has been read: only what comes later is news.
export async function live(page: Page): Promise<void> {
  await page.locator('.live.live').waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}
export const stateIs = (page: Page, state: string): Promise<void> => page.locator(`article[data-state="${state}"]`).waitFor();
export const isReader = (name: string) => (page: Page): Promise<unknown> =>
  page.addInitScript((me) => localStorage.setItem('tocsin.me', me), name);

const axeSource = (): string => readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// What axe finds serious or critical of what is in sight: nothing.
export async function axe(page: Page, where: string): Promise<void> {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axeSource());
  const found = await page.evaluate(() => (window as any).axe.run(document, { resultTypes: ['violations'] })) as {
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  const serious = found.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => [where, id, nodes[0]!.html, nodes[0]!.failureSummary]), []);
}
