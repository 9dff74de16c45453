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
  ownTitle: Record<string, string>; // where the bridge itself gave it: its `words`, and what stands in them
  dedupKey: string;
  labels: Labels;
  openedAt: number;
  updatedAt: number;
  assignee: string | null;
  team: string | null;
  counts: { firing: number; resolved: number; unknown: number };
  parent: string | null;
  suppressed: Record<string, string> | null; // what holds it back, in the words of a timeline line: by, by_name
  absorbed: boolean; // its parent, a storm, stands for it
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
  fingerprint: string;
  status: AlertStatus;
  labels: Labels;
  annotations: Record<string, string>;
  own: Record<string, string>; // likewise, of an alert that the bridge raised
  severity: string;
  startsAt: number | null;
  endsAt: number | null;
}

export interface Message {
  id: string; // "" from a bridge that does not say: it cannot be sent again from here
  person: string;
  channel: string;
  kind: string;
  state: string;
  step: number;
  at: number | null;
  result: string;
}

export const slaStates = ['running', 'paused', 'met', 'breached', 'not_needed'] as const;
export interface SlaClock {
  state: (typeof slaStates)[number];
  due: number | null;
  stoppedAt: number | null;
}

export interface Link {
  title: string;
  url: string;
}

// An incident that was like this one, and how it ended.
export interface Past {
  key: string;
  title: string;
  state: State;
  resolvedAt: number | null;
  resolvedBy: string; // "system" when its alerts cleared
  cause: string;
  solution: string;
}

export interface Problem {
  key: string;
  title: string;
  workaround: string;
}

export interface Detail extends Row {
  timeline: Entry[];
  alerts: Alert[];
  actions: string[] | null; // what the bridge says is possible now; null when it does not say
  escalation: {
    step: number;
    steps: number; // that its policy has; 0 from a bridge that does not say
    nextAt: number | null;
    nextStep: number; // which one that brings; 0: nobody is reached
    nextRepeat: number; // 0: it comes for the first time
    policy: string | null;
    watchers: string[]; // targets: "person:li.na", "team:web"
    messages: Message[];
  };
  sla: { response: SlaClock | null; resolution: SlaClock | null };
  links: Link[]; // runbooks, dashboards
  articles: { key: string; title: string }[]; // their texts are asked for when they are opened
  similar: Past[];
  problems: Problem[];
  reviews: { key: string; title: string }[];
  children: Row[]; // of a storm
  acknowledgedAt: number | null;
  resolvedAt: number | null;
  resolvedBy: string | null;
  snoozedUntil: number | null;
  flappingSince: number | null;
  pendingUntil: number | null;
  pendingReason: string | null;
  service: string | null;
  category: string | null;
  reporter: string | null;
  contact: string | null; // theirs, where no channel serves it: somebody has to call there
  cause: string | null;
  solution: string | null;
  proof: string | null;
  commander: string | null; // of a major incident
  major: boolean;
  route: string | null;
  predecessor: string | null;
  successor: string | null;
}
