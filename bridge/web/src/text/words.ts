// The shape of a message catalogue: one a language, all words of the page, none elsewhere.
import type { en } from './en';

export type Widen<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { [K in keyof T]: Widen<T[K]> };

export type Words = Widen<typeof en>;
