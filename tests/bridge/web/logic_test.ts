// The page's pure parts, by node's own test runner.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions, expected, forms, possible, sentence } from '../src/model/actions';
import { withoutActor, wrote } from '../src/model/entry';
import { listAddress, readAddress } from '../src/model/address';
import { arrange, compare, hold, matches } from '../src/model/order';
import { detail, row, rows, safeUrl, time } from '../src/model/parse';
import { duration, exactTime, shortDuration, zoneName } from '../src/model/time';
import type { Row, State } from '../src/model/types';
import { itemAt, offsets, windowOf } from '../src/model/window';
import { failure } from '../src/net/api';
import { backoff } from '../src/net/live';
import { SseParser } from '../src/net/sse';
import { pickLanguage } from '../src/text';
import { en } from '../src/text/en';
import { zh } from '../src/text/zh';

const kNoon = Date.parse('2026-11-22T12:00:00.000Z');

function make(part: Partial<Row> & { key: string }): Row {
  return {
    state: 'triggered', priority: 'P3', severity: 'warning', title: part.key, dedupKey: '',
    labels: {}, openedAt: kNoon, updatedAt: kNoon, assignee: null, team: null,
    counts: { firing: 1, resolved: 0, unknown: 0 }, parent: null, ...part,
  };
}
const all = { state: 'open', team: '', q: '' } as const;
const keys = (found: readonly Row[]): string => found.map((r) => r.key).join(' ');

test('a list stands by what is mine and unacknowledged, then priority, then age', () => {
  const found = arrange(
    [
      make({ key: 'late', priority: 'P2', openedAt: kNoon + 5 }),
      make({ key: 'early', priority: 'P2' }),
      make({ key: 'p1-taken', priority: 'P1', state: 'acknowledged', assignee: 'li.na' }),
      make({ key: 'mine', priority: 'P4', assignee: 'li.na' }),
      make({ key: 'others', priority: 'P1', openedAt: kNoon + 9, assignee: 'zhao.lei' }),
      make({ key: 'done', priority: 'P1', state: 'resolved' }),
    ],
    all,
    'li.na',
  );
  assert.equal(keys(found), 'mine p1-taken others early late');
});

test('without a name nothing is mine, and what is over stands by its latest change', () => {
  assert.ok(compare(make({ key: 'a', priority: 'P4', assignee: '' }), make({ key: 'b', priority: 'P1' }), '') > 0);
  const over = arrange(
    [make({ key: 'old', state: 'closed' }), make({ key: 'new', state: 'resolved', updatedAt: kNoon + 1 })],
    { ...all, state: 'all' },
    '',
  );
  assert.equal(keys(over), 'new old');
});

test('filters take a state, a team and every word of a search, wherever it stands', () => {
  const one = make({ key: 'INC-2026-000007', title: 'Disk full', team: 'web', labels: { host: 'web-17', mountpoint: '/var' } });
  const cases: [Partial<{ state: 'open' | 'closed' | 'all'; team: string; q: string }>, boolean][] = [
    [{}, true],
    [{ q: 'DISK' }, true],
    [{ q: 'disk web-17 /var' }, true],
    [{ q: 'disk web-18' }, false],
    [{ q: '000007' }, true],
    [{ team: 'web' }, true],
    [{ team: 'dba' }, false],
    [{ state: 'closed' }, false],
    [{ state: 'all', q: '  ' }, true],
  ];
  for (const [part, wanted] of cases) assert.equal(matches(one, { ...all, ...part }), wanted, JSON.stringify(part));
});

test('while a hand is on the list rows keep their places and what is new waits', () => {
  const a = make({ key: 'a', priority: 'P2' });
  const b = make({ key: 'b', state: 'resolved' });
  const c = make({ key: 'c', priority: 'P1' });
  const known = new Map([a, b, c].map((r) => [r.key, r]));
  const held = hold(['b', 'a', 'gone'], [c, a], known);
  assert.equal(keys(held.rows), 'b a');
  assert.equal(keys(held.waiting), 'c');
});

