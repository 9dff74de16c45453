// What a line of the timeline holds beside its kind.
import type { Entry } from './types';

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
