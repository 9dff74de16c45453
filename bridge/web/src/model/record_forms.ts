// What the moves of problems, reviews and articles ask for (forms.ts has the fields' kinds). A form is
// named "kind.move"; "kind.new" makes one.
import type { Field } from './forms';

export type RecordForm = `${'problem' | 'review' | 'article'}.${string}`;

const needed = (): boolean => true;
const text: Field = { name: 'text', kind: 'text' };
const why: Field = { ...text, needed };
const title: Field = { name: 'title', kind: 'line' };
const owner: Field = { name: 'owner', kind: 'person' };
const rootCause: Field = { name: 'root_cause', kind: 'text' };
const workaround: Field = { name: 'workaround', kind: 'text' };
const fix: Field = { name: 'fix', kind: 'text' };
const causes: Field = { name: 'causes', kind: 'lines' };
const due: Field = { name: 'due_at', kind: 'date' };
const incidents: Field = { name: 'incidents', kind: 'lines', needed };
const article: readonly Field[] = [
  { ...title, needed }, { name: 'text', kind: 'long', needed }, { name: 'match', kind: 'matchers' },
];

export const recordForms: Record<RecordForm, readonly Field[]> = {
  'problem.new': [{ ...title, needed }, workaround, rootCause, owner],
  'problem.edit': [{ ...title, needed }, owner, rootCause, workaround, fix],
  'problem.open': [text],
  'problem.reject': [why],
  'problem.known_error': [{ ...rootCause, needed: (values) => !values['workaround'] }, workaround, text],
  'problem.fix': [{ ...fix, needed }, text],
  'problem.close': [text],
  'review.new': [{ name: 'about', kind: 'line', needed }, title, owner, due],
  'review.edit': [{ ...title, needed }, owner, due, causes, { name: 'draft', kind: 'long' }],
  'review.action': [why, owner, due],
  'review.done': [{ ...causes, needed }, text],
  'review.reopen': [text],
  'article.new': article,
  'article.edit': article,
  'article.publish': [text],
  'article.withdraw': [text],
  ...Object.fromEntries(['problem', 'review', 'article'].flatMap((kind) => [
    [`${kind}.note`, [why]], [`${kind}.link`, [incidents]], [`${kind}.unlink`, [incidents]],
  ])),
};
