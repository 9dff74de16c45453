// What an action asks for before it is sent: a word, a person, a time.
import { useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { forms } from '../model/actions';
import type { Action, Asked } from '../model/actions';
import { duration } from '../model/time';
import { usePage } from './hooks';
import { Choices, Sheet } from './sheets';

const kMinutes = [30, 60, 120, 240, 480, 1440];

interface Props {
  incidentKey: string;
  action: Action;
  close(): void;
}

interface FieldProps {
  asked: Asked;
  set(part: Asked): void;
}

export function ActionSheet({ incidentKey, action, close }: Props) {
  const { store, words } = usePage();
  const form = forms[action] ?? {};
  const [asked, setAsked] = useState<Asked>({});
  const [minutes, setMinutes] = useState(60);
  const [missing, setMissing] = useState<keyof Asked | null>(null);
  const set = (part: Asked): void => setAsked((before) => ({ ...before, ...part }));
  const row = store.rows().get(incidentKey);

  const act = (body: Asked): void => {
    void store.act(incidentKey, action, body);
    close();
  };
  const send = (): void => {
    const body = trimmed(asked);
    const lacks = lacking(action, body);
    if (lacks) return setMissing(lacks);
    act(form.until ? { ...body, until: new Date(Date.now() + minutes * 60_000).toISOString() } : body);
  };
  const hint = (field: keyof Asked): ComponentChildren =>
    missing === field && <span class="missing" role="alert">{words.form.required}</span>;

  return (
    <Sheet title={`${words.action[action]} · ${incidentKey}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
      >
        {row && <p class="soft sheet-about">{row.title}</p>}
        {form.person && <Person asked={asked} set={set} owner={row?.assignee ?? null} toMe={act} hint={hint('person')} />}
        {form.team && <Team asked={asked} set={set} />}
        {form.priority && (
          <>
            <Choices name="priority" legend={words.action.priority} value={asked.priority ?? ''}
              options={['P1', 'P2', 'P3', 'P4'].map((p) => [p, p])} choose={(priority) => set({ priority })} />
            {hint('priority')}
          </>
        )}
        {form.text && (
          <label>
            {words.form.textFor[action]}
            <textarea data-first={!form.person && !form.team} name="text" rows={3} maxLength={4000}
              value={asked.text ?? ''} onInput={(e) => set({ text: e.currentTarget.value })} />
            {hint('text')}
          </label>
        )}
        {form.until && (
          <Choices name="until" legend={words.form.until} value={String(minutes)}
            options={kMinutes.map((m) => [String(m), words.form.untilIn(duration(m * 60_000, words))])}
            choose={(m) => setMinutes(Number(m))} />
        )}
        <div class="sheet-buttons">
          <button type="button" class="large" onClick={close}>{words.form.cancel}</button>
          <button type="submit" class="large primary">{words.action[action]}</button>
        </div>
      </form>
    </Sheet>
  );
}

function trimmed(asked: Asked): Asked {
  const out: Asked = {};
  for (const name of ['text', 'person', 'team', 'priority'] as const) {
    const value = asked[name]?.trim();
    if (value) out[name] = value;
  }
  return out;
}

// What another team gets must say what was found so far (semantics, 6).
function lacking(action: Action, body: Asked): keyof Asked | null {
  const form = forms[action] ?? {};
  if (form.person && !body.person) return 'person';
  if (form.priority && !body.priority) return 'priority';
  const textNeeded = form.text === 'required' || (action === 'escalate' && body.team !== undefined);
  return textNeeded && !body.text ? 'text' : null;
}

interface PersonProps extends FieldProps {
  owner: string | null;
  toMe(asked: Asked): void;
  hint: ComponentChildren;
}

function Person({ asked, set, owner, toMe, hint }: PersonProps) {
  const { store, words } = usePage();
  const known = new Set([...store.rows().values()].flatMap((row) => row.assignee ?? []));
  return (
    <>
      {store.me && store.me !== owner && (
        <button type="button" class="chip" onClick={() => toMe({ person: store.me })}>
          {words.form.toMe(store.me)}
        </button>
      )}
      <label>
        {words.form.person}
        <input data-first name="person" autocomplete="off" autocapitalize="none" list="people"
          value={asked.person ?? ''} onInput={(e) => set({ person: e.currentTarget.value })} />
        <datalist id="people">
          {[...known].map((name) => <option key={name} value={name} />)}
        </datalist>
        {hint}
      </label>
      {!store.me && <p class="soft">{words.form.needsMe}</p>}
    </>
  );
}

function Team({ asked, set }: FieldProps) {
  const { words } = usePage();
  return (
    <label>
      {words.form.team}
      <input data-first name="team" autocomplete="off" autocapitalize="none" value={asked.team ?? ''}
        onInput={(e) => set({ team: e.currentTarget.value })} />
    </label>
  );
}
