// What a person on call does beyond taking and closing: each move, in a real browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { desk, phone, stateIs, until } from './harness';
import { becomes, bridge, choose, field, get, incidentOf, on, send, world } from './task_world';

test('an incident goes to another team with what was found, and not without', async () => {
  const key = await incidentOf('team-1');
  await bridge.act(key, 'acknowledge', { actor: 'li.na' });
  await on(phone, `/incidents/${key}`, async (page) => {
    await choose(page, 'escalate');
    const options = await field(page, 'team').locator('option').allInnerTexts();
    assert.deepEqual(options, ['The next step now', 'dba', 'ACME support']);
    await field(page, 'team').selectOption('dba');
    await send(page);
    await page.locator('dialog .missing', { hasText: 'Please fill this in.' }).waitFor();
    await field(page, 'text').fill('The database fills it');
    await send(page);
    await becomes(key, 'the other team has it', (incident) => incident.team === 'dba' && incident.state === 'triggered');
    await page.locator('.entry[data-kind=handed_over]', { hasText: 'The database fills it' }).waitFor();
    await page.locator('.facts', { hasText: 'team:web' }).waitFor(); // the former one watches
  });
});

test('the next step is asked in two taps, and a vendor with what is wanted', async () => {
  const key = await incidentOf('step-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await choose(page, 'escalate');
    await send(page);
    await page.locator('.entry[data-kind=escalated]').waitFor();
    assert.ok((await get(key)).escalation.told.includes('li.na'));
    await choose(page, 'escalate');
    await field(page, 'team').selectOption('vendor:acme');
    await field(page, 'text').fill('A new disk');
    await send(page);
    await page.locator('.entry[data-kind=vendor_asked]', { hasText: 'A new disk' }).waitFor();
  });
});

test('at the end of the ladder the page says which step repeats, not one that there is none of', async () => {
  const key = await incidentOf('ladder-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    const next = page.locator('.fact', { hasText: 'Escalation' }).locator('dd');
    await next.filter({ hasText: /^step 2 of 2 in (29|30) min/ }).waitFor();
    for (const repeats of [1, 2]) {
      await bridge.act(key, 'escalate', { actor: 'li.na' });
      await next.filter({ hasText: new RegExp(`^step 2 of 2, repeat ${repeats} in (29|30) min`) }).waitFor();
    }
    await page.locator('.entry[data-kind=step_repeated]', { hasText: 'Step 2 of policy web, repeat 1' }).waitFor();
  });
  await on({ ...phone, locale: 'zh-CN' }, `/incidents/${key}`, async (page) => {
    await page.locator('.fact', { hasText: /(29|30) 分钟后：第 2 步（共 2 步），第 2 次重复/ }).waitFor();
  });
});

test('an incident is assigned to a person by name, and to a team', async () => {
  const key = await incidentOf('assign-2');
  await on(desk, `/incidents/${key}`, async (page) => {
    await choose(page, 'assign');
    assert.ok((await page.locator('#suggest-person option').evaluateAll((all) => all.map((o) => (o as HTMLOptionElement).value))).includes('zhao.lei'));
    await send(page);
    await page.locator('dialog .missing').waitFor();
    await field(page, 'person').fill('zhao.lei');
    await send(page);
    await becomes(key, 'the owner', (incident) => incident.assignee === 'zhao.lei');
    await choose(page, 'assign');
    await field(page, 'team').selectOption('dba');
    await send(page);
    await becomes(key, 'the team', (incident) => incident.team === 'dba');
  });
});

test('reminders are put off for a while or until a time', async () => {
  const key = await incidentOf('snooze-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await choose(page, 'snooze');
    await page.getByRole('radio', { name: 'In 2 h' }).check({ force: true });
    const before = Date.now();
    await send(page);
    await becomes(key, 'snoozed', (incident) => incident.snoozed_until !== null);
    const lasts = Date.parse((await get(key)).snoozed_until) - before;
    assert.ok(Math.abs(lasts - 2 * 3600_000) < 60_000, `${lasts} ms`);
    await page.locator('.fact', { hasText: 'Snoozed until' }).waitFor();
    // Times of lines are the reader's, and people stand by the names they are called.
    const line = page.locator('.entry[data-kind=snoozed]', { hasText: '李娜' });
    assert.match(await line.innerText(), /No reminders until \w{3},? \d+ \w+,? \d\d:\d\d/);

    await choose(page, 'snooze');
    await page.getByRole('radio', { name: 'At a time' }).check({ force: true });
    const day = new Date(Date.now() + 48 * 3600_000).toISOString().slice(0, 10);
    await page.locator('dialog input[type=datetime-local]').fill(`${day}T07:30`);
    await send(page);
    // The reader's zone is Shanghai's.
    const wanted = Date.parse(`${day}T07:30:00+08:00`);
    await becomes(key, 'the other time', (incident) => Date.parse(incident.snoozed_until) === wanted);
  });
});

