// Which rows stand in a list, and in what order.
import type { Filters, StateFilter, Whose } from './address';
import type { Row, State } from './types';

export const isOpen = (state: State): boolean => state !== 'resolved' && state !== 'closed';

export function inState(state: State, filter: StateFilter): boolean {
  switch (filter) {
    case 'open':
      return isOpen(state);
    case 'all':
      return true;
    default:
      return state === filter;
  }
}

// Who reads the list.
export interface Reader {
  me: string; // "" where nobody has said
  teams: readonly string[];
  called(account: string): string;
}

function isTheirs(row: Row, whose: Whose, { me, teams }: Reader): boolean {
  if (whose === 'mine') return me !== '' && row.assignee === me;
  return whose === 'all' || (row.team !== null && teams.includes(row.team));
}

export const hostOf = (row: Row): string => row.labels['host'] ?? row.labels['instance'] ?? '';

// Every word must be found in the key, the title, the owner (account or name) or a label's value.
export function matches(row: Row, filters: Filters, reader: Reader): boolean {
  if (!inState(row.state, filters.state) || !isTheirs(row, filters.whose, reader)) return false;
  if (filters.team && row.team !== filters.team) return false;
  // A storm stands for its children; whoever looks for one finds it.
  if (row.absorbed && filters.state === 'open' && !filters.q.trim()) return false;
  const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const where = [row.key, row.title, row.priority, row.severity, row.assignee ?? '', reader.called(row.assignee ?? ''), row.team ?? '']
    .concat(Object.values(row.labels))
    .join('\n')
    .toLowerCase();
  return words.every((word) => where.includes(word));
}

export const isMine = (row: Row, me: string): boolean =>
  me !== '' && row.state === 'triggered' && row.assignee === me;

// What is mine and not acknowledged; then what is open, by priority and age (the longest first);
// then what is over, the latest first.
export function compare(a: Row, b: Row, me: string): number {
  const rank = (row: Row): number => (isMine(row, me) ? 0 : isOpen(row.state) ? 1 : 2);
  const byRank = rank(a) - rank(b);
  if (byRank !== 0) return byRank;
  if (rank(a) === 2) return b.updatedAt - a.updatedAt || (a.key < b.key ? 1 : -1);
  if (a.priority !== b.priority) return a.priority < b.priority ? -1 : 1;
  return a.openedAt - b.openedAt || (a.key < b.key ? -1 : 1);
}

export function arrange(rows: Iterable<Row>, filters: Filters, reader: Reader): Row[] {
  const found: Row[] = [];
  for (const row of rows) if (matches(row, filters, reader)) found.push(row);
  return found.sort((a, b) => compare(a, b, reader.me));
}

// While a hand is on the list nothing may move: rows keep their places, also those that no longer
// match; what is new waits, counted.
export function hold(before: readonly string[], now: readonly Row[], all: ReadonlyMap<string, Row>):
    { rows: Row[]; waiting: Row[] } {
  const held = new Set(before);
  const rows = before.flatMap((key) => all.get(key) ?? []);
  return { rows, waiting: now.filter((row) => !held.has(row.key)) };
}
