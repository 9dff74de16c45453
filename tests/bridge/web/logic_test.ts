// The page's pure parts, by node's own test runner.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { actions, expected, possible, quick, sensible, sentence } from '../src/model/actions';
import { laidOut, ownText, withoutActor } from '../src/model/entry';
import { listAddress, noFilters, readAddress } from '../src/model/address';
import type { Filters } from '../src/model/address';
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
    state: 'triggered', priority: 'P3', severity: 'warning', title: part.key, ownTitle: {}, dedupKey: '',
    labels: {}, openedAt: kNoon, updatedAt: kNoon, assignee: null, team: null,
    counts: { firing: 1, resolved: 0, unknown: 0 }, parent: null, suppressed: null, absorbed: false, ...part,
  };
}
const all = noFilters;
const called = (account: string): string => ({ 'li.na': '李娜' })[account] ?? account;
const nobody = { me: '', teams: [], called };
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
    { me: 'li.na', teams: [], called },
  );
  assert.equal(keys(found), 'mine p1-taken others early late');
});

test('without a name nothing is mine, and what is over stands by its latest change', () => {
  assert.ok(compare(make({ key: 'a', priority: 'P4', assignee: '' }), make({ key: 'b', priority: 'P1' }), '') > 0);
  const over = arrange(
    [make({ key: 'old', state: 'closed' }), make({ key: 'new', state: 'resolved', updatedAt: kNoon + 1 })],
    { ...all, state: 'all' },
    nobody,
  );
  assert.equal(keys(over), 'new old');
});

test('filters take a state, a team and every word of a search, wherever it stands', () => {
  const one = make({ key: 'INC-2026-000007', title: 'Disk full', team: 'web', assignee: 'li.na', labels: { host: 'web-17', mountpoint: '/var' } });
  const cases: [Partial<Filters>, boolean][] = [
    [{}, true],
    [{ q: 'DISK' }, true],
    [{ q: 'disk web-17 /var' }, true],
    [{ q: 'disk web-18' }, false],
    [{ q: '000007' }, true],
    [{ q: 'li.na' }, true],
    [{ q: '李娜 disk' }, true],
    [{ q: '赵磊' }, false],
    [{ team: 'web' }, true],
    [{ team: 'dba' }, false],
    [{ state: 'closed' }, false],
    [{ state: 'all', q: '  ' }, true],
  ];
  for (const [part, wanted] of cases) assert.equal(matches(one, { ...all, ...part }, nobody), wanted, JSON.stringify(part));
});

test('a list is everybody\'s, the reader\'s own, or of the teams that the reader is in', () => {
  const reader = { me: 'li.na', teams: ['web', 'dba'], called };
  const mine = make({ key: 'mine', assignee: 'li.na', state: 'acknowledged' });
  const ours = make({ key: 'ours', team: 'dba' });
  const theirs = make({ key: 'theirs', team: 'net', assignee: 'zhao.lei' });
  const shown = (whose: Filters['whose'], who: Parameters<typeof matches>[2]): string =>
    [mine, ours, theirs].filter((one) => matches(one, { ...all, whose }, who)).map((one) => one.key).join(' ');
  assert.equal(shown('all', reader), 'mine ours theirs');
  assert.equal(shown('mine', reader), 'mine');
  assert.equal(shown('team', reader), 'ours');
  assert.equal(shown('mine', nobody), '');
  assert.equal(shown('team', nobody), '');
});