test('what waits for somebody outside is pending for a configured reason, and is resumed', async () => {
  const key = await incidentOf('pend-1');
  await bridge.act(key, 'acknowledge', { actor: 'li.na' });
  await on(phone, `/incidents/${key}`, async (page) => {
    await choose(page, 'pend');
    await field(page, 'reason').selectOption('vendor');
    await field(page, 'text').fill('The disk comes on Monday');
    await send(page);
    await stateIs(page, 'pending');
    await becomes(key, 'pending', (incident) => incident.pending_cause === 'vendor');
    await page.locator('.fact', { hasText: 'The disk comes on Monday' }).waitFor();
    await page.locator('[data-sla=paused]').waitFor();
    await page.locator('.actions > [data-action=resume]').click();
    await stateIs(page, 'acknowledged');
    await becomes(key, 'resumed', (incident) => incident.state === 'acknowledged');
  });
});

test('the priority is raised at once and lowered with a reason', async () => {
  const key = await incidentOf('priority-1');
  await on(desk, `/incidents/${key}`, async (page) => {
    await choose(page, 'priority');
    await page.getByRole('radio', { name: 'P1' }).check({ force: true });
    await send(page);
    await page.locator('.badges .p1').waitFor();
    await choose(page, 'priority');
    await page.getByRole('radio', { name: 'P3' }).check({ force: true });
    await send(page);
    await page.locator('dialog .missing').waitFor();
    await field(page, 'text').fill('A test host');
    await send(page);
    await page.locator('.badges .p3').waitFor();
    await page.locator('.entry[data-kind=priority_lowered]', { hasText: 'A test host' }).waitFor();
  });
});

test('an incident is watched in one tap of its form, and no longer', async () => {
  const key = await incidentOf('watch-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await choose(page, 'watch');
    await page.getByRole('button', { name: 'To me, li.na' }).tap();
    await becomes(key, 'watched', (incident) => incident.escalation.watchers.includes('person:li.na'));
    await page.locator('.fact', { hasText: 'Watchers' }).waitFor();
    await choose(page, 'unwatch');
    await send(page);
    await becomes(key, 'not watched', (incident) => incident.escalation.watchers.length === 0);
  });
});

test('incidents are linked, split and merged', async () => {
  await bridge.post(
    { name: 'HighLoad', host: 'merge-1', severity: 'warning', labels: { instance: 'a' } },
    { name: 'OomKill', host: 'merge-2', severity: 'warning' },
  );
  const [one, two] = [await bridge.keyOf('merge-1'), await bridge.keyOf('merge-2')];
  await on(desk, `/incidents/${two}`, async (page) => {
    await choose(page, 'link');
    await field(page, 'link').fill('https://wiki.example/oom');
    await field(page, 'text').fill('What we know');
    await send(page);
    await page.locator('.links a[href="https://wiki.example/oom"]', { hasText: 'What we know' }).waitFor();

    await page.goto(`${bridge.url}/incidents/${one}`);
    await choose(page, 'merge');
    await field(page, 'into').fill(two);
    await send(page);
    await stateIs(page, 'closed');
    await page.locator('.links', { hasText: `Went on as ${two}` }).locator('a').last().click();
    await page.waitForURL(`**/incidents/${two}`);
    await page.locator('.entry[data-kind=merged_in]').waitFor();

    await choose(page, 'split');
    await page.locator('dialog .check', { hasText: 'HighLoad' }).locator('input').check();
    await send(page);
    await page.locator('.entry[data-kind=split_off]').waitFor();
    assert.equal((await get(two)).alerts.length, 1);
  });
});

test('a major incident is declared with who leads it', async () => {
  const key = await incidentOf('major-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await choose(page, 'major');
    await field(page, 'commander').fill('zhao.lei');
    await page.getByRole('radio', { name: '15 min' }).check({ force: true });
    await send(page);
    await becomes(key, 'major', (incident) => incident.major_incident?.commander === 'zhao.lei' && incident.major_incident.update_every === '15m');
    await page.locator('.badge', { hasText: 'Major incident' }).waitFor();
  });
});

test('it is resolved with one of the bridge\'s own causes, verified, and closed with nothing owed', async () => {
  const key = await incidentOf('cause-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    await choose(page, 'resolve');
    assert.deepEqual(await field(page, 'cause').locator('option').allInnerTexts(), ['–', 'power', 'water', 'capacity']);
    await page.locator('dialog label', { hasText: 'P2 owes it before it closes' }).first().waitFor();
    await field(page, 'cause').selectOption('water');
    await send(page);
    // Alerts fire still: it is offered that they be silent until they clear.
    await page.getByRole('button', { name: 'Silence until clear' }).tap();
    await page.locator('.notice', { hasText: `${key} silenced` }).waitFor();
    await stateIs(page, 'resolved');
    await becomes(key, 'the cause', (incident) => incident.cause === 'water');
    assert.ok((await bridge.get('/api/v1/silences')).silences.some((one: any) => one.until_clear && one.matchers.includes('host="cause-1"')));
    await bridge.post({ name: 'FilesystemFilling', host: 'cause-1', severity: 'critical', ended: true });
    await page.locator('.actions > [data-action=close]').waitFor();

    await choose(page, 'verify');
    await field(page, 'text').fill('df says 40 %');
    await send(page);
    await page.locator('.entry[data-kind=verified]', { hasText: 'df says 40 %' }).waitFor();
    await choose(page, 'close');
    await field(page, 'solution').waitFor();
    assert.equal(await field(page, 'cause').count(), 0, 'asked once');
    await send(page);
    await page.locator('dialog .missing').waitFor();
    await field(page, 'solution').fill('Mopped up');
    await send(page);
    await stateIs(page, 'closed');
    await becomes(key, 'closed', (incident) => incident.state === 'closed' && incident.solution === 'Mopped up');
    await page.locator('.fact', { hasText: 'Mopped up' }).waitFor();
  });
});

