// Who is told, who is on call, silences, windows, whose list it is; and that forms and places are for
// everybody. In a real browser.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axe, desk, live, phone, row, until } from './harness';
import { becomes, bridge, choose, done, field, get, incidentOf, on, send, world } from './task_world';

test('who was told what is listed, and what was given up is sent again', async () => {
  const key = await incidentOf('told-1', { team: 'dba' });
  await on(phone, `/incidents/${key}`, async (page) => {
    const dead = page.locator('.told [data-state=dead]');
    await dead.waitFor();
    assert.match(await dead.innerText(), /wu\.di[\s\S]*opened[\s\S]*pager[\s\S]*dead letter[\s\S]*404/);
    world.broken = false;
    await dead.getByRole('button', { name: 'Send again' }).tap();
    await dead.waitFor({ state: 'detached' });
    await until('it arrived', async () => (await get(key)).escalation.messages.every((m: any) => m.state === 'delivered'));
    await page.locator('.told [data-state=delivered]', { hasText: 'wu.di' }).waitFor(); // without a reload
  });
  world.broken = true;
});

test('the clocks say what is left of the targets, and that one was met', async () => {
  const key = await incidentOf('clock-1');
  await on(phone, `/incidents/${key}`, async (page) => {
    const response = page.locator('.fact', { hasText: 'Response target' });
    assert.match(await response.innerText(), /(2\d|30) min left/);
    assert.match(await page.locator('.fact', { hasText: 'Resolution target' }).innerText(), /(7 h \d+ min|8 h) left/);
    await page.locator('.actions > [data-action=acknowledge]').tap();
    await response.locator('[data-sla=met]').waitFor();
  });
});

