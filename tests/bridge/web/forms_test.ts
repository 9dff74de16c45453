// What forms ask for and what they send, and what else is read from the bridge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions } from '../src/model/actions';
import { choices, noChoices, teamsOf } from '../src/model/choices';
import { onCall } from '../src/model/duty';
import { body, fieldsOf, firstValues, forms, momentOf, wrong } from '../src/model/forms';
import type { About, FormName, Values } from '../src/model/forms';
import { detail } from '../src/model/parse';
import { badLine, matcher, silences, windows } from '../src/model/shelf';
import { chain } from '../src/model/why';
import { en } from '../src/text/en';
import { zh } from '../src/text/zh';

const kNoon = Date.parse('2026-11-22T12:00:00.000Z');

const known = choices({
  me: { name: 'li.na', role: 'responder' },
  people: [{ name: 'li.na', display: '李娜' }, { name: 'zhao.lei', display: 'zhao.lei' }],
  teams: [{ name: 'web', lead: 'li.na', manager: null, members: ['zhao.lei'] }, { name: 'dba', lead: null, members: ['wu.di'] }],
  vendors: [{ name: 'acme', display: 'ACME' }],
  causes: ['power', 'water'],
  close_needs: { P1: ['cause', 'solution', 'proof'], P3: [] },
  pending_reasons: [{ name: 'vendor', pauses_at_most: '3d' }],
});

function about(part: Record<string, unknown> = {}, choose = known): About {
  const value = detail({ key: 'k', opened_at: '2026-11-22T12:00:00Z', state: 'acknowledged', priority: 'P1', team: 'web', ...part })!;
  return { row: value, detail: value, choices: choose, me: 'li.na' };
}

const names = (form: FormName, of: About): string => fieldsOf(form, of).map((field) => field.name).join(' ');

// As a person fills it: what the form begins with, and what was typed.
function filled(form: FormName, of: About, typed: Values): { missing: string | null; sends: unknown } {
  const fields = fieldsOf(form, of);
  const values = { ...firstValues(fields, of), ...typed };
  return { missing: wrong(fields, values, of)?.field ?? null, sends: body(fields, values) };
}

test('what can be named is read, and a person is of the teams that they lead or work in', () => {
  assert.deepEqual(teamsOf(known, 'li.na'), ['web']);
  assert.deepEqual(teamsOf(known, 'zhao.lei'), ['web']);
  assert.deepEqual(teamsOf(known, ''), []);
  assert.deepEqual(known.reasons, ['vendor']);
  assert.deepEqual(choices(null), noChoices);
});

test('a form sends what the API takes, and asks for what the bridge would refuse without', () => {
  const cases: [FormName, Values, string | null, unknown][] = [
    ['assign', {}, 'person', {}],
    ['assign', { person: ' zhao.lei ' }, null, { person: 'zhao.lei' }],
    ['assign', { team: 'dba' }, 'text', { team: 'dba' }],
    ['assign', { team: 'dba', text: 'found' }, null, { team: 'dba', text: 'found' }],
    ['note', { text: '  ' }, 'text', {}],
    ['escalate', {}, null, {}],
    ['escalate', { team: 'vendor:acme' }, 'text', { team: 'vendor:acme' }],
    ['snooze', {}, null, { for: '60m' }],
    ['snooze', { until: '' }, 'until', {}],
    ['snooze', { until: '2026-11-23T08:00' }, null, { until: new Date('2026-11-23T08:00').toISOString() }],
    ['pend', {}, 'text', { for: '240m' }],
    ['pend', { reason: 'vendor' }, null, { reason: 'vendor', for: '240m' }],
    ['resolve', {}, null, {}],
    ['resolve', { cause: 'water', solution: 'mopped', proof: 'dry', text: 't' }, null, { cause: 'water', solution: 'mopped', proof: 'dry', text: 't' }],
    ['priority', {}, 'priority', {}],
    ['priority', { priority: 'P3' }, 'text', { priority: 'P3' }],
    ['verify', {}, 'text', {}],
    ['rate', {}, 'satisfaction', {}],
    ['rate', { satisfaction: '4' }, null, { satisfaction: 4 }],
    ['watch', {}, null, {}],
    ['link', {}, 'link', {}],
    ['major', { every: '30', commander: 'li.na' }, null, { every: '30m', commander: 'li.na' }],
    ['merge', {}, 'into', {}],
    ['split', { alerts: 'a1\nb2' }, null, { alerts: ['a1', 'b2'] }],
    ['silence', {}, null, {}],
    ['silence', { for: '60' }, null, { for: '60m' }],
    ['newWindow', {}, 'host', { for: '60m' }],
    ['newWindow', { match: 'env="prod"\n site=bj1 ' }, null, { match: ['env="prod"', 'site=bj1'], for: '60m' }],
    ['newWindow', { match: 'prod' }, 'match', { match: ['prod'], for: '60m' }],
    ['newSilence', { matchers: 'host="a"', comment: '' }, 'comment', { matchers: ['host="a"'], for: '120m' }],
    ['override', {}, null, { for: '480m' }],
  ];
  for (const [form, typed, missing, sends] of cases) {
    assert.deepEqual(filled(form, about(), typed), { missing, sends }, `${form} ${JSON.stringify(typed)}`);
  }
});

