// What people can do with an incident: which action fits which state (semantics, 3), and what it
// will have changed once the bridge agrees. What an action asks for stands in forms.ts.
import { isOpen } from './order';
import type { Alert, Detail, Row, State } from './types';

export const actions = [
  'acknowledge', 'unacknowledge', 'decline', 'assign', 'note', 'escalate', 'snooze', 'pend',
  'resume', 'resolve', 'confirm', 'close', 'reopen', 'priority', 'verify', 'rate', 'watch', 'unwatch',
  'link', 'major', 'merge', 'split', 'silence',
] as const;
export type Action = (typeof actions)[number];

export const isAction = (word: string): word is Action => (actions as readonly string[]).includes(word);

// The body of a request, in the API's words.
export type Asked = Record<string, string | number | boolean | string[]>;

const always: readonly Action[] = ['watch', 'unwatch', 'link', 'merge'];
const open: readonly Action[] = ['priority', 'silence', 'major', 'split', ...always];
const byState: Record<State, readonly Action[]> = {
  triggered: ['acknowledge', 'resolve', 'note', 'assign', 'escalate', 'snooze', 'decline', ...open],
  acknowledged: ['resolve', 'note', 'assign', 'escalate', 'snooze', 'pend', 'unacknowledge', ...open],
  pending: ['resume', 'resolve', 'note', 'assign', ...open],
  resolved: ['close', 'reopen', 'note', 'confirm', 'verify', 'rate', ...always],
  closed: [],
};

// Silencing is no move of the incident: the bridge does not list it, and takes it while it is open.
const isSilence = (action: Action, row: Row): boolean => action === 'silence' && isOpen(row.state);

// In the order of the buttons: the first two stand at the thumb. What the bridge said wins.
export function possible(row: Row, said: readonly string[] | null): Action[] {
  // Closing is not possible while alerts fire.
  const fires = row.state === 'resolved' && row.counts.firing > 0;
  const usual: readonly Action[] = fires ? ['reopen', 'note'] : byState[row.state];
  if (said === null) return [...usual];
  const known = said.filter(isAction);
  const fits = usual.filter((action) => known.includes(action) || isSilence(action, row));
  const more = known.filter((action) => !usual.includes(action));
  // An owner who is asked again acknowledges again: that comes first.
  return more.includes('acknowledge') ? ['acknowledge', ...possible(row, said.filter((word) => word !== 'acknowledge'))]
    : [...fits, ...more];
}

// Of these, what makes sense for what is known: nobody is taken off an empty list of watchers.
export function sensible(all: readonly Action[], detail: Detail): Action[] {
  const alive = detail.alerts.filter((alert) => alert.status !== 'resolved').length;
  return all.filter((action) =>
    action === 'unwatch' ? detail.escalation.watchers.length > 0
    : action === 'split' ? alive > 1
    : true);
}

// What is usually meant by an action that has a form: one tap in the menu, without the form.
export interface Quick {
  action: 'assign' | 'snooze' | 'escalate';
  asked: Asked;
}

export function quick(can: readonly Action[], row: Row, me: string): Quick[] {
  const all: Quick[] = [
    { action: 'snooze', asked: { for: '60m' } },
    { action: 'escalate', asked: {} }, // the next step, now
  ];
  if (me !== '' && row.assignee !== me) all.unshift({ action: 'assign', asked: { person: me } });
  return all.filter(({ action }) => can.includes(action));
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
      return asked['team'] ? null : { ...row, assignee: String(asked['person'] ?? row.assignee ?? '') || null };
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
    case 'verify':
    case 'rate':
    case 'watch':
    case 'unwatch':
    case 'link':
    case 'silence':
      return row;
    case 'decline':
    case 'escalate':
    case 'priority':
    case 'major':
    case 'merge':
    case 'split':
      return null;
  }
}

export const severityRank = (severity: string): number =>
  ['info', 'warning', 'critical'].indexOf(severity);

// The sentence with numbers: what the worst alert that still fires says of itself.
export function sentence(detail: Detail, title: string, summary: (alert: Alert) => string): string {
  const rank = (status: string): number => (status === 'firing' ? 2 : status === 'unknown' ? 1 : 0);
  const worst = [...detail.alerts].sort(
    (a, b) => rank(b.status) - rank(a.status) || severityRank(b.severity) - severityRank(a.severity),
  )[0];
  const own = worst?.own['words'] !== undefined;
  const said = worst ? (own ? summary(worst) : worst.annotations['description'] || summary(worst)) : '';
  return said.trim() === title.trim() ? '' : said.trim();
}