test('who is on call stands with until when and who comes then, and somebody stands in', async () => {
  const told = await bridge.get('/api/v1/oncall?rotation=dba');
  const { now, next } = told.rotations[0];
  await on(phone, '/', async (page) => {
    await page.locator('[data-place=oncall]').tap();
    await page.waitForURL('**/oncall');
    const duty = page.locator('[data-rotation=dba]');
    await duty.locator(`.duty-now[data-person="${now.person}"]`, { hasText: now.display }).waitFor();
    await duty.locator(`.duty-next[data-person="${next.person}"]`).waitFor();
    assert.match(await duty.locator('.duty-now').innerText(), /until .*\d\d:\d\d \(/);
    // One's own stands first.
    assert.equal(await page.locator('.duty').first().getAttribute('data-rotation'), 'web');
    await page.locator('[data-rotation=web] .duty-now', { hasText: 'you' }).waitFor();

    await duty.getByRole('button', { name: 'Stand in' }).tap();
    assert.equal(await field(page, 'person').inputValue(), 'li.na');
    await page.getByRole('radio', { name: '2 h', exact: true }).check({ force: true });
    await field(page, 'why').fill('a wedding');
    await send(page);
    await done(page);
    await duty.locator('.duty-now[data-person="li.na"]', { hasText: 'override' }).waitFor();
    const override = page.locator('[data-override]', { hasText: 'a wedding' });
    await override.getByRole('button', { name: 'Cancel the override' }).tap();
    await send(page);
    await done(page);
    await override.waitFor({ state: 'detached' });
    await duty.locator(`.duty-now[data-person="${now.person}"]`).waitFor();
    await page.locator('[data-place=list]').tap();
    await page.waitForURL(bridge.url + '/');
  });
});

test('alerts are silenced by matchers, it is seen what that holds back, and ended', async () => {
  const key = await incidentOf('quiet-1', { severity: 'warning' });
  await on(desk, '/silences', async (page) => {
    await page.locator('[data-new=silence]').click();
    await field(page, 'matchers').fill('quiet-1');
    await field(page, 'comment').fill('being moved');
    await send(page);
    await page.locator('dialog .missing', { hasText: '"quiet-1" is no matcher' }).waitFor();
    await field(page, 'matchers').fill('host="quiet-1"\nalertname=~"File.*"');
    await send(page);
    await done(page);
    const held = page.locator('[data-shelf=silences] .held[data-state=active]', { hasText: 'being moved' });
    await held.waitFor();
    assert.match(await held.innerText(), /host="quiet-1"[\s\S]*alertname=~"File\.\*"[\s\S]*until [\s\S]*(1 h 5\d min|2 h)/);
    const silence = (await bridge.get('/api/v1/silences')).silences.find((one: any) => one.comment === 'being moved');
    assert.equal(silence.by, 'li.na');
    await becomes(key, 'suppressed', (incident) => incident.suppressed !== null);
    await page.reload();
    await page.locator('.held', { hasText: 'holds back 1 alert' }).waitFor();
    await held.getByRole('button', { name: 'End the silence' }).click();
    await send(page);
    await done(page);
    await held.waitFor({ state: 'detached' });
    await page.locator('[data-shelf=silences] .over summary').click();
    await page.locator('.held[data-state=expired]', { hasText: 'being moved' }).waitFor();
    await becomes(key, 'not suppressed', (incident) => incident.suppressed === null);
  });
});

test('an incident is silenced until it has cleared or for a while, from itself', async () => {
  const key = await incidentOf('quiet-2', { severity: 'warning' });
  await on(phone, `/incidents/${key}`, async (page) => {
    await choose(page, 'silence');
    await send(page);
    await page.locator('.notice', { hasText: `${key} silenced` }).waitFor();
    await page.locator('.fact', { hasText: 'Suppressed' }).waitFor();
    await page.locator('.fact a[href="/silences"]').tap();
    await page.waitForURL('**/silences');
    const held = page.locator('.held', { hasText: 'quiet-2' });
    await held.waitFor();
    assert.match(await held.innerText(), /Until it has cleared/);
    await page.goBack();
    await choose(page, 'silence');
    await page.getByRole('radio', { name: '1 h', exact: true }).check({ force: true });
    await field(page, 'text').fill('one hour');
    await send(page);
    await until('another silence', async () => (await bridge.get('/api/v1/silences')).silences.some((one: any) => one.comment === 'one hour'));
  });
});

test('a maintenance window is started and ended', async () => {
  await on(phone, '/silences', async (page) => {
    await page.locator('[data-new=window]').tap();
    await send(page);
    await page.locator('dialog .missing').waitFor();
    await field(page, 'host').fill('db-9');
    await field(page, 'change').fill('CHG-77');
    await send(page);
    await done(page);
    const held = page.locator('[data-shelf=windows] .held', { hasText: 'CHG-77' });
    await held.waitFor();
    assert.match(await held.innerText(), /host="db-9"[\s\S]*李娜/);
    const [window] = (await bridge.get('/api/v1/maintenance')).maintenance;
    assert.deepEqual([window.by, window.change], ['li.na', 'CHG-77']);
    await held.getByRole('button', { name: 'End the window' }).tap();
    await send(page);
    await done(page);
    await until('it has ended', async () => (await bridge.get('/api/v1/maintenance')).maintenance[0].state === 'expired');
  });
});

test('a refusal stays in the form with what was typed', async () => {
  await on(phone, '/oncall', async (page) => {
    await page.locator('[data-rotation=dba]').getByRole('button', { name: 'Stand in' }).tap();
    await field(page, 'person').fill('nobody.here');
    await send(page);
    await page.locator('dialog .missing', { hasText: 'nobody is named "nobody.here"' }).waitFor();
    assert.equal(await field(page, 'person').inputValue(), 'nobody.here');
  });
});

test('people stand by the names they are called in list, facts, timeline and told, and are found by both', async () => {
  const reported = await fetch(`${bridge.url}/api/v1/incidents`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ symptom: 'The shop is slow', reporter: 'zhao.lei', actor: 'zhao.lei' }),
  });
  const { key } = (await reported.json()) as { key: string };
  for (const [action, body] of [
    ['acknowledge', { actor: 'li.na' }], ['watch', { actor: 'li.na', person: 'zhao.lei' }], ['major', { actor: 'li.na', commander: 'zhao.lei' }],
  ] as const) {
    assert.equal(await bridge.act(key, action, body), 200, action);
  }
  for (const options of [phone, desk]) {
    await on(options, `/?q=${key}`, async (page) => {
      await row(page, key).locator('.row-owner [title="li.na"]', { hasText: '李娜' }).waitFor();
      for (const typed of ['li.na', '李娜']) {
        await page.goto(`${bridge.url}/?q=${encodeURIComponent(typed)}`);
        await row(page, key).waitFor();
      }
      await row(page, key).click();
      for (const [fact, who] of [['Assignee', '李娜'], ['Reporter', '赵磊'], ['Commander', '赵磊'], ['Watchers', '赵磊']] as const) {
        const said = page.locator('.fact', { hasText: fact }).locator('dd [title]');
        assert.equal(await said.innerText(), who, fact);
        assert.match((await said.getAttribute('title'))!, /^(li\.na|zhao\.lei)$/);
      }
      await page.locator('.entry[data-kind=acknowledged] [title="li.na"]', { hasText: '李娜' }).waitFor();
      await page.locator('.told [title="zhao.lei"]', { hasText: '赵磊' }).first().waitFor();
      const main = await page.locator('main').innerText();
      assert.deepEqual(main.match(/li\.na|zhao\.lei/g), null, main);
    });
  }
});