test('an address is a view and a view is an address', () => {
  const cases: [string, string, unknown][] = [
    ['/', '', { page: 'list', filters: { state: 'open', team: '', q: '' } }],
    ['/', '?state=closed&team=web&q=disk+full', { page: 'list', filters: { state: 'closed', team: 'web', q: 'disk full' } }],
    ['/', '?state=nonsense', { page: 'list', filters: { state: 'open', team: '', q: '' } }],
    ['/incidents/INC-2026-000001', '', { page: 'incident', key: 'INC-2026-000001' }],
    ['/incidents/a%2Fb', '', { page: 'incident', key: 'a/b' }],
    ['/incidents/%', '', { page: 'list', filters: { state: 'open', team: '', q: '' } }],
  ];
  for (const [path, search, view] of cases) assert.deepEqual(readAddress(path, search), view, path + search);
  assert.equal(listAddress({ state: 'open', team: '', q: ' ' }), '/');
  const address = listAddress({ state: 'all', team: '数据库', q: 'a&b=c' });
  assert.deepEqual(readAddress('/', address.slice(1)), { page: 'list', filters: { state: 'all', team: '数据库', q: 'a&b=c' } });
});

test('a long list is drawn in a window that covers what is seen', () => {
  const tops = offsets(Array.from({ length: 5000 }, () => 84));
  assert.equal(itemAt(tops, -5), 0);
  assert.equal(itemAt(tops, 83.9), 0);
  assert.equal(itemAt(tops, 84), 1);
  assert.equal(itemAt(tops, 1e9), 4999);
  const middle = windowOf(tops, 84_000, 800, 8);
  assert.deepEqual(middle, { first: 992, last: 1018, before: 992 * 84, after: (5000 - 1018) * 84 });
  assert.deepEqual(windowOf(tops, 0, 800, 8), { first: 0, last: 18, before: 0, after: (5000 - 18) * 84 });
  assert.deepEqual(windowOf(offsets([]), 0, 800, 8), { first: 0, last: 0, before: 0, after: 0 });
  const end = windowOf(tops, 5000 * 84 - 800, 800, 8);
  assert.equal(end.last, 5000);
  assert.equal(end.after, 0);
});

test('durations are told in the two largest units, and never negative', () => {
  const cases: [number, string, string, string][] = [
    [-5000, '0 s', '0 秒', 'now'],
    [59_999, '59 s', '59 秒', 'now'],
    [12 * 60_000, '12 min', '12 分钟', '12 min'],
    [3 * 3600_000, '3 h', '3 小时', '3 h'],
    [(3 * 60 + 5) * 60_000, '3 h 5 min', '3 小时 5 分钟', '3 h'],
    [52 * 3600_000, '2 d 4 h', '2 天 4 小时', '2 d'],
    [240 * 3600_000 + 1, '10 d', '10 天', '10 d'],
  ];
  for (const [ms, english, chinese, short] of cases) {
    assert.equal(duration(ms, en), english);
    assert.equal(duration(ms, zh), chinese);
    assert.equal(shortDuration(ms, en), short);
  }
});

test('times stand in the reader\'s zone, which is named', () => {
  const shanghai = { language: 'zh-CN', zone: 'Asia/Shanghai' };
  assert.match(exactTime(kNoon, shanghai), /2026年11月22日.*20:00:00/);
  assert.match(exactTime(kNoon, shanghai), /GMT\+8/);
  assert.equal(exactTime(kNoon, { language: 'en', zone: 'UTC' }), '22 Nov 2026, 12:00:00 UTC');
  assert.equal(zoneName(kNoon, shanghai), 'Asia/Shanghai (GMT+8)');
  assert.equal(zoneName(kNoon, { language: 'en', zone: 'UTC' }), 'UTC');
});

