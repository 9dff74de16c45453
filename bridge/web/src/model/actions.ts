// What people can do with an incident: which action fits which state (semantics, 3), what it asks
// for, and what it will have changed once the bridge agrees.
import type { Detail, Row, State } from './types';

export const actions = [
  'acknowledge', 'unacknowledge', 'decline', 'assign', 'note', 'escalate', 'snooze', 'pend',
  'resume', 'resolve', 'confirm', 'close', 'reopen', 'priority',
] as const;
export type Action = (typeof actions)[number];

export const isAction = (word: string): word is Action => (actions as readonly string[]).includes(word);

export interface Asked {
  text?: string;
  person?: string;
  team?: string;
  until?: string; // RFC 3339
  priority?: string;
}

// What the form of an action asks for; an action that is not here needs no form.
export interface Form {
  text?: 'required' | 'optional';
  person?: true;
  team?: true;
  until?: true;
  priority?: true;
}
export const forms: Partial<Record<Action, Form>> = {
  assign: { person: true, text: 'optional' },
  note: { text: 'required' },
  escalate: { team: true, text: 'optional' },
  snooze: { until: true },
  pend: { text: 'required', until: true },
  resolve: { text: 'optional' },
  close: { text: 'optional' },
  reopen: { text: 'optional' },
  decline: { text: 'optional' },
  priority: { priority: true, text: 'optional' },
};

const byState: Record<State, readonly Action[]> = {
  triggered: ['acknowledge', 'resolve', 'note', 'assign', 'escalate', 'snooze', 'decline', 'priority'],
  acknowledged: ['resolve', 'note', 'assign', 'escalate', 'snooze', 'pend', 'unacknowledge', 'priority'],
  pending: ['resume', 'resolve', 'note', 'assign', 'priority'],
  resolved: ['close', 'reopen', 'note', 'confirm'],
  closed: [],
};

// In the order of the buttons: the first two stand at the thumb. What the bridge said wins.
export function possible(row: Row, said: readonly string[] | null): Action[] {
  // Closing is not possible while alerts fire.
  const fires = row.state === 'resolved' && row.counts.firing > 0;
  const usual: readonly Action[] = fires ? ['reopen', 'note'] : byState[row.state];
  if (said === null) return [...usual];
  const known = said.filter(isAction);
  return [...usual.filter((a) => known.includes(a)), ...known.filter((a) => !usual.includes(a))];
}

// The row as it will look if the bridge agrees; null when that cannot be told beforehand.
export function expected(row: Row, action: Action, asked: Asked, me: string): Row | null {
  const as = (state: State, assignee = row.assignee): Row => ({ ...row, state, assignee });
  const mine = me || row.assignee;
  switch (action) {
    case 'acknowledge':
    case 'snooze':
      return row.state === 'triggered' ? as('acknowledged', mine) : row;
    case 'unacknowledge':
      return as('triggered', null);
    case 'assign':
      return { ...row, assignee: asked.person ?? row.assignee };
    case 'pend':
      return as('pending');
    case 'resume':
      return as('acknowledged');
    case 'resolve':
      return as('resolved');
    case 'confirm':
    case 'close':
      return as('closed');
    case 'reopen':
      return as('triggered');
    case 'note':
      return row;
    case 'decline':
    case 'escalate':
    case 'priority':
      return null;
  }
}

export const severityRank = (severity: string): number =>
  ['info', 'warning', 'critical'].indexOf(severity);

// The sentence with numbers: what the worst alert that still fires says of itself.
export function sentence(detail: Detail): string {
  const rank = (status: string): number => (status === 'firing' ? 2 : status === 'unknown' ? 1 : 0);
  const worst = [...detail.alerts].sort(
    (a, b) => rank(b.status) - rank(a.status) || severityRank(b.severity) - severityRank(a.severity),
  )[0];
  const said = worst?.annotations['description'] ?? worst?.annotations['summary'] ?? '';
  return said.trim() === detail.title.trim() ? '' : said.trim();
}
