// English: what the bridge itself calls alerts and incidents, and why messages were sent.
export const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

// Of an entry's data and of who wrote it, what it says.
export type By = 'person' | 'machine';
export type Kinds = Record<string, (data: Record<string, string>, by: By) => string>;
// By the bridge's `words` for it.
export type Own = Record<string, (data: Record<string, string>) => string>;

// What holds something back, as the bridge says it.
const suppressors: Record<string, string> = {
  silence: 'silence', maintenance: 'maintenance window', inhibit: 'alert', open_when: 'condition',
};
export const suppressor = (d: Record<string, string>): string =>
  `${suppressors[d['by'] ?? ''] ?? d['by'] ?? ''} ${d['by_name'] ?? ''}`.trim();

export const own: Own = {
  storm: (d) => `Storm: ${d['group'] ?? ''} on ${plural(Number(d['hosts']), 'host', 'hosts')}`,
  overflow: (d) => `Overflow: ${d['incidents'] ?? ''} more incidents on ${plural(Number(d['hosts']), 'host', 'hosts')}`,
  join: (d) => `New host ${d['host'] ?? ''}: ${plural(Number(d['alerts']), 'alert', 'alerts')}`,
  host_duplicate: (d) => `Two machines report as ${d['host'] ?? ''}: their boot ids alternate`,
  host_unreachable: (d) => `${d['host'] ?? ''} has not been heard of since ${d['heard'] ?? ''}`,
  expected_missing: (d) => `${d['what'] ?? ''} has not come for ${d['every'] ?? ''}: last at ${d['since'] ?? ''}`,
  expected_never: (d) => `${d['what'] ?? ''} has not come yet; expected every ${d['every'] ?? ''} since ${d['since'] ?? ''}`,
};

export const message: Record<string, string> = {
  opened: 'opened',
  escalated: 'escalated',
  reminder: 'reminder',
  reopened: 'reopened',
  still_firing: 'still firing',
  raised: 'raised',
  joined: 'new alert joined',
  assigned: 'assigned',
  lapsed: 'acknowledge lapsed',
  snooze_ended: 'snooze ended',
  pending_ended: 'pending ended',
  resolved: 'resolved',
  nobody: 'nobody reached',
  handed_over: 'handed over',
  at_risk: 'target at risk',
  breached: 'target breached',
  all_clear: 'all clear',
  still_pending: 'still pending',
  owed: 'owed before closing',
  major: 'major incident',
  update_due: 'update due',
  vendor: 'vendor asked',
  received: 'report received',
  public_note: 'note to the reporter',
  ask_confirm: 'asked to confirm',
  review_due: 'review overdue',
  acknowledged: 'acknowledged',
  ticket: 'copy for a ticket system',
  unsuppressed: 'no longer held back',
  silence_ending: 'silence ends soon',
  flapping: 'flapping',
  flapping_ended: 'flapping ended',
  storm: 'storm',
  overflow: 'overflow',
  test: 'test message',
};
