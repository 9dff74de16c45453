// Problems, reviews and articles: their addresses, what the bridge says of them, what their forms send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddress, recordAddress, recordsAddress } from '../src/model/address';
import { noChoices } from '../src/model/choices';
import { body, fieldsOf, forms, wrong } from '../src/model/forms';
import type { FormName } from '../src/model/forms';
import { kindOfKey, movesOf, present, recordDetail, recordRows } from '../src/model/records';
import { en } from '../src/text/en';
import { zh } from '../src/text/zh';

test('the address is the list of a kind with its filters, or one of them', () => {
  for (const address of ['/problems', '/reviews?which=all', '/articles?q=disk+full', '/problems?which=all&q=x']) {
    const [path, search] = address.split('?');
    const view = readAddress(path!, search ? `?${search}` : '');
    assert.equal(view.page, 'records', address);
    if (view.page === 'records') assert.equal(recordsAddress(view.filters), address);
  }
  assert.deepEqual(readAddress('/reviews/REV-2026-000001', ''), { page: 'record', kind: 'review', key: 'REV-2026-000001' });
  assert.equal(recordAddress('article', 'ART-1'), '/articles/ART-1');
  assert.equal(readAddress('/problems/a/b', '').page, 'list');
  assert.deepEqual(['PRB-1', 'REV-1', 'ART-1', 'INC-1', ''].map(kindOfKey), ['problem', 'review', 'article', null, null]);
});

const review = {
  key: 'REV-2026-000001', kind: 'review', state: 'open', title: 'Review: Disk', owner: 'li.na', author: 'system',
  created_at: '2026-11-22T12:00:00Z', updated_at: '2026-11-22T12:00:00Z', due_at: '2026-11-29T12:00:00Z', overdue: true,
  about: 'INC-2026-000001', draft: 'a line', causes: ['no rotation', 'no alert'],
  actions: [{ number: 1, text: 'rotate', owner: 'li.na', due_at: null, done_at: null, done_by: null, overdue: false }],
  incidents: [{ key: 'INC-2026-000001', title: 'Disk', state: 'closed' }], timeline: [], moves: ['note', 'action', 'done', 'action_done', 'new_move'],
};

test('what the bridge says of one is read, and its moves stand in the order of the buttons', () => {
  const read = recordDetail(review)!;
  assert.deepEqual(movesOf(read), ['done', 'action', 'note']);
  assert.deepEqual([read.overdue, read.actions[0]?.owner, read.incidents[0]?.key], [true, 'li.na', 'INC-2026-000001']);
  assert.equal(present(read)['causes'], 'no rotation\nno alert');
  assert.equal(recordDetail({ key: 'X', kind: 'of a newer bridge' }), null);
  const page = recordRows('review')({ reviews: [review, {}, { key: 'x' }], next: 'REV-2026-000001' });
  assert.deepEqual([page.rows.map(({ key }) => key), page.more], [['REV-2026-000001'], true]);
});

test('the forms send what the API takes, and ask for what a move needs', () => {
  const about = { row: null, detail: null, choices: noChoices, me: 'li.na' };
  const sent = (form: FormName, values: Record<string, string>) => body(fieldsOf(form, about), values);
  const lacks = (form: FormName, values: Record<string, string>) => wrong(fieldsOf(form, about), values, about)?.field ?? null;
  assert.deepEqual(sent('review.done', { causes: 'one\n\n two ', text: '' }), { causes: ['one', 'two'] });
  assert.deepEqual(sent('review.action', { text: 'rotate', owner: 'li.na', due_at: '2026-11-29' }),
    { text: 'rotate', owner: 'li.na', due_at: new Date('2026-11-29T23:59').toISOString() });
  assert.deepEqual(sent('article.new', { title: 'T', text: 'x\ny', match: 'host="a"' }), { title: 'T', text: 'x\ny', match: ['host="a"'] });
  assert.deepEqual(sent('problem.link', { incidents: 'INC-1\nINC-2' }), { incidents: ['INC-1', 'INC-2'] });
  assert.equal(lacks('problem.known_error', {}), 'root_cause');
  assert.equal(lacks('problem.known_error', { workaround: 'w' }), null);
  assert.equal(lacks('problem.fix', {}), 'fix');
  assert.equal(lacks('problem.reject', {}), 'text');
  assert.equal(lacks('review.done', {}), 'causes');
  assert.equal(lacks('article.edit', { title: 'T', text: 'x', match: 'nonsense' }), 'match');
});

test('every move that has a button has its form, and its words in both languages', () => {
  const moves = {
    problem: ['edit', 'note', 'open', 'reject', 'known_error', 'fix', 'close', 'link', 'unlink'],
    review: ['edit', 'note', 'link', 'unlink', 'action', 'done', 'reopen'],
    article: ['edit', 'note', 'publish', 'withdraw'],
  };
  for (const [kind, all] of Object.entries(moves)) {
    const read = recordDetail({ ...review, kind, moves: all })!;
    assert.deepEqual(movesOf(read).sort(), [...all].sort());
    for (const move of all) {
      assert.ok(forms[`${kind}.${move}` as FormName], `${kind}.${move}`);
      for (const words of [en, zh]) assert.ok(words.records.move[move], move);
    }
  }
});