test('what nobody has begun goes to another team without a word, and raising needs none', () => {
  assert.equal(filled('assign', about({ state: 'triggered' }), { team: 'dba' }).missing, null);
  assert.equal(filled('priority', about({ priority: 'P3' }), { priority: 'P1' }).missing, null);
});

test('a form shows what fits: other teams, a reporter\'s fields, what is still owed', () => {
  assert.equal(names('assign', about({}, noChoices)), 'person text');
  assert.deepEqual(fieldsOf('assign', about())[1]!.options!(about()), ['', 'dba']);
  assert.equal(names('note', about()), 'text');
  assert.equal(names('note', about({ reporter: { name: 'wang' } })), 'text public');
  assert.equal(names('pend', about({}, noChoices)), 'text until');
  assert.equal(names('resolve', about({ priority: 'P3' })), 'text cause solution');
  assert.equal(names('close', about({ cause: 'power', resolved_by: 'li.na' })), 'solution proof text');
  // What a person resolved owes its findings; what resolved by itself does not.
  assert.equal(filled('close', about({ resolved_by: 'li.na' }), {}).missing, 'cause');
  assert.equal(filled('close', about({ resolved_by: 'system' }), {}).missing, null);
  assert.equal(filled('close', about({ resolved_by: 'li.na', priority: 'P3' }), {}).missing, null);
  const watched = about({ escalation: { watchers: ['team:web', 'person:li.na'] } });
  assert.equal(firstValues(fieldsOf('unwatch', watched), watched)['person'], 'person:li.na');
});

test('every field has its words in both languages', () => {
  for (const [form, fields] of Object.entries(forms)) {
    for (const { name } of fields ?? []) {
      for (const { form: words } of [en, zh]) assert.ok(words.fieldOf[`${form}.${name}`] ?? words.field[name], `${form}.${name}`);
    }
  }
  for (const words of [en, zh]) {
    for (const at of [...Object.keys(words.form.fieldOf), ...Object.keys(words.form.none)].filter(Boolean)) {
      const dot = at.lastIndexOf('.');
      const [form, name] = [at.slice(0, dot) as FormName, at.slice(dot + 1)];
      assert.ok(forms[form]?.some((field) => field.name === name), at);
    }
  }
  for (const form of Object.keys(forms)) {
    const own = ['newSilence', 'newWindow', 'override', 'cancel', 'expire', 'end'];
    assert.ok((actions as readonly string[]).includes(form) || own.includes(form) || /^(problem|review|article)\./.test(form), form);
  }
});