test('what a storm stands for is not in the list of what is open, but is found', () => {
  const child = make({ key: 'INC-2', title: 'High load', parent: 'INC-1', absorbed: true });
  assert.equal(matches(child, all, nobody), false);
  assert.equal(matches(child, { ...all, q: 'load' }, nobody), true);
  assert.equal(matches(child, { ...all, state: 'all' }, nobody), true);
  assert.equal(row({ key: 'k', opened_at: '2026-11-22T12:00:00Z', absorbed: true })?.absorbed, true);
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
    ['/', '', { page: 'list', filters: noFilters }],
    ['/', '?state=closed&team=web&q=disk+full', { page: 'list', filters: { ...noFilters, state: 'closed', team: 'web', q: 'disk full' } }],
    ['/', '?whose=mine', { page: 'list', filters: { ...noFilters, whose: 'mine' } }],
    ['/', '?state=nonsense&whose=nonsense', { page: 'list', filters: noFilters }],
    ['/incidents/INC-2026-000001', '', { page: 'incident', key: 'INC-2026-000001' }],
    ['/incidents/a%2Fb', '', { page: 'incident', key: 'a/b' }],
    ['/incidents/%', '', { page: 'list', filters: noFilters }],
    ['/oncall', '', { page: 'oncall' }],
    ['/silences', '', { page: 'silences' }],
  ];
  for (const [path, search, view] of cases) assert.deepEqual(readAddress(path, search), view, path + search);
  assert.equal(listAddress({ ...noFilters, q: ' ' }), '/');
  const filters: Filters = { state: 'all', whose: 'team', team: '数据库', q: 'a&b=c' };
  assert.deepEqual(readAddress('/', listAddress(filters).slice(1)), { page: 'list', filters });
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
  const held = { key: 'k', opened_at: '2026-11-22T12:00:00Z', suppressed: { kind: 'silence', id: '6f1c', name: 'by li.na' } };
  assert.deepEqual(row(held)?.suppressed, { by: 'silence', by_name: 'by li.na' });
  assert.deepEqual(row({ ...held, suppressed: { kind: 'silence', id: '6f1c', name: '' } })?.suppressed, { by: 'silence', by_name: '6f1c' });
  assert.equal(row({ ...held, suppressed: null })?.suppressed, null);
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
    articles: [{ key: 'ART-1', title: 'Full disks', url: 'https://x.example/api/v1/articles/ART-1' }, { title: 'without a key' }],
    similar: [{ key: 'INC-0', title: 'Before', state: 'closed', resolved_at: '2026-11-21T12:00:00Z', cause: 'capacity', solution: 'rotated' }, {}],
    problems: [{ key: 'PRB-1', title: 'Logs grow', workaround: 'rotate', state: 'open' }],
    sla: { response: { state: 'met', due: '2026-11-22T12:30:00Z', stopped_at: '2026-11-22T12:01:00Z' }, resolution: null },
    reporter: { name: 'ms.wu', channel: null, contact: 'phone 8123' },
  });
  assert.ok(read);
  assert.deepEqual([read.reporter, read.contact], ['ms.wu', 'phone 8123']);
  assert.equal(read.timeline[0]?.data['a'], 'b');
  assert.deepEqual(read.actions, ['note', 'resolve']);
  assert.equal(read.escalation.messages[0]?.person, 'a@b');
  assert.deepEqual(read.links.map((link) => link.title), ['runbook']);
  assert.deepEqual(read.articles, [{ key: 'ART-1', title: 'Full disks' }]);
  assert.deepEqual(read.similar.map((past) => [past.key, past.state, past.solution]), [['INC-0', 'closed', 'rotated']]);
  assert.deepEqual(read.problems, [{ key: 'PRB-1', title: 'Logs grow', workaround: 'rotate' }]);
  assert.deepEqual(read.sla, { response: { state: 'met', due: kNoon + 1_800_000, stoppedAt: kNoon + 60_000 }, resolution: null });
  assert.equal(sentence(read, read.title, (said) => said.annotations['summary'] ?? ''), '93 % full');
  assert.equal(detail({}), null);
  for (const bad of ['javascript:x', 'data:text/html,x', '//x', '/\\x', ' https://x', 7]) assert.equal(safeUrl(bad), null);
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
  assert.deepEqual(possible(make({ key: 'k' }), ['note', 'later-version', 'resolve']), ['resolve', 'note', 'silence']);
  assert.deepEqual(possible(make({ key: 'k', state: 'closed' }), ['note']), ['note']);
  for (const action of actions) assert.ok(en.action[action] && zh.action[action], action);
  const asked = make({ key: 'k', state: 'acknowledged' });
  assert.deepEqual(possible(asked, ['resolve', 'note', 'acknowledge']), ['acknowledge', 'resolve', 'note', 'silence']);
  // Silencing is no move of the incident: it is offered while it is open, whatever moves there are.
  assert.deepEqual(possible(make({ key: 'k', state: 'pending' }), ['note']), ['note', 'silence']);
});

