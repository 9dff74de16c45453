// What holds alerts back: silences and maintenance windows, as the bridge lists them; and matchers
// as people write them.
import { list, object, text, time, words } from './parse';

export interface Held {
  id: string;
  state: 'active' | 'pending' | 'expired';
  matchers: string[];
  from: number;
  to: number;
  by: string;
  comment: string;
  alerts: number; // held back now
  untilClear: boolean;
  unused: boolean; // has matched nothing for 7 days
  name: string; // of a window
  change: string;
}

function held(value: unknown): Held[] {
  const of = object(value);
  const from = time(of['starts_at']);
  const to = time(of['ends_at']);
  const state = text(of['state']);
  if (!text(of['id']) || from === null || to === null) return [];
  return [{
    id: text(of['id']),
    state: state === 'active' || state === 'pending' ? state : 'expired',
    matchers: words(of['matchers']),
    from,
    to,
    by: text(of['by']),
    comment: text(of['comment']),
    alerts: typeof of['alerts'] === 'number' ? of['alerts'] : 0,
    untilClear: of['until_clear'] === true,
    unused: of['unused'] === true,
    name: text(of['name']),
    change: text(of['change']),
  }];
}

export const silences = (value: unknown): Held[] => list(object(value)['silences']).flatMap(held);
export const windows = (value: unknown): Held[] => list(object(value)['maintenance']).flatMap(held);

// As POST /api/v2/silences takes it (Alertmanager's API).
export interface Matcher {
  name: string;
  value: string;
  isRegex: boolean;
  isEqual: boolean;
}

const kShape = /^([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^"]*))$/;

// name=value, name="value", and with != =~ !~; null when it is none of these.
export function matcher(line: string): Matcher | null {
  const found = kShape.exec(line.trim());
  if (!found) return null;
  const [, name = '', op = '=', quoted, bare = ''] = found;
  const value = quoted === undefined ? bare.trim() : quoted.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
  return { name, value, isRegex: op.endsWith('~'), isEqual: op.startsWith('=') };
}

export const lines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean);

// The first line that is no matcher; "" when all are.
export const badLine = (text: string): string => lines(text).find((line) => matcher(line) === null) ?? '';