test('rows are read from what a bridge says, and what is no row is left out', () => {
  const read = rows({
    incidents: [
      { key: 'INC-1', state: 'acknowledged', priority: 'P1', severity: 'critical', title: 't', dedup_key: 'd',
        labels: { host: 'h', n: 3 }, opened_at: '2026-11-22T12:00:00.000Z', updated_at: '2026-11-22T12:00:01.000Z',
        assignee: 'li.na', alerts: { firing: 2, resolved: 1 }, parent: null, url: 'u' },
      { key: 'without a time' }, 7, null,
    ],
    next: '500',
  });
  assert.equal(read.next, '500');
  assert.equal(read.rows.length, 1);
  assert.deepEqual(read.rows[0], make({
    key: 'INC-1', state: 'acknowledged', priority: 'P1', severity: 'critical', title: 't', dedupKey: 'd',
    labels: { host: 'h', n: '3' }, updatedAt: kNoon + 1000, assignee: 'li.na', counts: { firing: 2, resolved: 1, unknown: 0 },
  }));
  assert.deepEqual(rows(null), { rows: [], next: null });
  assert.equal(row({ key: 'k', opened_at: '2026-11-22T12:00:00Z', state: 'new in a later version' })?.state, 'triggered');
  assert.equal(time('0001-01-01T00:00:00Z'), null);
});

test('an incident is read with its timeline, alerts, messages and what is possible', () => {
  const read = detail({
    key: 'INC-1', opened_at: '2026-11-22T12:00:00Z', title: 'T', actions: ['note', 'resolve'],
    alert_counts: { firing: 1, resolved: 0 },
    alerts: [
      { status: 'resolved', labels: {}, annotations: { description: 'over' } },
      { status: 'firing', severity: 'warning', labels: {}, annotations: { description: 'mild' } },
      { status: 'firing', severity: 'critical', labels: {}, annotations: { description: '93 % full' } },
    ],
    timeline: [{ at: '2026-11-22T12:00:00Z', kind: 'opened', actor: 'system', text: 'x', data: { a: 'b' } }],
    escalation: { step: 1, next_at: '2026-11-22T12:05:00Z', messages: [{ person: null, address: 'a@b', channel: 'mail', kind: 'opened', state: 'delivered' }] },
    links: [{ title: 'runbook', url: 'https://x.example/' }, { title: 'bad', url: 'javascript:alert(1)' }],
  });
  assert.ok(read);
  assert.equal(read.timeline[0]?.data['a'], 'b');
  assert.deepEqual(read.actions, ['note', 'resolve']);
  assert.equal(read.escalation.messages[0]?.person, 'a@b');
  assert.equal(read.links.length, 1);
  assert.equal(sentence(read), '93 % full');
  assert.equal(detail({}), null);
  for (const bad of ['javascript:x', 'data:text/html,x', '//x', ' https://x', 7]) assert.equal(safeUrl(bad), null);
});

test('each state offers its moves, and what the bridge says is possible wins', () => {
  const cases: [State, string[]][] = [
    ['triggered', ['acknowledge', 'resolve']],
    ['acknowledged', ['resolve', 'note']],
    ['pending', ['resume', 'resolve']],
    ['resolved', ['reopen', 'note']], // an alert fires still
    ['closed', []],
  ];
  for (const [state, first] of cases) {
    assert.deepEqual(possible(make({ key: 'k', state }), null).slice(0, 2), first, state);
  }
  const over = make({ key: 'k', state: 'resolved', counts: { firing: 0, resolved: 1, unknown: 0 } });
  assert.deepEqual(possible(over, null).slice(0, 2), ['close', 'reopen']);
  assert.deepEqual(possible(make({ key: 'k' }), ['note', 'later-version', 'resolve']), ['resolve', 'note']);
  assert.deepEqual(possible(make({ key: 'k', state: 'closed' }), ['note']), ['note']);
  for (const action of actions) assert.ok(en.action[action] && zh.action[action], action);
  for (const [action, form] of Object.entries(forms)) {
    if (form.text) assert.ok(en.form.textFor[action] && zh.form.textFor[action], action);
  }
});

