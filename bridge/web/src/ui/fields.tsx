// How each kind of field is drawn. What a label or an option says stands in the catalogues.
import type { ComponentChildren, JSX } from 'preact';
import { isMinutes } from '../model/forms';
import type { About, Field, FormName, Kind, Values } from '../model/forms';
import { hostOf, isOpen } from '../model/order';
import { duration } from '../model/time';
import type { Words } from '../text';
import { titleOf, usePage } from './hooks';
import { Choices } from './sheets';

interface Props {
  form: FormName;
  field: Field;
  about: About;
  values: Values;
  problem: string; // "" when there is none
  first: boolean; // of the form: gets the focus
  set(value: string): void;
  send(value: string): void; // the form, with this value
}

// A field's own words in its form, else its usual ones, and what is owed.
function labelOf({ form, field, about, values }: Props, words: Words): string {
  const usual = words.form.field[field.name] ?? field.name;
  const label = words.form.fieldOf[`${form}.${field.name}`] ?? usual;
  const priority = about.row?.priority ?? '';
  const owed = form === 'resolve' && (about.choices.owed[priority] ?? []).includes(field.name);
  if (owed) return `${label} · ${words.form.owed(priority)}`;
  const optional = field.kind === 'text' && !field.needed?.(values, about);
  return optional ? words.form.optional(label) : label;
}

function optionText({ form, field, about }: Props, value: string, words: Words): string {
  if (value === '') return words.form.none[`${form}.${field.name}`] ?? words.form.none['']!;
  if (field.kind === 'until') return words.form.untilIn(duration(Number(value) * 60_000, words));
  if (field.kind === 'span') return duration(Number(value) * 60_000, words);
  if (field.name === 'cause') return words.cause[value] ?? value;
  const vendor = about.choices.vendors.find(({ name }) => value === `vendor:${name}`);
  return vendor?.display ?? value;
}

const optionsOf = (props: Props): readonly string[] => props.field.options?.(props.about) ?? [];
const valueOf = ({ field, values }: Props): string => values[field.name] ?? '';
const focusOf = ({ first }: Props): { 'data-first'?: true } => (first ? { 'data-first': true } : {});

const inputs: Record<Kind, (props: Props) => JSX.Element> = {
  text: (props) => <Area {...props} />,
  long: (props) => <Area {...props} rows={12} />,
  lines: (props) => <Area {...props} />,
  date: (props) => <Line {...props} type="date" />,
  line: (props) => <Line {...props} />,
  person: (props) => <Person {...props} />,
  host: (props) => <Host {...props} />,
  incident: (props) => <Other {...props} />,
  select: (props) => <Select {...props} />,
  chips: (props) => <Chips {...props} />,
  number: (props) => <Chips {...props} />,
  span: (props) => <Chips {...props} />,
  until: (props) => <Until {...props} />,
  start: (props) => <Start {...props} />,
  matchers: (props) => <Area {...props} placeholder={'host="web-1"\nalertname=~"Disk.*"'} />,
  alerts: (props) => <Alerts {...props} />,
  yes: (props) => <Yes {...props} />,
};

export const Input = (props: Props): JSX.Element => inputs[props.field.kind](props);

function Labelled({ props, children }: { props: Props; children: ComponentChildren }) {
  const { words } = usePage();
  return (
    <label>
      {labelOf(props, words)}
      {children}
      <Problem text={props.problem} />
    </label>
  );
}

const Problem = ({ text }: { text: string }) => (text ? <span class="missing" role="alert">{text}</span> : null);

function Area({ placeholder, rows, ...props }: Props & { placeholder?: string; rows?: number }) {
  return (
    <Labelled props={props}>
      <textarea {...focusOf(props)} name={props.field.name} rows={rows ?? (placeholder ? 2 : 3)} maxLength={rows ? 200_000 : 4000}
        placeholder={placeholder ?? ''} spellcheck={!placeholder} value={valueOf(props)}
        onInput={(e) => props.set(e.currentTarget.value)} />
    </Labelled>
  );
}

function Line({ suggest, type, ...props }: Props & { suggest?: readonly (readonly [string, string])[]; type?: 'date' }) {
  const id = `suggest-${props.field.name}`;
  return (
    <Labelled props={props}>
      <input {...focusOf(props)} type={type ?? 'text'} name={props.field.name} autocomplete="off" autocapitalize="none" maxLength={1000}
        {...(suggest ? { list: id } : {})} value={valueOf(props)} onInput={(e) => props.set(e.currentTarget.value)} />
      {suggest && (
        <datalist id={id}>
          {suggest.map(([value, text]) => <option key={value} value={value}>{text}</option>)}
        </datalist>
      )}
    </Labelled>
  );
}