test('matchers are read as Alertmanager writes them', () => {
  const cases: [string, unknown][] = [
    ['host=web-1', { name: 'host', value: 'web-1', isRegex: false, isEqual: true }],
    [' host = "web 1" ', { name: 'host', value: 'web 1', isRegex: false, isEqual: true }],
    ['alertname=~"Disk.*"', { name: 'alertname', value: 'Disk.*', isRegex: true, isEqual: true }],
    ['env!="prod"', { name: 'env', value: 'prod', isRegex: false, isEqual: false }],
    ['env!~a|b', { name: 'env', value: 'a|b', isRegex: true, isEqual: false }],
    ['text="a \\"b\\" \\\\ c"', { name: 'text', value: 'a "b" \\ c', isRegex: false, isEqual: true }],
    ['empty=""', { name: 'empty', value: '', isRegex: false, isEqual: true }],
    ['web-1', null], ['1a=b', null], ['a="b', null], ['a="b"c', null], ['', null],
  ];
  for (const [line, wanted] of cases) assert.deepEqual(matcher(line), wanted, line);
  assert.equal(badLine('a=b\n\n  c\n'), 'c');
  assert.equal(badLine(''), '');
});

test('so many minutes count from now, and a written time is the reader\'s', () => {
  assert.equal(momentOf('90', kNoon), '2026-11-22T13:30:00.000Z');
  assert.equal(momentOf('2026-11-23T08:00', kNoon), new Date(2026, 10, 23, 8).toISOString());
});

test('who is on call is read with the reader\'s own first', () => {
  const shift = (person: string | null) => ({
    person, display: person && person.toUpperCase(), start: '2026-11-22T00:00:00Z', end: '2026-11-23T00:00:00Z', layer: 1, override: null,
  });
  const read = onCall({
    rotations: [
      { name: 'dba', team: null, now: shift(null), next: shift('wu.di') },
      { name: 'web', team: 'web', now: { ...shift('li.na'), override: 4 }, next: shift('zhao.lei') },
      { name: 'app', team: 'app', now: shift('wu.di'), next: shift('li.na') },
    ],
    overrides: [{ id: 4, kind: 'cover', rotation: 'web', person: 'li.na', instead_of: 'zhao.lei', from: '2026-11-22T10:00:00Z', to: '2026-11-22T18:00:00Z', why: 'a wedding', actor: 'li.na' }, {}],
  }, 'li.na');
  assert.deepEqual(read.duties.map((duty) => duty.rotation), ['web', 'app', 'dba']);
  assert.deepEqual([read.duties[0]!.now.override, read.duties[0]!.now.display], [true, 'LI.NA']);
  assert.equal(read.duties[2]!.now.person, '');
  assert.deepEqual(read.overrides.map((one) => [one.id, one.insteadOf, one.why]), [[4, 'zhao.lei', 'a wedding']]);
  assert.deepEqual(onCall(null, ''), { duties: [], overrides: [] });
});

test('silences, windows and the chain are read, and what lacks its parts is left out', () => {
  const one = { id: 'x', state: 'active', matchers: ['a="b"'], starts_at: '2026-11-22T12:00:00Z', ends_at: '2026-11-22T13:00:00Z', by: 'li.na', comment: 'c', alerts: 2 };
  const [held] = silences({ silences: [{ ...one, until_clear: true, unused: false }, { id: 'y' }] });
  assert.deepEqual([held!.untilClear, held!.alerts, held!.matchers], [true, 2, ['a="b"']]);
  const [window] = windows({ maintenance: [{ ...one, state: 'pending', name: 'n', change: 'CHG-7' }] });
  assert.deepEqual([window!.state, window!.change, window!.to - window!.from], ['pending', 'CHG-7', 3_600_000]);
  assert.deepEqual(chain({ key: 'k', links: [{ step: 'rule', at: null, text: 'fires' }, { step: 'x' }] }), [{ step: 'rule', at: null, text: 'fires' }]);
  assert.deepEqual([silences(null), windows(null), chain(null)], [[], [], []]);
});
