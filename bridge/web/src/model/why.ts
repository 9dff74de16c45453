// The chain from a sample to the person told (GET /api/v1/incidents/{key}/why), told in the reader's
// language by the bridge.
import { list, object, text, time } from './parse';

export interface Link {
  step: string;
  at: number | null;
  text: string;
}

export const chain = (value: unknown): Link[] =>
  list(object(value)['links']).map(object).filter((of) => text(of['text'])).map((of) => ({
    step: text(of['step']),
    at: time(of['at']),
    text: text(of['text']),
  }));
