// Who is on call now and who comes next (GET /api/v1/oncall).
import { list, object, text, time } from './parse';

export interface Shift {
  person: string; // "": nobody
  display: string;
  start: number | null;
  end: number | null;
  override: boolean;
}

export interface Duty {
  rotation: string;
  team: string;
  now: Shift;
  next: Shift;
}

export interface Override {
  id: number;
  kind: string; // "cover", "swap"
  rotation: string;
  person: string;
  insteadOf: string;
  from: number;
  to: number;
  why: string;
  actor: string;
}

export interface OnCall {
  duties: Duty[];
  overrides: Override[];
}

function shift(value: unknown): Shift {
  const of = object(value);
  const person = text(of['person']);
  return {
    person,
    display: text(of['display']) || person,
    start: time(of['start']),
    end: time(of['end']),
    override: typeof of['override'] === 'number',
  };
}

// Where `me` is on call stands first, then by name.
export function onCall(value: unknown, me: string): OnCall {
  const of = object(value);
  const duties = list(of['rotations']).map(object).map((rotation) => ({
    rotation: text(rotation['name']),
    team: text(rotation['team']),
    now: shift(rotation['now']),
    next: shift(rotation['next']),
  }));
  const mine = (duty: Duty): number => (me !== '' && duty.now.person === me ? 0 : 1);
  return {
    duties: duties.sort((a, b) => mine(a) - mine(b) || (a.rotation < b.rotation ? -1 : 1)),
    overrides: list(of['overrides']).map(object).flatMap((item) => {
      const from = time(item['from']);
      const to = time(item['to']);
      if (typeof item['id'] !== 'number' || from === null || to === null) return [];
      return [{
        id: item['id'], kind: text(item['kind']), rotation: text(item['rotation']), person: text(item['person']),
        insteadOf: text(item['instead_of']), from, to, why: text(item['why']), actor: text(item['actor']),
      }];
    }),
  };
}
