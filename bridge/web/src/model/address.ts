// The address is the view: a list with its filters, one incident, who is on call, what is silenced,
// what is learnt.
// A view is a link. bridge/web/assets.cpp serves the page at each of them.
import { plural, recordKinds } from './records';
import type { RecordKind } from './records';

export type StateFilter = 'open' | 'resolved' | 'closed' | 'all';
export const stateFilters: readonly StateFilter[] = ['open', 'resolved', 'closed', 'all'];
export type Whose = 'all' | 'mine' | 'team';
export const whoses: readonly Whose[] = ['all', 'mine', 'team'];

export interface Filters {
  state: StateFilter;
  whose: Whose;
  team: string;
  q: string;
}
export const noFilters: Filters = { state: 'open', whose: 'all', team: '', q: '' };

export type View =
  | { page: 'list'; filters: Filters }
  | { page: 'incident'; key: string }
  | { page: 'oncall' }
  | { page: 'silences' }
  | { page: 'records'; filters: RecordFilters }
  | { page: 'record'; kind: RecordKind; key: string };

export interface RecordFilters {
  kind: RecordKind;
  which: 'going' | 'all';
  q: string;
}

const one = <T extends string>(all: readonly T[], word: string | null): T => all.find((item) => item === word) ?? all[0]!;

export function readAddress(path: string, search: string): View {
  if (path === '/oncall') return { page: 'oncall' };
  if (path === '/silences') return { page: 'silences' };
  const record = readRecord(path, search);
  if (record) return record;
  const incident = /^\/incidents\/([^/]+)$/.exec(path);
  if (incident?.[1]) {
    try {
      return { page: 'incident', key: decodeURIComponent(incident[1]) };
    } catch {
      // A broken escape names no incident; the list is the answer.
    }
  }
  const query = new URLSearchParams(search);
  return {
    page: 'list',
    filters: {
      state: one(stateFilters, query.get('state')),
      whose: one(whoses, query.get('whose')),
      team: query.get('team') ?? '',
      q: query.get('q') ?? '',
    },
  };
}

// /problems, /problems/PRB-2026-000001, and likewise of reviews and articles.
function readRecord(path: string, search: string): View | null {
  const [, name, key, more] = path.split('/');
  const kind = recordKinds.find((one) => plural(one) === name);
  if (!kind || more !== undefined) return null;
  if (key) return { page: 'record', kind, key };
  const query = new URLSearchParams(search);
  return { page: 'records', filters: { kind, which: query.get('which') === 'all' ? 'all' : 'going', q: query.get('q') ?? '' } };
}

export function listAddress(filters: Filters): string {
  const query = new URLSearchParams();
  if (filters.state !== 'open') query.set('state', filters.state);
  if (filters.whose !== 'all') query.set('whose', filters.whose);
  if (filters.team) query.set('team', filters.team);
  if (filters.q.trim()) query.set('q', filters.q.trim());
  const text = query.toString();
  return text ? `/?${text}` : '/';
}

export const incidentAddress = (key: string): string => `/incidents/${encodeURIComponent(key)}`;

export function recordsAddress({ kind, which, q }: RecordFilters): string {
  const query = new URLSearchParams();
  if (which !== 'going') query.set('which', which);
  if (q.trim()) query.set('q', q.trim());
  const text = query.toString();
  return `/${plural(kind)}${text && `?${text}`}`;
}

export const recordAddress = (kind: RecordKind, key: string): string => `/${plural(kind)}/${encodeURIComponent(key)}`;