test('what is asked is shown at once as it will be', () => {
  const one = make({ key: 'k' });
  assert.equal(expected(one, 'acknowledge', {}, 'li.na')?.state, 'acknowledged');
  assert.equal(expected(one, 'acknowledge', {}, 'li.na')?.assignee, 'li.na');
  assert.equal(expected(one, 'assign', { person: 'zhao.lei' }, '')?.assignee, 'zhao.lei');
  assert.equal(expected(one, 'resolve', {}, '')?.state, 'resolved');
  assert.equal(expected(one, 'note', { text: 'x' }, ''), one);
  assert.equal(expected(one, 'decline', {}, ''), null);
});

test('a refusal is read with what is possible instead', () => {
  const refusal = failure(409, {
    error: { code: 'conflict', message: 'the incident is closed', detail: { possible: ['note', 3], successor: 'INC-2' } },
  });
  assert.deepEqual(refusal, {
    ok: false, status: 409, code: 'conflict', message: 'the incident is closed', possible: ['note'], successor: 'INC-2',
  });
  assert.equal(failure(502, '<html>').message, '');
});

test('the stream is read as the standard says, wherever the chunks break', () => {
  const text =
    ': connected\nretry: 2000\n\nid: 7\nevent: incident\ndata: {"a":\ndata: 1}\n\n' +
    'data:no space\r\n\r\nevent: empty\n\nid: 8\r\rdata\n\nid: x\0y\ndata: last\n\n';
  const wanted = [
    { type: 'incident', data: '{"a":\n1}' },
    { type: 'message', data: 'no space' },
    { type: 'message', data: '' },
    { type: 'message', data: 'last' },
  ];
  for (let size = 1; size <= text.length; size++) {
    const parser = new SseParser();
    const found = [];
    for (let i = 0; i < text.length; i += size) found.push(...parser.push(text.slice(i, i + size)));
    assert.deepEqual(found, wanted, `chunks of ${size}`);
    assert.equal(parser.lastEventId, '8');
    assert.equal(parser.retry, 2000);
  }
});

test('a half-read event does not move the place to resume from', () => {
  const parser = new SseParser();
  parser.push('id: 1\ndata: a\n\nid: 2\ndata: b\n');
  assert.equal(parser.lastEventId, '1');
});

test('trying again waits longer each time, up to half a minute, never in step with others', () => {
  assert.equal(backoff(0, 0.5), 500);
  assert.equal(backoff(3, 0.5), 4000);
  assert.equal(backoff(50, 0.5), 30_000);
  assert.equal(backoff(0, 0), 375);
  assert.equal(backoff(0, 1), 625);
});

test('the language is the chosen one, else the first of the browser\'s that the page speaks', () => {
  const cases: [string | null, string[], string][] = [
    [null, ['zh-CN', 'en'], 'zh-CN'],
    [null, ['zh-TW'], 'zh-CN'],
    [null, ['fr', 'zh-Hans-CN'], 'zh-CN'],
    [null, ['fr-FR', 'en-US'], 'en'],
    [null, ['fr'], 'en'],
    ['en', ['zh-CN'], 'en'],
    ['xx', ['zh-CN'], 'zh-CN'],
  ];
  for (const [chosen, browser, wanted] of cases) assert.equal(pickLanguage(chosen, browser), wanted);
});

test('a name is not said twice, and what a person wrote is found wherever the bridge put it', () => {
  const entry = (actor: string, text: string, data: Record<string, string> = {}) => ({ at: 0, kind: 'closed', actor, text, data });
  assert.equal(withoutActor(entry('li.na', 'li.na closes it: done')), 'closes it: done');
  assert.equal(withoutActor(entry('system', 'system says')), 'system says');
  assert.equal(withoutActor(entry('li', 'lina writes')), 'lina writes');
  assert.equal(wrote(entry('li.na', 'li.na closes it: a: b'), 'person'), 'a: b');
  assert.equal(wrote(entry('li.na', 'li.na closes it'), 'person'), '');
  assert.equal(wrote(entry('li.na', 'x', { text: 'own' }), 'person'), 'own');
  assert.equal(wrote(entry('system', 'Step 1: li.na'), 'machine'), '');
});