test('the list is everybody\'s, one\'s own or one\'s teams\', and that is the address', async () => {
  const mine = await incidentOf('whose-1');
  const ours = await incidentOf('whose-2');
  const theirs = await incidentOf('whose-3', { team: 'dba' });
  await bridge.act(mine, 'acknowledge', { actor: 'zhao.lei' });
  await on(phone, '/?q=whose-', async (page) => {
    for (const key of [mine, ours, theirs]) await row(page, key).waitFor();
    await page.getByRole('link', { name: 'Mine', exact: true }).tap();
    await page.waitForURL('**/?whose=mine&q=whose-');
    await row(page, ours).waitFor({ state: 'detached' });
    await row(page, theirs).waitFor({ state: 'detached' });
    await row(page, mine).waitFor();
    await page.getByRole('link', { name: 'My team’s' }).tap();
    await page.waitForURL('**/?whose=team&q=whose-');
    await row(page, ours).waitFor();
    await row(page, mine).waitFor();
    assert.equal(await row(page, theirs).count(), 0);
    await page.reload();
    await row(page, ours).waitFor();
    await page.getByRole('link', { name: 'All', exact: true }).first().tap();
    await row(page, theirs).waitFor();
  }, 'zhao.lei');
  await on(phone, '/?whose=mine', async (page) => {
    await page.getByText('Say in the settings who you are.').waitFor();
  }, '');
});

test('axe finds nothing serious in the places and forms, in any colours, size or language', async () => {
  const key = await incidentOf('axe-2', { team: 'dba' });
  await bridge.act(key, 'acknowledge', { actor: 'li.na' });
  for (const look of [{ ...phone, colorScheme: 'dark' }, { ...desk, colorScheme: 'light', locale: 'zh-CN' }, { ...desk, colorScheme: 'dark' }] as const) {
    await on(look, '/oncall', async (page) => {
      await page.locator('.duty').first().waitFor();
      await axe(page, 'on call');
      await page.locator('.duty button').first().click();
      await axe(page, 'standing in');
      await page.keyboard.press('Escape');
      await done(page);
      assert.match(page.url(), /oncall$/, 'Escape leaves the form, not the place');
      await page.locator('[data-place=silences]').click();
      await page.locator('[data-shelf]').first().waitFor();
      await axe(page, 'silences');
      for (const what of ['silence', 'window']) {
        await page.locator(`[data-new=${what}]`).click();
        await axe(page, `new ${what}`);
        await page.keyboard.press('Escape');
        await done(page);
      }
      await page.goto(`${bridge.url}/incidents/${key}`);
      await page.locator('.told li').first().waitFor();
      await page.locator('.more summary').click();
      await axe(page, 'the menu');
      await page.locator('.more summary').click();
      for (const action of ['assign', 'escalate', 'snooze', 'pend', 'major', 'merge', 'silence']) {
        await choose(page, action);
        await axe(page, action);
        await page.keyboard.press('Escape');
        await done(page);
      }
    });
  }
});

test('forms and places speak Chinese', async () => {
  const key = await incidentOf('chinese-1');
  await on({ ...phone, locale: 'zh-CN' }, `/incidents/${key}`, async (page) => {
    await choose(page, 'resolve');
    await page.locator('dialog label', { hasText: '原因分类 · P2 关闭前必填' }).waitFor();
    assert.deepEqual(await field(page, 'cause').locator('option').allInnerTexts(), ['–', 'power', 'water', '容量']);
    await field(page, 'cause').selectOption('capacity');
    await field(page, 'solution').fill('清理日志');
    await send(page);
    await page.locator('.fact', { hasText: '原因分类' }).getByText('容量').waitFor();
    await page.locator('.entry[data-kind=findings]', { hasText: '清理日志' }).waitFor();
    await page.goto(`${bridge.url}/oncall`);
    await page.locator('.duty-now', { hasText: /到 .*（还有 .*）/ }).first().waitFor();
    await page.locator('[data-place=silences]').tap();
    await page.getByRole('heading', { name: '维护窗口' }).waitFor();
  });
});

test('nothing is wider than the smallest phone', async () => {
  const key = await incidentOf('narrow-1', { summary: 'A title of many words that goes on and on until it has to be wrapped somewhere' });
  for (const locale of ['en-GB', 'zh-CN']) {
    await on({ ...phone, locale, viewport: { width: 320, height: 568 } }, '/?q=narrow-', async (page) => {
      const fits = async (where: string): Promise<void> => {
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(width <= 320, `${where}: ${width}`);
      };
      await row(page, key).waitFor();
      await fits('list');
      await page.locator('[data-place=oncall]').tap();
      await page.locator('.duty').first().waitFor();
      await fits('on call');
      await page.locator('[data-place=silences]').tap();
      await page.locator('[data-shelf]').first().waitFor();
      await fits('silences');
      await page.goto(`${bridge.url}/incidents/${key}`);
      await page.locator('.entry').first().waitFor();
      await fits('incident');
      await choose(page, 'assign');
      await fits('form');
      // The second tap is in sight however long the form is.
      const button = (await page.locator('dialog button[type=submit]').boundingBox())!;
      assert.ok(button.y + button.height <= 568, JSON.stringify(button));
    });
  }
});

test('the places are reached by keyboard and Escape leads back to the list', async () => {
  await on(desk, '/', async (page) => {
    await live(page);
    await page.locator('[data-place=oncall]').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/oncall');
    await page.locator('.duty').first().waitFor();
    await page.keyboard.press('Escape');
    await page.waitForURL(bridge.url + '/');
  });
});
