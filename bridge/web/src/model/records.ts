// Problems, reviews and articles: what the bridge tells of them, and what can be done with each.
import { entry, list, object, past, text, textOrNull, time, words } from './parse';
import type { Entry, Past } from './types';

export const recordKinds = ['problem', 'review', 'article'] as const;
export type RecordKind = (typeof recordKinds)[number];

export interface ReviewAction {
  number: number;
  text: string;
  owner: string;
  due: number | null;
  doneAt: number | null;
  doneBy: string;
  overdue: boolean;
}

export interface RecordRow {
  key: string;
  kind: RecordKind;
  state: string;
  title: string;
  owner: string;
  due: number | null;
  overdue: boolean;
  updatedAt: number;
}

export interface RecordDetail extends RecordRow {
  author: string;
  createdAt: number;
  rootCause: string;
  workaround: string;
  fix: string;
  about: string; // of a review or an article: the key of an incident or a problem
  draft: string;
  causes: string[];
  actions: ReviewAction[];
  text: string; // an article's
  match: string[];
  incidents: Past[];
  timeline: Entry[];
  moves: string[]; // possible now
}

export const plural = (kind: RecordKind): string => `${kind}s`;
export const recordPath = (kind: RecordKind, key = ''): string =>
  `/api/v1/${plural(kind)}${key && `/${encodeURIComponent(key)}`}`;

const prefixes: Record<string, RecordKind> = { 'PRB-': 'problem', 'REV-': 'review', 'ART-': 'article' };
export const kindOfKey = (key: string): RecordKind | null => prefixes[key.slice(0, 4)] ?? null;

function row(value: unknown): RecordRow[] {
  const of = object(value);
  const kind = recordKinds.find((name) => name === of['kind']);
  const key = text(of['key']);
  if (!kind || !key) return [];
  return [{
    key, kind, state: text(of['state']), title: text(of['title']) || key, owner: text(of['owner']),
    due: time(of['due_at']), overdue: of['overdue'] === true, updatedAt: time(of['updated_at']) ?? 0,
  }];
}

export const recordRows = (kind: RecordKind) => (value: unknown): { rows: RecordRow[]; more: boolean } => ({
  rows: list(object(value)[plural(kind)]).flatMap(row),
  more: textOrNull(object(value)['next']) !== null,
});

const action = (value: unknown): ReviewAction => {
  const of = object(value);
  return {
    number: Number(of['number']), text: text(of['text']), owner: text(of['owner']), due: time(of['due_at']),
    doneAt: time(of['done_at']), doneBy: text(of['done_by']), overdue: of['overdue'] === true,
  };
};

export function recordDetail(value: unknown): RecordDetail | null {
  const of = object(value);
  const [base] = row(of);
  if (!base) return null;
  return {
    ...base,
    author: text(of['author']),
    createdAt: time(of['created_at']) ?? 0,
    rootCause: text(of['root_cause']),
    workaround: text(of['workaround']),
    fix: text(of['fix']),
    about: text(of['about']) || text(of['incident']),
    draft: text(of['draft']),
    causes: words(of['causes']),
    actions: list(of['actions']).map(action),
    text: text(of['text']),
    match: words(of['match']),
    incidents: past(of['incidents']),
    timeline: list(of['timeline']).map(entry),
    moves: words(of['moves']),
  };
}

// In the order of the buttons: of those that are possible the first two stand at the thumb. An
// action of a review is done where it stands.
const order: Record<RecordKind, readonly string[]> = {
  problem: ['known_error', 'fix', 'close', 'open', 'reject', 'edit', 'note', 'link', 'unlink'],
  review: ['done', 'action', 'edit', 'reopen', 'note', 'link', 'unlink'],
  article: ['edit', 'publish', 'withdraw', 'note'],
};
export const movesOf = ({ kind, moves }: RecordDetail): string[] => order[kind].filter((move) => moves.includes(move));

// What its form begins with: a change starts from what is there.
const dayOf = (at: number | null): string => {
  if (at === null) return '';
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
};
export function present(record: RecordDetail): Record<string, string> {
  return {
    title: record.title, owner: record.owner, root_cause: record.rootCause, workaround: record.workaround,
    fix: record.fix, draft: record.draft, causes: record.causes.join('\n'), text: record.text,
    match: record.match.join('\n'), due_at: dayOf(record.due),
  };
}
