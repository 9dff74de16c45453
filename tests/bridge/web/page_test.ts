// The page in a real browser against the real bridge: each task of a person on call, end to end.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Bridge, desk, live, phone, row, stateIs, until, visit } from './harness';
import { bridge, browser, incidentOf, on } from './page_world';

test('the first load takes at most 80 KB in all, compressed, and works without a word on the console', async () => {
  let bytes = 0;
  const paths: string[] = [];
  await on(phone, '/', async (page) => {
    await live(page);
    await page.getByText('Nothing is open.').waitFor();
    assert.ok(paths.length >= 4, paths.join(' '));
    assert.ok(bytes > 10_000 && bytes <= 80_000, `${bytes} bytes for ${paths.join(' ')}`);
  }, async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    const urls = new Map<string, string>();
    session.on('Network.responseReceived', (event) => urls.set(event.requestId, new URL(event.response.url).pathname));
    session.on('Network.loadingFinished', (event) => {
      const path = urls.get(event.requestId) ?? '';
      if (path.startsWith('/api/')) return;
      paths.push(path);
      bytes += event.encodedDataLength;
    });
  });
});

test('a second visit takes the page from the browser\'s own store and the HTML by its tag', async () => {
  const page = await fetch(bridge.url + '/');
  const again = await fetch(bridge.url + '/', { headers: { 'If-None-Match': page.headers.get('etag')! } });
  assert.equal(again.status, 304);
  const script = /src="(\/assets\/app-[^"]+)"/.exec(await page.text())![1]!;
  assert.match((await fetch(bridge.url + script)).headers.get('cache-control') ?? '', /immutable/);
});

test('a new incident arrives live, is opened, acknowledged, noted and resolved with one thumb', async () => {
  await on(phone, '/', async (page) => {
    await live(page);
    const key = await incidentOf('thumb-1');
    await row(page, key).waitFor();
    await page.locator('[aria-live=polite]', { hasText: 'thumb-1' }).waitFor({ state: 'attached' });
    assert.match(await page.title(), /^\(1\) /);

    await row(page, key).tap();
    await page.waitForURL(`**/incidents/${key}`);
    const acknowledge = page.locator('[data-action=acknowledge]');
    await acknowledge.waitFor();
    const box = (await acknowledge.boundingBox())!;
    assert.ok(box.y > 844 * 0.85 && box.height >= 48, 'the first action stands at the thumb');

    await acknowledge.tap();
    await stateIs(page, 'acknowledged');
    await until('the bridge agrees', async () => (await bridge.get(`/api/v1/incidents/${key}`)).state === 'acknowledged');
    await page.locator('.entry[data-kind=acknowledged]').waitFor();

    await page.locator('[data-action=note]').tap();
    await page.locator('dialog textarea').fill('Old logs fill it; <b>rotating</b>');
    await page.locator('dialog button[type=submit]').tap();
    await page.locator('.entry[data-kind=note]:not(.sending)', { hasText: 'Old logs fill it; <b>rotating</b>' }).waitFor();

    await page.locator('[data-action=resolve]').tap();
    await page.locator('dialog textarea').fill('Logs rotated');
    await page.locator('dialog button[type=submit]').tap();
    await stateIs(page, 'resolved');
    await page.locator('.entry[data-kind=resolved]', { hasText: 'Logs rotated' }).waitFor();
    const told = await bridge.get(`/api/v1/incidents/${key}`);
    assert.equal(told.state, 'resolved');
    const kinds = told.timeline.map((entry: { kind: string }) => entry.kind);
    assert.equal(kinds.filter((kind: string) => kind === 'note').length, 1, 'sent once');

    // Closing waits for the alert: until it has cleared it is not offered.
    await page.locator('[data-action=reopen]').waitFor();
    assert.equal(await page.locator('[data-action=close]').count(), 0);
    await bridge.post({ name: 'FilesystemFilling', host: 'thumb-1', severity: 'critical', ended: true });
    await page.locator('.entry[data-kind=alert_cleared]').waitFor();
    await page.locator('.actions > [data-action=close]').tap();
    await page.locator('dialog select[name=cause]').selectOption('capacity');
    await page.locator('dialog input[name=solution]').fill('Logs rotate daily');
    await page.locator('dialog input[name=proof]').fill('df says 40 %');
    await page.locator('dialog button[type=submit]').tap();
    await stateIs(page, 'closed');
    await page.goBack();
    await page.getByText('Nothing is open.').waitFor();
  });
});

