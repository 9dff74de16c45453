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
  // Of a silence or a window without a name, whose it is: "by li.na: why", "by li.na, CHG-7".
  const made = key === 'by_name' && ['silence', 'maintenance'].includes(data['by'] ?? '');
  const maker = made ? /^by (.+?)(?:: |, |$)/.exec(value)?.[1] : undefined;
  return maker ? value.replace(maker, reading.name(maker)) : value;
}

export const laidData = (data: Entry['data'], reading: Reading): Entry['data'] =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, datum(key, value, data, reading)]));

// What the bridge itself calls an alert or an incident; "" for what somebody else named.
export const ownText = (own: Entry['data'], words: Record<string, (data: Entry['data']) => string>, reading: Reading): string =>
  words[own['words'] ?? '']?.(laidData(own, reading)) ?? '';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
// As a word of its own.
const replaced = (text: string, from: string, to: string): string =>
  text.replace(new RegExp(`(?<![\\w.@-])${escaped(from)}(?![\\w.@-])`, 'g'), () => to);

// The bridge writes times in UTC and people by their accounts, in the data and in the English
// sentence made of it.
export function laidOut(entry: Entry, reading: Reading): Entry {
  const data = laidData(entry.data, reading);
  let { text } = entry;
  for (const [key, value] of Object.entries(entry.data)) {
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