test('an action is offered only where there is something to do it with', () => {
  const known = detail({
    key: 'k', opened_at: '2026-11-22T12:00:00Z', escalation: { watchers: [] },
    alerts: [{ status: 'firing', fingerprint: 'a' }, { status: 'resolved', fingerprint: 'b' }],
  })!;
  assert.deepEqual(sensible(['note', 'unwatch', 'split'], known), ['note']);
  const watched = { ...known, escalation: { ...known.escalation, watchers: ['team:web'] } };
  const two = { ...watched, alerts: [...known.alerts, known.alerts[0]!] };
  assert.deepEqual(sensible(['note', 'unwatch', 'split'], two), ['note', 'unwatch', 'split']);
});

test('what an action usually means is one tap in the menu, where it is possible and makes sense', () => {
  const names = (of: { action: string }[]): string => of.map(({ action }) => action).join(' ');
  const one = make({ key: 'k' });
  assert.equal(names(quick(['assign', 'snooze', 'escalate', 'note'], one, 'li.na')), 'assign snooze escalate');
  assert.equal(names(quick(['assign', 'snooze'], make({ key: 'k', assignee: 'li.na' }), 'li.na')), 'snooze');
  assert.equal(names(quick(['assign'], one, '')), '');
  assert.deepEqual(quick(['assign'], one, 'li.na')[0]!.asked, { person: 'li.na' });
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
  assert.equal(failure(502, null).message, '');
  // Alertmanager's paths answer in its words.
  assert.equal(failure(400, 'silence invalid: at least one matcher').message, 'silence invalid: at least one matcher');
  assert.equal(failure(422, { code: 602, message: 'comment in body is required' }).message, 'comment in body is required');
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

test('a name is not said twice', () => {
  const entry = (actor: string, text: string, data: Record<string, string> = {}) => ({ at: 0, kind: 'closed', actor, text, data });
  assert.equal(withoutActor(entry('li.na', 'li.na closes it: done')), 'closes it: done');
  assert.equal(withoutActor(entry('system', 'system says')), 'system says');
  assert.equal(withoutActor(entry('li', 'lina writes')), 'lina writes');
});

test('a line of the timeline has its times in the reader\'s zone, and people as they are called', () => {
  const names: Record<string, string> = { 'li.na': '李娜', 'zhao.lei': '赵磊' };
  const reading = { time: (at: number) => `at ${at}`, name: (account: string) => names[account] ?? account };
  const utc = '1970-01-01T00:00:07.000Z';
  const read = (actor: string, text: string, data: Record<string, string>) => {
    const { actor: who, text: says, data: holds } = laidOut({ at: 0, kind: 'x', actor, text, data }, reading);
    return [who, says, holds];
  };
  assert.deepEqual(read('li.na', `li.na: no reminders until ${utc}`, { until: utc, text: `li.na, ${utc}` }),
    ['李娜', 'li.na: no reminders until at 7000', { until: 'at 7000', text: `li.na, ${utc}` }]);
  assert.deepEqual(read('li.na', 'li.na asks zhao.lei, not zhao.lei.x', { person: 'zhao.lei' }),
    ['李娜', '李娜 asks 赵磊, not zhao.lei.x', { person: '赵磊' }]);
  assert.deepEqual(read('system', 'Step 1: li.na by mail, wu by sms', { told: 'li.na by mail, wu by sms' }),
    ['system', 'Step 1: 李娜 by mail, wu by sms', { told: '李娜 by mail, wu by sms' }]);
  assert.deepEqual(read('system', 'person:li.na watches it', { who: 'person:li.na' }), ['system', '李娜 watches it', { who: '李娜' }]);
  assert.deepEqual(read('system', 'by li.na: disk', { by: 'silence', by_name: 'by li.na: disk' }),
    ['system', 'by 李娜: disk', { by: 'silence', by_name: 'by 李娜: disk' }]);
});

test('what the bridge itself named is called in the reader\'s words and zone', () => {
  const reading = { time: (at: number) => `at ${at}`, name: (account: string) => account };
  const own = { words: 'host_unreachable', host: 'web-9', heard: '1970-01-01T00:00:07.000Z' };
  assert.equal(ownText(own, en.own, reading), 'web-9 has not been heard of since at 7000');
  assert.equal(ownText(own, zh.own, reading), '主机失联：web-9，自 at 7000 起没有消息');
  assert.equal(ownText({ words: 'storm', group: 'x', hosts: '1' }, en.own, reading), 'Storm: x on 1 host');
  for (const other of [{}, { words: 'of a newer bridge' }]) assert.equal(ownText(other, en.own, reading), '');
});
