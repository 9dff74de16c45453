// From the bridge's JSON to the page's types. Anything may be missing: a page that is older or newer
// than its bridge shows what it understands.
import { slaStates, states } from './types';
import type { Alert, AlertStatus, Detail, Entry, Labels, Priority, Row, SlaClock, State } from './types';

type Json = Record<string, unknown>;

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const words = (value: unknown): string[] => list(value).map(text).filter(Boolean);
export const textOrNull = (value: unknown): string | null => text(value) || null;
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

// The id where it has no name.
function suppressor(value: unknown): Row['suppressed'] {
  const of = object(value);
  const by = text(of['kind']);
  return by ? { by, by_name: text(of['name']) || text(of['id']) } : null;
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
    ownTitle: texts(of['title_words']),
    dedupKey: text(of['dedup_key']),
    labels,
    openedAt,
    updatedAt: time(of['updated_at']) ?? openedAt,
    assignee: textOrNull(of['assignee']),
    team: textOrNull(of['team']) ?? labels['team'] ?? null,
    counts: counts(of['alert_counts'] ?? of['alerts']),
    parent: textOrNull(of['parent']),
    suppressed: suppressor(of['suppressed']),
    absorbed: of['absorbed'] === true,
  };
}

export function rows(value: unknown): { rows: Row[]; next: string | null } {
  const of = object(value);
  const all = list(of['incidents']).map(row).filter((r): r is Row => r !== null);
  const next = of['next'];
  return { rows: all, next: typeof next === 'number' ? String(next) : textOrNull(next) };
}

export function entry(value: unknown): Entry {
  const of = object(value);
  return {
    at: time(of['at']) ?? 0,
    kind: text(of['kind']),
    actor: text(of['actor']),
    text: text(of['text']),
    data: texts(of['data']),
  };
}

// The bridge's own alerts say what they are called in annotations (bridge/incident/title.h).
const ownWords = (annotations: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(annotations).filter(([name]) => name.startsWith('tocsin_'))
    .map(([name, value]) => [name.slice('tocsin_'.length), value]));

function alert(value: unknown): Alert {
  const of = object(value);
  const labels = texts(of['labels']);
  const endsAt = time(of['ends_at'] ?? of['endsAt']);
  const said = of['status'] ?? of['state'];
  return {
    fingerprint: text(of['fingerprint']),
    status: status(typeof said === 'object' ? object(said)['state'] : said, endsAt),
    labels,
    annotations: texts(of['annotations']),
    own: text(of['source']) === 'bridge' ? ownWords(texts(of['annotations'])) : {},
    severity: text(of['severity']) || (labels['severity'] ?? ''),
    startsAt: time(of['starts_at'] ?? of['startsAt']),
    endsAt,
  };
}

function escalation(value: unknown): Detail['escalation'] {
  const of = object(value);
  return {
    step: count(of['step']),
    steps: count(of['steps']),
    nextAt: time(of['next_at']),
    nextStep: typeof of['next_step'] === 'number' ? count(of['next_step']) : count(of['step']) + 1,
    nextRepeat: count(of['next_repeat']),
    policy: textOrNull(of['policy']),
    watchers: words(of['watchers']),
    messages: list(of['messages']).map((item) => {
      const message = object(item);
      return {
        id: text(message['id']),
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

// Only addresses that a browser may follow without running anything: of the web, or of this bridge.
export function safeUrl(value: unknown): string | null {
  const url = text(value);
  return /^(https?:\/\/|\/(?![/\\]))/i.test(url) ? url : null;
}

function slaClock(value: unknown): SlaClock | null {
  const of = object(value);
  const said = slaStates.find((name) => name === of['state']);
  return said ? { state: said, due: time(of['due']), stoppedAt: time(of['stopped_at']) } : null;
}

function links(value: unknown): Detail['links'] {
  return list(value).flatMap((item) => {
    const link = object(item);
    const url = safeUrl(link['url'] ?? link['href']);
    return url ? [{ title: text(link['title']) || url, url }] : [];
  });
}

export function past(value: unknown): Detail['similar'] {
  return list(value).map(object).filter((of) => text(of['key'])).map((of) => ({
    key: text(of['key']),
    title: text(of['title']) || text(of['key']),
    state: state(of['state']),
    resolvedAt: time(of['resolved_at']),
    resolvedBy: text(of['resolved_by']),
    cause: text(of['cause']),
    solution: text(of['solution']),
  }));
}

function articles(value: unknown): Detail['articles'] {
  return list(value).map(object).filter((of) => text(of['key'])).map((of) => ({
    key: text(of['key']),
    title: text(of['title']) || text(of['key']),
  }));
}

function problems(value: unknown): Detail['problems'] {
  return list(value).map(object).filter((of) => text(of['key'])).map((of) => ({
    key: text(of['key']),
    title: text(of['title']) || text(of['key']),
    workaround: text(of['workaround']),
  }));
}

export function detail(value: unknown): Detail | null {
  const of = object(value);
  const base = row(of);
  if (base === null) return null;
  const actions = of['actions'] ?? of['possible'];
  const sla = object(of['sla']);
  return {
    ...base,
    timeline: list(of['timeline']).map(entry),
    alerts: list(of['alerts']).map(alert),
    actions: Array.isArray(actions) ? words(actions) : null,
    escalation: escalation(of['escalation']),
    sla: { response: slaClock(sla['response']), resolution: slaClock(sla['resolution']) },
    links: links(of['links']),
    articles: articles(of['articles']),
    similar: past(of['similar']),
    problems: problems(of['problems']),
    reviews: articles(of['reviews']),
    children: list(of['children']).map(row).filter((r): r is Row => r !== null),
    acknowledgedAt: time(of['acknowledged_at']),
    resolvedAt: time(of['resolved_at']),
    resolvedBy: textOrNull(of['resolved_by']),
    snoozedUntil: time(of['snoozed_until']),
    flappingSince: time(of['flapping_since']),
    pendingUntil: time(of['pending_until']),
    pendingReason: textOrNull(of['pending_reason']),
    service: textOrNull(of['service']),
    category: textOrNull(of['category']),
    reporter: textOrNull(object(of['reporter'])['name']),
    contact: textOrNull(object(of['reporter'])['contact']),
    cause: textOrNull(of['cause']),
    solution: textOrNull(of['solution']),
    proof: textOrNull(of['proof']),
    commander: textOrNull(object(of['major_incident'])['commander']),
    major: of['major'] === true,
    route: textOrNull(of['route']),
    predecessor: textOrNull(of['predecessor']),
    successor: textOrNull(of['successor']),
  };
}