test('a cause that the configuration gained is in the next form, without a reload of the page', async () => {
  const key = await incidentOf('cause-2');
  await on(desk, `/incidents/${key}`, async (page) => {
    await page.locator('.actions').waitFor();
    world.causes += ', sabotage';
    bridge.reload();
    await until('the bridge has read it', async () => (await bridge.get('/api/v1/choices')).causes.includes('sabotage'));
    await choose(page, 'resolve');
    await field(page, 'cause').locator('option', { hasText: 'sabotage' }).waitFor({ state: 'attached' });
    world.causes = world.causes.replace(', sabotage', '');
    bridge.reload();
    await until('as before', async () => !(await bridge.get('/api/v1/choices')).causes.includes('sabotage'));
  });
});

test('whoever reported it is told, and rates it', async () => {
  const response = await fetch(`${bridge.url}/api/v1/incidents`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ symptom: 'The shop is slow', reporter: 'wang.fang' }),
  });
  assert.equal(response.status, 201, await response.clone().text());
  const { key } = (await response.json()) as { key: string };
  await on(desk, `/incidents/${key}`, async (page) => {
    await page.locator('.fact', { hasText: 'wang.fang' }).waitFor();
    await choose(page, 'note');
    await field(page, 'text').fill('We are at it');
    await field(page, 'public').check();
    await send(page);
    await page.locator('.entry[data-kind=public_note]', { hasText: 'We are at it' }).waitFor();
    await choose(page, 'resolve');
    await send(page);
    await stateIs(page, 'resolved');
    await choose(page, 'rate');
    await page.getByRole('radio', { name: '4' }).check({ force: true });
    await send(page);
    await becomes(key, 'rated', (incident) => incident.satisfaction === 4);
    await choose(page, 'confirm');
    await send(page);
    await page.locator('.entry[data-kind=confirmed]').waitFor();
  });
});

test('every action that the bridge says is possible has its button, and a small phone shows them all', async () => {
  const key = await incidentOf('menu-1');
  const small = { ...phone, viewport: { width: 360, height: 640 } };
  await on(small, `/incidents/${key}`, async (page) => {
    await page.locator('.more summary').tap();
    const shown = await page.locator('.actions [data-action]').evaluateAll((all) => all.map((b) => (b as HTMLElement).dataset['action']!));
    const said = ((await get(key)).actions as string[]).filter((action) => !['unwatch', 'split'].includes(action));
    assert.deepEqual(said.filter((action) => !shown.includes(action)), []);
    for (const button of await page.locator('.actions [data-action]').all()) {
      await button.scrollIntoViewIfNeeded();
      const box = (await button.boundingBox())!;
      assert.ok(box.height >= 44 && box.x >= 0 && box.x + box.width <= 360 && box.y >= 0 && box.y + box.height <= 640, JSON.stringify(box));
    }
  });
});

test('at three in the morning each of these is two taps', async () => {
  const cases: [string, string[], (incident: any) => boolean][] = [
    ['acknowledge', ['.actions > [data-action=acknowledge]'], (incident) => incident.state === 'acknowledged'],
    ['assign', ['.more summary', '[data-quick=assign]'], (incident) => incident.assignee === 'li.na'],
    ['snooze', ['.more summary', '[data-quick=snooze]'], (incident) => incident.snoozed_until !== null],
    ['escalate', ['.more summary', '[data-quick=escalate]'], (incident) => incident.timeline.some((entry: any) => entry.kind === 'escalated')],
    ['resolve', ['.actions > [data-action=resolve]', 'dialog [type=submit]'], (incident) => incident.state === 'resolved'],
  ];
  for (const [name, taps, is] of cases) {
    assert.ok(taps.length <= 2);
    const key = await incidentOf(`taps-${name}`, { severity: 'warning' });
    await on(phone, `/incidents/${key}`, async (page) => {
      for (const tap of taps) await page.locator(tap).tap();
      await becomes(key, name, is);
    });
  }
  const over = await bridge.keyOf('taps-resolve');
  await bridge.post({ name: 'FilesystemFilling', host: 'taps-resolve', severity: 'warning', ended: true });
  await on(phone, `/incidents/${over}`, async (page) => {
    for (const tap of ['.actions > [data-action=close]', 'dialog [type=submit]']) await page.locator(tap).tap();
    await becomes(over, 'closed', (incident) => incident.state === 'closed');
  });
});