test('an incident is assigned, by name or to oneself', async () => {
  const key = await incidentOf('assign-1');
  await on(desk, `/incidents/${key}`, async (page) => {
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.locator('input[name=me]').fill('li.na');
    await page.locator('dialog button[type=submit]').click();
    await page.locator('.more summary').click();
    await page.locator('.more [data-action=assign]').click();
    await page.getByRole('button', { name: 'To me, li.na' }).click(); // and no tap more
    await until('the owner', async () => (await bridge.get(`/api/v1/incidents/${key}`)).assignee === 'li.na');
    await page.locator('.facts', { hasText: 'li.na' }).waitFor();
  });
});

test('a desk is worked by keyboard alone, with the focus in sight', async () => {
  const first = await incidentOf('keys-1');
  await incidentOf('keys-2', { severity: 'warning' });
  await on(desk, '/?q=keys-', async (page) => {
    await row(page, first).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    const focused = page.locator(`.row[data-key="${first}"] a:focus-visible`);
    await focused.waitFor();
    assert.match(await focused.evaluate((link) => getComputedStyle(link).outlineStyle), /solid/);
    await page.keyboard.press('a');
    await page.locator(`.row.state-acknowledged[data-key="${first}"]`).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/incidents/${first}`);
    await stateIs(page, 'acknowledged');
    await page.keyboard.press('n');
    await page.locator('dialog textarea').waitFor();
    await page.keyboard.type('by keyboard: a r n ? /');
    await page.keyboard.press('Control+Enter');
    await page.locator('.entry[data-kind=note]:not(.sending)', { hasText: 'by keyboard: a r n ? /' }).waitFor();
    await page.keyboard.press('r');
    await page.locator('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await stateIs(page, 'acknowledged');
    await page.keyboard.press('Escape');
    await page.waitForURL('**/?q=keys-');
    await page.keyboard.press('?');
    await page.getByRole('heading', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await page.locator('#search:focus').waitFor();
  });
});

test('every action is reached by Tab', async () => {
  const key = await incidentOf('tab-1');
  await on(desk, `/incidents/${key}`, async (page) => {
    await page.locator('[data-action=acknowledge]').waitFor();
    const wanted = new Set(['back', 'acknowledge', 'resolve', 'more']);
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('Tab');
      wanted.delete(await page.evaluate(() => {
        const at = document.activeElement as HTMLElement;
        return at.dataset['action'] ?? (at.classList.contains('back') ? 'back' : at.tagName === 'SUMMARY' ? 'more' : '');
      }));
      if (wanted.size === 0) break;
    }
    assert.deepEqual([...wanted], []);
  });
});

test('filters are the address, and the address is the filters', async () => {
  const one = await incidentOf('filter-1');
  const two = await incidentOf('filter-2');
  await on(desk, '/?q=filter-', async (page) => {
    await row(page, two).waitFor();
    await page.locator('#search').fill('filter-1');
    await page.waitForURL('**/?q=filter-1');
    await row(page, two).waitFor({ state: 'detached' });
    await row(page, one).waitFor();
    await page.getByRole('link', { name: 'Closed' }).click();
    await page.waitForURL('**/?state=closed&q=filter-1');
    await page.getByText('Nothing matches.').waitFor();
    await page.goBack();
    await row(page, one).waitFor();
  });
});

test('a refusal shows why and what is possible, and what was shown too early is taken back', async () => {
  const key = await incidentOf('refused-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await page.locator('[data-action=acknowledge]').waitFor();
    assert.equal(await bridge.act(key, 'resolve'), 200); // somebody else, unseen: this page has no stream
    await page.locator('[data-action=acknowledge]').tap();
    const notice = page.locator('.notice.refused');
    await notice.waitFor();
    assert.match(await notice.innerText(), new RegExp(`Acknowledge was refused for ${key}`));
    assert.match(await notice.innerText(), /Possible now:[\s\S]*Reopen/);
    await stateIs(page, 'resolved');
    await notice.getByRole('button', { name: 'Reopen' }).tap();
    await page.locator('dialog button[type=submit]').tap();
    await until('it is open again', async () => ['triggered', 'acknowledged'].includes((await bridge.get(`/api/v1/incidents/${key}`)).state));
  }, (page) => page.route('**/api/v1/events', (route) => route.abort()));
});

test('an action that does not arrive is shown at once, then taken back with the reason', async () => {
  const key = await incidentOf('offline-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    let letGo = (): void => undefined;
    const gate = new Promise<void>((open) => (letGo = open));
    await page.route('**/acknowledge', async (route) => {
      await gate;
      await route.abort();
    });
    await page.locator('[data-action=acknowledge]').tap();
    await stateIs(page, 'acknowledged');
    letGo();
    await page.locator('.notice.refused', { hasText: 'did not reach' }).waitFor();
    await stateIs(page, 'triggered');
  });
});

test('nothing moves under the hand: what is new waits and is counted', async () => {
  const calm = await incidentOf('hand-1', { severity: 'warning' });
  await on(phone, '/?q=hand-', async (page) => {
    await row(page, calm).waitFor();
    await live(page);
    await page.locator('.bar h1').tap();
    // A new row slides in; where it ends is its place.
    await page.waitForFunction(() => document.getAnimations().every((one) => one.playState === 'finished'));
    const place = await row(page, calm).boundingBox();
    const urgent = await incidentOf('hand-2');
    const waiting = page.locator('.waiting');
    await waiting.waitFor();
    assert.equal((await waiting.innerText()).trim(), '1 new');
    assert.equal(await row(page, urgent).count(), 0);
    assert.deepEqual(await row(page, calm).boundingBox(), place);
    await waiting.tap();
    await row(page, urgent).waitFor();
    await waiting.waitFor({ state: 'detached' });
    assert.ok((await row(page, urgent).boundingBox())!.y < (await row(page, calm).boundingBox())!.y);
  });
});

test('when the bridge goes the page says since when it is stale, and catches up when it is back', async () => {
  const key = await incidentOf('stale-1');
  let resumed = '';
  await on(phone, '/?q=stale-', async (page) => {
    await live(page);
    await row(page, key).waitFor();
    await bridge.act(key, 'note', { text: 'so that the stream has an id' });
    page.on('request', (request) => {
      const id = request.headers()['last-event-id'];
      if (request.url().endsWith('/api/v1/events') && id) resumed = id;
    });
    await until('an event has been seen', async () => (await page.locator('.row').count()) > 0);
    await bridge.stop('SIGKILL');
    const notice = page.locator('.stale');
    await notice.waitFor();
    assert.match(await notice.innerText(), /Not live since \d\d:\d\d:\d\d GMT\+8/);
    await bridge.start();
    await bridge.act(key, 'acknowledge', { actor: 'zhao.lei' });
    const other = await incidentOf('stale-2');
    await notice.getByRole('button', { name: 'Try now' }).tap().catch(() => undefined); // may be back already
    await notice.waitFor({ state: 'detached' });
    await live(page);
    await page.locator(`.row.state-acknowledged[data-key="${key}"]`, { hasText: 'zhao.lei' }).waitFor();
    await until('what came meanwhile', async () => (await row(page, other).count()) + (await page.locator('.waiting').count()) > 0);
    assert.match(resumed, /^\d+$/, 'the stream resumes by Last-Event-ID');
  });
});

test('an incident that does not exist is said to be missing', async () => {
  await on(phone, '/incidents/INC-1999-000001', async (page) => {
    await page.getByText('There is no incident INC-1999-000001.').waitFor();
  });
});

test('five thousand incidents scroll in a window of some tens of rows', async () => {
  const many = await Bridge.create();
  try {
    for (let from = 0; from < 5000; from += 500) {
      await many.post(...Array.from({ length: 500 }, (_, i) => ({
        name: 'FilesystemFilling', host: `h-${String(from + i).padStart(4, '0')}`, summary: `/ on h-${from + i} is 81 % full`,
      })));
    }
    const { page, context, problems } = await visit(browser, many.url + '/', phone);
    page.setDefaultTimeout(30_000);
    await page.locator('.count', { hasText: '5000' }).waitFor();
    const drawn = () => page.locator('.rows > li').count();
    assert.ok((await drawn()) < 60, 'at the top');
    for (const part of [0.25, 0.5, 1]) {
      await page.evaluate((p) => scrollTo(0, document.documentElement.scrollHeight * p), part);
      await until('rows where the reader is', async () => {
        const at = await page.evaluate(() => document.elementFromPoint(150, 400)?.closest('.row') !== null);
        return at && (await drawn()) < 60;
      });
    }
    assert.equal(await page.locator('.row[aria-posinset="5000"]').count(), 1, 'the last one is there');
    // The middle of many frames: the machine's other work is not the page's.
    const frame = await page.evaluate(async () => {
      const times: number[] = [];
      let last = performance.now();
      for (let y = 0; y < 120; y++) {
        scrollTo(0, y * 400);
        await new Promise((next) => requestAnimationFrame(next));
        const now = performance.now();
        times.push(now - last);
        last = now;
      }
      return times.sort((a, b) => a - b)[60]!;
    });
    assert.ok(frame < 50, `half of the frames took more than ${frame.toFixed(0)} ms`);
    await page.locator('#search').fill('h-4242');
    await page.locator('.count', { hasText: /^1$/ }).waitFor();
    assert.deepEqual(problems, []);
    await context.close();
  } finally {
    await many.remove();
  }
});

test('without a token the page asks for one, takes only the right one, and acts as its owner', async () => {
  const closed = await Bridge.create((dir) => {
    const file = (name: string, secret: string): string => {
      writeFileSync(join(dir, name), secret, { mode: 0o600 });
      return join(dir, name);
    };
    return `access:
  tokens:
    - {name: li.na, role: responder, token_file: ${file('li.na', 'right-and-long-enough')}}
    - {name: guest, role: viewer, token_file: ${file('guest', 'only-for-looking-here')}}
    - {name: sender, role: agent, token_file: ${file('sender', 'what-the-agent-presents')}}
`;
  }, []);
  try {
    await closed.post({ name: 'FilesystemFilling', host: 'token-1' }, { token: 'what-the-agent-presents' });
    const { page, context, problems } = await visit(browser, closed.url + '/', phone);
    const enter = async (token: string): Promise<void> => {
      await page.locator('input[name=token]').fill(token);
      await page.getByRole('button', { name: 'Enter' }).tap();
    };
    await page.getByRole('heading', { name: 'This bridge asks for a token' }).waitFor();
    await enter('wrong');
    await page.getByText('The bridge refused this token.').waitFor();
    await enter('only-for-looking-here');
    await live(page);
    await page.locator('.row-link').tap();
    await page.locator('[data-action=acknowledge]').tap();
    await page.getByText('Your token does not allow this.').waitFor();
    await stateIs(page, 'triggered');
    await page.locator('.icon-button').tap();
    await page.getByRole('button', { name: 'Forget the token' }).tap();
    await enter('right-and-long-enough');
    await page.locator('[data-action=acknowledge]').tap();
    await page.locator('.entry[data-kind=acknowledged]', { hasText: 'li.na' }).waitFor();
    await page.locator('.icon-button').tap();
    const me = page.locator('input[name=me]');
    assert.deepEqual([await me.inputValue(), await me.isDisabled()], ['li.na', true], 'the token says who it is');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => localStorage.getItem('tocsin.token')), null, 'kept in the tab alone');
    assert.deepEqual(problems, []);
    await context.close();
  } finally {
    await closed.remove();
  }
});
