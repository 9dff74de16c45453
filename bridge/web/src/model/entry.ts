// What a line of the timeline holds beside its kind.
import type { Entry } from './types';

// How the reader is told of times and people.
export interface Reading {
  time(at: number): string;
  name(account: string): string;
}

const people = ['person', 'who', 'commander', 'communication', 'reporter', 'vendor', 'owner'];
const isTime = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

// One datum as it is read; the bridge lays out its messages by the same rules (entry_text.cpp).
function datum(key: string, value: string, data: Entry['data'], reading: Reading): string {
  if (key === 'text') return value;
  if (isTime.test(value)) return reading.time(Date.parse(value));
  if (people.includes(key) || (key === 'about' && data['cause'] === 'in_work')) {
    return reading.name(value.replace(/^person:/, ''));
  }
  if (key === 'told') return value.replace(/(^|, )([^ ,]+)/g, (_, before, name) => before + reading.name(name));
  // Of a silence, whose it is: "by li.na: why".
  const maker = key === 'by_name' && data['by'] === 'silence' ? /^by ([^:]+)/.exec(value)?.[1] : undefined;
  return maker ? value.replace(maker, reading.name(maker)) : value;
}

// What the bridge itself calls an alert or an incident; "" for what somebody else named.
export function ownText(own: Entry['data'], words: Record<string, (data: Entry['data']) => string>, reading: Reading): string {
  const data = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, datum(key, value, own, reading)]));
  return words[own['words'] ?? '']?.(data) ?? '';
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
// As a word of its own.
const replaced = (text: string, from: string, to: string): string =>
  text.replace(new RegExp(`(?<![\\w.@-])${escaped(from)}(?![\\w.@-])`, 'g'), () => to);

// The bridge writes times in UTC and people by their accounts, in the data and in the English
// sentence made of it.
export function laidOut(entry: Entry, reading: Reading): Entry {
  const data: Entry['data'] = {};
  let { text } = entry;
  for (const [key, value] of Object.entries(entry.data)) {
    data[key] = datum(key, value, entry.data, reading);
    if (value && data[key] !== value) text = replaced(text, value, data[key]!);
  }
  const actor = reading.name(entry.actor);
  if (text.startsWith(`${entry.actor} `)) text = actor + text.slice(entry.actor.length);
  return { ...entry, actor, text, data };
}

// The name stands before the sentence already.
export function withoutActor(entry: Entry): string {
  const { actor, text } = entry;
  return actor && actor !== 'system' && text.startsWith(`${actor} `) ? text.slice(actor.length + 1) : text;
}

// A person's own words: in the data, or after the colon of the sentence.
export function wrote(entry: Entry, by: 'person' | 'machine'): string {
  if (entry.data['text'] !== undefined) return entry.data['text'];
  if (by === 'machine') return '';
  if (entry.kind === 'reopened') return entry.text === 'Not fixed' ? '' : entry.text;
  if (!entry.text.startsWith(`${entry.actor} `)) return '';
  const colon = entry.text.indexOf(': ', entry.actor.length);
  return colon < 0 ? '' : entry.text.slice(colon + 2);
}
