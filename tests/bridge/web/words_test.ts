// The catalogues against the glossary: these words and no others, in both languages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { en } from '../src/text/en';
import { zh } from '../src/text/zh';
import { kind as lines } from '../src/text/zh_timeline';

// English word, Chinese word, where it stands in both catalogues.
const glossary: [string, string, string][] = [
  ['incident', '事件', 'incident'],
  ['triggered', '待认领', 'state.triggered'],
  ['acknowledged', '处理中', 'state.acknowledged'],
  ['pending', '挂起', 'state.pending'],
  ['resolved', '已解决(待确认)', 'state.resolved'],
  ['closed', '已关闭', 'state.closed'],
  ['pending', '待触发', 'alertStatus.pending'],
  ['firing', '告警中', 'alertStatus.firing'],
  ['resolved', '已恢复', 'alertStatus.resolved'],
  ['unknown', '状态未知', 'alertStatus.unknown'],
  ['suppressed', '已抑制', 'alertStatus.suppressed'],
  ['critical', '严重', 'severity.critical'],
  ['warning', '警告', 'severity.warning'],
  ['info', '提示', 'severity.info'],
  ['acknowledge', '认领', 'action.acknowledge'],
  ['unacknowledge', '取消认领', 'action.unacknowledge'],
  ['assign', '指派', 'action.assign'],
  ['decline', '退回', 'action.decline'],
  ['snooze', '暂缓提醒', 'action.snooze'],
  ['resolve', '解决', 'action.resolve'],
  ['confirm', '确认', 'action.confirm'],
  ['close', '关闭', 'action.close'],
  ['reopen', '重新打开', 'action.reopen'],
  ['escalate', '升级', 'action.escalate'],
  ['priority', '优先级', 'action.priority'],
  ['priority', '优先级', 'column.priority'],
  ['assignee', '处理人', 'column.owner'],
  ['assignee', '处理人', 'detail.owner'],
  ['timeline', '时间线', 'detail.timeline'],
  ['team', '团队', 'detail.team'],
  ['runbook', '处置手册', 'link.runbook'],
  ['response target', '响应时限', 'detail.respondBy'],
  ['resolution target', '解决时限', 'detail.resolveBy'],
  ['dead letter', '投递失败', 'sent.dead'],
  ['verify', '验证', 'action.verify'],
  ['merge', '合并', 'action.merge'],
  ['split', '拆分', 'action.split'],
  ['silence', '静默', 'action.silence'],
  ['major incident', '重大事件', 'action.major'],
  ['on call', '值班', 'place.oncall'],
  ['override', '替班', 'oncall.override'],
  ['reporter', '申报人', 'detail.reporter'],
  ['category', '分类', 'detail.category'],
  ['problem', '问题', 'records.problem'],
  ['review', '复盘', 'records.review'],
  ['article', '知识条目', 'records.article'],
  ['root cause', '根本原因', 'records.rootCause'],
  ['workaround', '临时措施', 'records.workaround'],
  ['known error', '已知错误', 'records.state.known_error'],
  ['cause code', '原因分类', 'detail.cause'],
  ['cause code', '原因分类', 'form.field.cause'],
  ['solution', '解决方法', 'detail.solution'],
  ['solution', '解决方法', 'form.field.solution'],
];

function at(catalogue: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], catalogue);
}

// English kinds are the bridge's own sentences.
const isKind = (path: string): boolean => /^(records\.)?kind\./.test(path);

// Every text of a catalogue; functions are asked with stand-ins.
function texts(catalogue: unknown, path = ''): [string, string][] {
  if (typeof catalogue === 'string') return [[path, catalogue]];
  if (typeof catalogue === 'function') {
    const say = catalogue as (...args: unknown[]) => string;
    const args = path === 'suppressor' ? [{ by: 'silence', by_name: 'x' }] : /^(records\.)?kind\.|^own\./.test(path) ? [{}, 'person'] : Array.from({ length: say.length }, (_, i) => i + 2);
    return [[path, say(...args)]];
  }
  return Object.entries(catalogue as object).flatMap(([name, value]) => texts(value, path ? `${path}.${name}` : name));
}

const document = (name: string): string =>
  readFileSync(join(process.env['TOCSIN_SOURCE_DIR'] ?? '', 'docs', name), 'utf8');

test('the words held here are those of the written glossary', () => {
  const written = document('glossary.md');
  for (const [english, chinese] of glossary) {
    assert.ok(written.includes(`${english} ${chinese}`), `${english} ${chinese}`);
  }
});

test('every kind of timeline entry that the bridge writes has its Chinese', () => {
  const table = document('incidents.md').split('## The timeline')[1]!.split('\n## ')[0]!;
  const kinds = table.split('\n').filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!));
  assert.ok(kinds.length > 25, String(kinds.length));
  assert.deepEqual(kinds.filter((kind) => !(kind in zh.kind)), []);
  assert.deepEqual(Object.keys(zh.kind).filter((kind) => !kinds.includes(kind)), []);
});

