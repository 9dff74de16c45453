// What a form asks for: one table of forms and their fields, read by ui/form.tsx. A field's value is
// text as it was typed; body() makes of it what the API takes.
import type { Action, Asked } from './actions';
import type { Choices } from './choices';
import { recordForms } from './record_forms';
import type { RecordForm } from './record_forms';
import { badLine, lines } from './shelf';
import type { Detail, Row } from './types';

export type FormName = Action | RecordForm | 'newSilence' | 'newWindow' | 'override' | 'cancel' | 'expire' | 'end';
export type Values = Record<string, string>;

// What the form is about, and what can be named in it.
export interface About {
  row: Row | null;
  detail: Detail | null;
  choices: Choices;
  me: string;
}

export type Kind =
  | 'text' // several lines
  | 'long' // a document
  | 'lines' // one a line
  | 'date'
  | 'line'
  | 'person' // typed, with the known ones offered
  | 'host'
  | 'incident' // another one's key, with the open ones offered
  | 'select' // one of `options`
  | 'chips' // likewise, all in sight
  | 'until' // so many minutes from now, or a time of the reader's clock
  | 'span' // so many minutes
  | 'start' // now, or a time
  | 'matchers' // one a line
  | 'alerts' // fingerprints, one a line
  | 'number' // one of `options`
  | 'yes';

export interface Field {
  name: string; // the API's
  kind: Kind;
  options?: (about: About) => readonly string[]; // "" means none of them
  first?: string; // the value to begin with
  atOnce?: true; // naming oneself sends the form
  needed?: (values: Values, about: About) => boolean;
  shown?: (about: About) => boolean;
}

const required = (): boolean => true;
const minutes = ['30', '60', '120', '240', '480', '1440'];
const text = (needed?: Field['needed']): Field => ({ name: 'text', kind: 'text', ...(needed ? { needed } : {}) });
const other = (about: About): string[] =>
  about.choices.teams.map((team) => team.name).filter((name) => name !== about.row?.team);
const withTeam = (values: Values): boolean => Boolean(values['team']);
const hasReporter = (about: About): boolean => about.detail?.reporter != null;
const owes = (about: About, need: string): boolean =>
  (about.choices.owed[about.row?.priority ?? ''] ?? []).includes(need);
// What a person has resolved owes its findings before it closes.
const byHand = (about: About): boolean => ![null, 'system'].includes(about.detail?.resolvedBy ?? null);

const watchers = (about: About): string[] => {
  const all = about.detail?.escalation.watchers ?? [];
  const mine = `person:${about.me}`;
  return [...all.filter((who) => who === mine), ...all.filter((who) => who !== mine)];
};

const cause: Field = { name: 'cause', kind: 'select', options: ({ choices }) => ['', ...choices.causes] };
const solution: Field = { name: 'solution', kind: 'line' };
const proof: Field = { name: 'proof', kind: 'line', shown: (about) => owes(about, 'proof') };
const findings = [cause, solution, proof];
// Once more while closing: what is still owed.
const owed = findings.map((field): Field => ({
  ...field,
  shown: (about) => about.detail?.[field.name as 'cause'] == null && (field.shown ?? required)(about),
  needed: (_, about) => byHand(about) && owes(about, field.name),
}));
const satisfaction: Field = {
  name: 'satisfaction', kind: 'number', options: () => ['5', '4', '3', '2', '1'], shown: hasReporter,
};
const until: Field = { name: 'until', kind: 'until', options: () => minutes, first: '60', needed: required };

