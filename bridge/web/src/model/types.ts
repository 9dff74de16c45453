// What the bridge tells, as the page keeps it: times are milliseconds since 1970, absent is null.
export const states = ['triggered', 'acknowledged', 'pending', 'resolved', 'closed'] as const;
export type State = (typeof states)[number];
export type Priority = 'P1' | 'P2' | 'P3' | 'P4';
export type AlertStatus = 'firing' | 'resolved' | 'unknown' | 'suppressed' | 'pending';
export type Labels = Record<string, string>;

export interface Row {
  key: string;
  state: State;
  priority: Priority;
  severity: string;
  title: string;
  dedupKey: string;
  labels: Labels;
  openedAt: number;
  updatedAt: number;
  assignee: string | null;
  team: string | null;
  counts: { firing: number; resolved: number; unknown: number };
  parent: string | null;
}

export interface Entry {
  at: number;
  kind: string;
  actor: string;
  text: string;
  data: Record<string, string>;
  waiting?: boolean; // sent, and not yet answered
}

export interface Alert {
  status: AlertStatus;
  labels: Labels;
  annotations: Record<string, string>;
  severity: string;
  startsAt: number | null;
  endsAt: number | null;
}

export interface Message {
  person: string;
  channel: string;
  kind: string;
  state: string;
  step: number;
  at: number | null;
  result: string;
}

export interface Detail extends Row {
  timeline: Entry[];
  alerts: Alert[];
  actions: string[] | null; // what the bridge says is possible now; null when it does not say
  escalation: { step: number; nextAt: number | null; policy: string | null; messages: Message[] };
  sla: Record<string, unknown>;
  links: { title: string; url: string }[];
  acknowledgedAt: number | null;
  resolvedAt: number | null;
  snoozedUntil: number | null;
  pendingUntil: number | null;
  route: string | null;
  predecessor: string | null;
  successor: string | null;
}