test('the catalogues use the words of the glossary', () => {
  for (const [english, chinese, path] of glossary) {
    assert.equal(String(at(en, path)).toLowerCase(), english, path);
    assert.equal(at(zh, path), chinese, path);
  }
});

test('确认 is for the user\'s confirmation alone, never for acknowledge', () => {
  for (const [path, text] of texts(zh)) {
    if (!text.includes('确认')) continue;
    const rest = text.replaceAll('已解决(待确认)', '');
    assert.ok(!rest.includes('确认') || ['action.confirm', 'kind.confirmed'].includes(path), `${path}: ${text}`);
  }
});

test('事件 is an incident, and an entry of the timeline is never called one', () => {
  for (const [path, text] of texts(zh)) {
    assert.ok(!/时间线事件|事件记录/.test(text), `${path}: ${text}`);
  }
  assert.equal(zh.incidents, '事件');
});

test('both catalogues say the same things', () => {
  const paths = (catalogue: unknown): string[] =>
    texts(catalogue).map(([path]) => path).filter((path) => !isKind(path)).sort();
  assert.deepEqual(paths(zh), paths(en));
  for (const [path, text] of [...texts(en), ...texts(zh)]) {
    if (!isKind(path)) assert.notEqual(text.trim(), '', path);
    assert.ok(!text.includes('undefined'), `${path}: ${text}`);
  }
});

test('a silence is named in Chinese without the English word for its maker', () => {
  const silence = { by: 'silence', by_name: 'by li.na: new disk' };
  const said: [string, string][] = [
    ['suppressed', '已抑制：静默 li.na：new disk'],
    ['unsuppressed', '不再被抑制：静默 li.na：new disk'],
    ['silence_ending', '静默即将结束：li.na：new disk'],
  ];
  for (const [kind, text] of said) assert.equal(lines[kind]?.(silence, 'machine'), text);
  assert.equal(lines['storm']?.({ group: 'DiskFull', hosts: '21', priority: 'P1', on: 'web-1, web-2, …' }, 'machine'),
    '告警风暴：DiskFull，21 台主机（web-1, web-2, …），P1');
});

test('what holds back is named in both languages, by whichever kind it is', () => {
  const cases: [string, string, string, string][] = [
    ['silence', 'by 李娜: new disk', 'silence by 李娜: new disk', '静默 李娜：new disk'],
    ['silence', 'by 李娜', 'silence by 李娜', '静默 李娜'],
    ['maintenance', 'by 李娜, CHG-7', 'maintenance window by 李娜, CHG-7', '维护窗口 李娜：CHG-7'],
    ['maintenance', 'patch day', 'maintenance window patch day', '维护窗口 patch day'],
    ['inhibit', 'HostUnreachable on web-17', 'alert HostUnreachable on web-17', '告警 HostUnreachable（web-17）'],
    ['open_when', 'blips for 1h30m', 'condition blips for 1h30m', '触发条件 blips：持续 1 小时 30 分钟'],
    ['open_when', 'blips 3 times in 10m', 'condition blips 3 times in 10m', '触发条件 blips：10 分钟内 3 次'],
  ];
  for (const [by, by_name, english, chinese] of cases) {
    assert.equal(en.suppressor({ by, by_name }), english);
    assert.equal(zh.suppressor({ by, by_name }), chinese);
  }
});

// Two programs say these words, each from a table of its own.
test('states, severities, categories, causes and links are called as messages call them', () => {
  const folder = join(process.env['TOCSIN_SOURCE_DIR']!, 'bridge/notify');
  const source = ['catalogue.cpp', 'catalogue_reasons.cpp'].map((name) => readFileSync(join(folder, name), 'utf8')).join('');
  const groups: [string, Record<string, string>][] = [
    ['state', zh.state], ['severity', zh.severity], ['category', zh.category], ['cause', zh.cause],
    ['named_link', zh.link], ['record_state', zh.records.state],
  ];
  for (const [group, page] of groups) {
    const rows = [...source.matchAll(new RegExp(`\\{"${group}\\.([^"]+)",\\s*"[^"]*",\\s*"([^"]*)"\\}`, 'g'))];
    assert.deepEqual(Object.fromEntries(rows.map(([, name, word]) => [name, word])), page, group);
  }
});

test('what was found and what is owed is told in Chinese, and the solution by one word everywhere', () => {
  assert.equal(lines['findings']?.({ cause: 'capacity', solution: '扩容', proof: 'df' }, 'person'), '原因分类：容量；解决方法：扩容；证明：df');
  assert.equal(lines['owed']?.({ owed: 'cause, solution, proof' }, 'machine'), '关闭前需补充：原因分类、解决方法、证明');
  assert.equal(zh.form.field['solution'], zh.detail.solution);
  for (const [path, text] of texts(zh)) assert.ok(!text.includes('解决办法'), path);
});