// An action that is not here needs no form; one without fields asks only whether it is meant.
export const forms: Partial<Record<FormName, readonly Field[]>> = {
  assign: [
    { name: 'person', kind: 'person', needed: (values) => !withTeam(values), atOnce: true },
    { name: 'team', kind: 'select', options: (about) => ['', ...other(about)], shown: (about) => other(about).length > 0 },
    text((values, about) => withTeam(values) && about.row?.state !== 'triggered'),
  ],
  note: [text(required), { name: 'public', kind: 'yes', shown: hasReporter }],
  escalate: [
    {
      name: 'team', kind: 'select',
      options: (about) => ['', ...other(about), ...about.choices.vendors.map((vendor) => `vendor:${vendor.name}`)],
    },
    text(withTeam),
  ],
  snooze: [until],
  pend: [
    {
      name: 'reason', kind: 'select', options: ({ choices }) => ['', ...choices.reasons],
      shown: ({ choices }) => choices.reasons.length > 0,
    },
    text((values) => !values['reason']),
    { ...until, first: '240' },
  ],
  resolve: [text(), ...findings],
  close: [...owed, satisfaction, text()],
  confirm: [satisfaction, text()],
  verify: [text(required)],
  rate: [{ ...satisfaction, shown: required, needed: required }, text()],
  reopen: [text()],
  decline: [text()],
  priority: [
    {
      name: 'priority', kind: 'chips', needed: required,
      options: (about) => ['P1', 'P2', 'P3', 'P4'].filter((name) => name !== about.row?.priority),
    },
    text((values, about) => (values['priority'] ?? '') > (about.row?.priority ?? '')),
  ],
  watch: [{ name: 'person', kind: 'person', atOnce: true }],
  unwatch: [{ name: 'person', kind: 'select', options: watchers }],
  link: [{ name: 'link', kind: 'line', needed: required }, { name: 'text', kind: 'line' }],
  major: [
    { name: 'commander', kind: 'person' },
    { name: 'communication', kind: 'person' },
    { name: 'every', kind: 'span', options: () => ['', '15', '30', '60', '120'] },
    text(),
  ],
  merge: [{ name: 'into', kind: 'incident', needed: required }, text()],
  split: [{ name: 'alerts', kind: 'alerts', needed: required }, text()],
  silence: [{ name: 'for', kind: 'span', options: () => ['', '60', '240', '480', '1440'] }, text()],
  newSilence: [
    { name: 'matchers', kind: 'matchers', needed: required },
    { ...until, first: '120' },
    { name: 'comment', kind: 'text', needed: required },
  ],
  newWindow: [
    { name: 'host', kind: 'host', needed: (values) => !values['match'] },
    { name: 'match', kind: 'matchers' },
    { name: 'starts_at', kind: 'start' },
    { name: 'for', kind: 'span', options: () => minutes, first: '60', needed: required },
    { name: 'change', kind: 'line' },
    { name: 'comment', kind: 'text' },
  ],
  override: [
    { name: 'person', kind: 'person' },
    { name: 'for', kind: 'span', options: () => ['60', '120', '240', '480', '720', '1440'], first: '480', needed: required },
    { name: 'why', kind: 'text' },
  ],
  cancel: [{ name: 'why', kind: 'text' }],
  expire: [],
  end: [],
  ...recordForms,
};

export const fieldsOf = (form: FormName, about: About): readonly Field[] =>
  (forms[form] ?? []).filter((field) => (field.shown ?? required)(about));

// An optional choice begins with none; one that is needed with what was said, or with nothing.
export function firstValues(fields: readonly Field[], about: About): Values {
  return Object.fromEntries(fields.map((field) => {
    const first = field.kind === 'select' ? (field.options?.(about)[0] ?? '') : '';
    return [field.name, field.first ?? first];
  }));
}

export type Wrong = { field: string; is: 'missing' | 'no matcher'; line: string };

export function wrong(fields: readonly Field[], typed: Values, about: About): Wrong | null {
  const values = Object.fromEntries(Object.entries(typed).map(([name, value]) => [name, value.trim()]));
  for (const { name, kind, needed } of fields) {
    const value = values[name] ?? '';
    if (value === '' && needed?.(values, about)) return { field: name, is: 'missing', line: '' };
    const bad = kind === 'matchers' ? badLine(value) : '';
    if (bad) return { field: name, is: 'no matcher', line: bad };
  }
  return null;
}

// "90" is so many minutes from now, anything else a time of the reader's clock.
export const isMinutes = (value: string): boolean => /^\d+$/.test(value);
export const momentOf = (value: string, now: number): string =>
  new Date(isMinutes(value) ? now + Number(value) * 60_000 : value).toISOString();

// So many minutes go as a length: the bridge's clock counts, not the reader's.
const written: Record<Kind, (name: string, value: string) => Asked> = {
  text: (name, value) => ({ [name]: value }),
  long: (name, value) => ({ [name]: value }),
  lines: (name, value) => ({ [name]: lines(value) }),
  date: (name, value) => ({ [name]: new Date(`${value}T23:59`).toISOString() }), // the day's end, on the reader's clock
  line: (name, value) => ({ [name]: value }),
  person: (name, value) => ({ [name]: value }),
  host: (name, value) => ({ [name]: value }),
  incident: (name, value) => ({ [name]: value }),
  select: (name, value) => ({ [name]: value }),
  chips: (name, value) => ({ [name]: value }),
  until: (name, value) => (isMinutes(value) ? { for: `${value}m` } : { [name]: momentOf(value, 0) }),
  span: (name, value) => ({ [name]: `${value}m` }),
  start: (name, value) => ({ [name]: momentOf(value, 0) }),
  matchers: (name, value) => ({ [name]: lines(value) }),
  alerts: (name, value) => ({ [name]: lines(value) }),
  number: (name, value) => ({ [name]: Number(value) }),
  yes: (name) => ({ [name]: true }),
};

export function body(fields: readonly Field[], values: Values): Asked {
  const parts = fields.map(({ name, kind }) => {
    const value = (values[name] ?? '').trim();
    return value === '' ? {} : written[kind](name, value);
  });
  return Object.assign({}, ...parts) as Asked;
}
