// The address is the view: a list with its filters, or one incident. A view is a link.
export type StateFilter = 'open' | 'resolved' | 'closed' | 'all';
export const stateFilters: readonly StateFilter[] = ['open', 'resolved', 'closed', 'all'];

export interface Filters {
  state: StateFilter;
  team: string;
  q: string;
}

export type View = { page: 'list'; filters: Filters } | { page: 'incident'; key: string };

export function readAddress(path: string, search: string): View {
  const incident = /^\/incidents\/([^/]+)$/.exec(path);
  if (incident?.[1]) {
    try {
      return { page: 'incident', key: decodeURIComponent(incident[1]) };
    } catch {
      // A broken escape names no incident; the list is the answer.
    }
  }
  const query = new URLSearchParams(search);
  const state = query.get('state') as StateFilter | null;
  return {
    page: 'list',
    filters: {
      state: state && stateFilters.includes(state) ? state : 'open',
      team: query.get('team') ?? '',
      q: query.get('q') ?? '',
    },
  };
}

export function listAddress(filters: Filters): string {
  const query = new URLSearchParams();
  if (filters.state !== 'open') query.set('state', filters.state);
  if (filters.team) query.set('team', filters.team);
  if (filters.q.trim()) query.set('q', filters.q.trim());
  const text = query.toString();
  return text ? `/?${text}` : '/';
}

export const incidentAddress = (key: string): string => `/incidents/${encodeURIComponent(key)}`;