// One tap for oneself; others by name.
function Person(props: Props) {
  const { store, words } = usePage();
  const { me, choices, row } = props.about;
  const owners = [...store.rows().values()].flatMap((other) => other.assignee ?? []);
  const known = new Map([...owners, me].filter(Boolean).map((name) => [name, '']));
  for (const { name, display } of choices.people) known.set(name, display === name ? '' : display);
  const offered = me !== '' && !(props.form === 'assign' && row?.assignee === me && row.state !== 'triggered');
  return (
    <>
      <Line {...props} suggest={[...known]} />
      {offered && (
        <button type="button" class="chip" aria-pressed={valueOf(props) === me} onClick={() => (props.field.atOnce ? props.send : props.set)(me)}>
          {words.form.me(me)}
        </button>
      )}
      {me === '' && <p class="soft">{words.form.needsMe}</p>}
    </>
  );
}

function Host(props: Props) {
  const { store } = usePage();
  const hosts = new Set([...store.rows().values()].map(hostOf).filter(Boolean));
  return <Line {...props} suggest={[...hosts].sort().map((host) => [host, ''] as const)} />;
}

function Other(props: Props) {
  const page = usePage();
  const { store } = page;
  const rows = [...store.rows().values()].filter((row) => isOpen(row.state) && row.key !== props.about.row?.key);
  return <Line {...props} suggest={rows.map((row) => [row.key, titleOf(page, row)] as const)} />;
}

function Select(props: Props) {
  const { words } = usePage();
  return (
    <Labelled props={props}>
      <select {...focusOf(props)} name={props.field.name} value={valueOf(props)}
        onChange={(e) => props.set(e.currentTarget.value)}>
        {optionsOf(props).map((value) => <option key={value} value={value}>{optionText(props, value, words)}</option>)}
      </select>
    </Labelled>
  );
}

function Chips({ more, ...props }: Props & { more?: readonly [string, string][] }) {
  const { words } = usePage();
  const options = optionsOf(props).map((value) => [value, optionText(props, value, words)] as const);
  return (
    <div class="field">
      <Choices name={props.field.name} legend={labelOf(props, words)} value={valueOf(props)}
        options={[...options, ...(more ?? [])]} choose={props.set} />
      <Problem text={props.problem} />
    </div>
  );
}

// As <input type="datetime-local"> writes the reader's clock.
export function localTime(at: number): string {
  const zone = new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - zone).toISOString().slice(0, 16);
}

function Moment({ value, label, set }: { value: string; label: string; set(value: string): void }) {
  return <input type="datetime-local" aria-label={label} value={value} onInput={(e) => set(e.currentTarget.value)} />;
}

function nextMorning(now: number): number {
  const today = new Date(now).setHours(8, 0, 0, 0);
  return today > now ? today : new Date(now).setHours(32, 0, 0, 0);
}

// So many minutes from now, or a time of the reader's clock.
function Until(props: Props) {
  const { words } = usePage();
  const value = valueOf(props);
  const exact = !isMinutes(value);
  return (
    <>
      <Chips {...props} more={[[exact ? value : localTime(nextMorning(Date.now())), words.form.exact]]} />
      {exact && <Moment value={value} label={words.form.exact} set={props.set} />}
    </>
  );
}

function Start(props: Props) {
  const { words } = usePage();
  const value = valueOf(props);
  return (
    <>
      <Chips {...props} more={[['', words.form.now], [value || localTime(Date.now() + 3600_000), words.form.exact]]} />
      {value !== '' && <Moment value={value} label={words.form.exact} set={props.set} />}
    </>
  );
}

function Alerts(props: Props) {
  const { words } = usePage();
  const chosen = valueOf(props).split('\n').filter(Boolean);
  const alive = props.about.detail?.alerts.filter((alert) => alert.status !== 'resolved') ?? [];
  return (
    <fieldset>
      <legend>{labelOf(props, words)}</legend>
      {alive.map(({ fingerprint, labels }) => (
        <label class="check" key={fingerprint}>
          <input type="checkbox" name="alerts" value={fingerprint} checked={chosen.includes(fingerprint)}
            onChange={(e) => props.set((e.currentTarget.checked
              ? [...chosen, fingerprint] : chosen.filter((one) => one !== fingerprint)).join('\n'))} />
          <span>{[labels['alertname'], labels['host'] ?? labels['instance']].filter(Boolean).join(' · ')}</span>
        </label>
      ))}
      <Problem text={props.problem} />
    </fieldset>
  );
}

function Yes(props: Props) {
  const { words } = usePage();
  return (
    <label class="check">
      <input type="checkbox" name={props.field.name} checked={valueOf(props) === 'yes'}
        onChange={(e) => props.set(e.currentTarget.checked ? 'yes' : '')} />
      <span>{words.form.field[props.field.name] ?? props.field.name}</span>
    </label>
  );
}
