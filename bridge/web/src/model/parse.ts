// From the bridge's JSON to the page's types. Anything may be missing: a page that is older or newer
// than its bridge shows what it understands.
import { states } from './types';
import type { Alert, AlertStatus, Detail, Entry, Labels, Priority, Row, State } from './types';

type Json = Record<string, unknown>;

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => text(value) || null;
const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.floor(value) : 0);

// Milliseconds since 1970, or null. The zero time of Go ("0001-01-01…") means none.
export function time(value: unknown): number | null {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isFinite(at) && at > 0 ? at : null;
}

function texts(value: unknown): Labels {
  const out: Labels = {};
  for (const [name, item] of Object.entries(object(value))) {
    if (typeof item === 'string') out[name] = item;
    else if (typeof item === 'number' || typeof item === 'boolean') out[name] = String(item);
  }
  return out;
}

function state(value: unknown): State {
  return (states as readonly unknown[]).includes(value) ? (value as State) : 'triggered';
}

function priority(value: unknown): Priority {
  return value === 'P1' || value === 'P2' || value === 'P4' ? value : 'P3';
}

function status(value: unknown, endsAt: number | null): AlertStatus {
  switch (value) {
    case 'firing':
    case 'resolved':
    case 'unknown':
    case 'suppressed':
    case 'pending':
      return value;
    case 'active':
      return 'firing';
    default:
      return endsAt !== null && endsAt <= Date.now() ? 'resolved' : 'firing';
  }
}

function counts(value: unknown): Row['counts'] {
  if (Array.isArray(value)) {
    const all = value.map(alert);
    const of = (wanted: AlertStatus): number => all.filter((a) => a.status === wanted).length;
    return { firing: of('firing'), resolved: of('resolved'), unknown: of('unknown') };
  }
  const of = object(value);
  return { firing: count(of['firing']), resolved: count(of['resolved']), unknown: count(of['unknown']) };
}

export function row(value: unknown): Row | null {
  const of = object(value);
  const key = text(of['key']);
  const openedAt = time(of['opened_at']);
  if (!key || openedAt === null) return null;
  const labels = texts(of['labels']);
  return {
    key,
    state: state(of['state']),
    priority: priority(of['priority']),
    severity: text(of['severity']),
    title: text(of['title']) || key,
    dedupKey: text(of['dedup_key']),
    labels,
    openedAt,
    updatedAt: time(of['updated_at']) ?? openedAt,
    assignee: textOrNull(of['assignee']),
    team: textOrNull(of['team']) ?? labels['team'] ?? null,
    counts: counts(of['alert_counts'] ?? of['alerts']),
    parent: textOrNull(of['parent']),
  };
}

export function rows(value: unknown): { rows: Row[]; next: string | null } {
  const of = object(value);
  const all = list(of['incidents']).map(row).filter((r): r is Row => r !== null);
  const next = of['next'];
  return { rows: all, next: typeof next === 'number' ? String(next) : textOrNull(next) };
}

function entry(value: unknown): Entry {
  const of = object(value);
  return {
    at: time(of['at']) ?? 0,
    kind: text(of['kind']),
    actor: text(of['actor']),
    text: text(of['text']),
    data: texts(of['data']),
  };
}

function alert(value: unknown): Alert {
  const of = object(value);
  const labels = texts(of['labels']);
  const endsAt = time(of['ends_at'] ?? of['endsAt']);
  const said = of['status'] ?? of['state'];
  return {
    status: status(typeof said === 'object' ? object(said)['state'] : said, endsAt),
    labels,
    annotations: texts(of['annotations']),
    severity: text(of['severity']) || (labels['severity'] ?? ''),
    startsAt: time(of['starts_at'] ?? of['startsAt']),
    endsAt,
  };
}

function escalation(value: unknown): Detail['escalation'] {
  const of = object(value);
  return {
    step: count(of['step']),
    nextAt: time(of['next_at']),
    policy: textOrNull(of['policy']),
    messages: list(of['messages']).map((item) => {
      const message = object(item);
      return {
        person: text(message['person']) || text(message['address']),
        channel: text(message['channel']),
        kind: text(message['kind']),
        state: text(message['state']),
        step: count(message['step']),
        at: time(message['updated_at']) ?? time(message['queued_at']),
        result: text(message['result']),
      };
    }),
  };
}

// Only addresses that a browser may follow without running anything.
export function safeUrl(value: unknown): string | null {
  const url = text(value);
  return /^https?:\/\//i.test(url) ? url : null;
}

export function detail(value: unknown): Detail | null {
  const of = object(value);
  const base = row(of);
  if (base === null) return null;
  const alerts = list(of['alerts']).map(alert);
  const actions = of['actions'] ?? of['possible'];
  return {
    ...base,
    timeline: list(of['timeline']).map(entry),
    alerts,
    actions: Array.isArray(actions) ? actions.map(text).filter(Boolean) : null,
    escalation: escalation(of['escalation']),
    sla: object(of['sla']),
    links: list(of['links']).flatMap((link) => {
      const url = safeUrl(object(link)['url'] ?? object(link)['href']);
      return url ? [{ title: text(object(link)['title']) || url, url }] : [];
    }),
    acknowledgedAt: time(of['acknowledged_at']),
    resolvedAt: time(of['resolved_at']),
    snoozedUntil: time(of['snoozed_until']),
    pendingUntil: time(of['pending_until']),
    route: textOrNull(of['route']),
    predecessor: textOrNull(of['predecessor']),
    successor: textOrNull(of['successor']),
  };
}
