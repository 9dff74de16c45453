// Sheets: dialogs that rise from below on a phone. The browser's own dialog keeps the focus in.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { forms } from '../model/actions';
import type { Action, Asked } from '../model/actions';
import { duration } from '../model/time';
import { usePage } from './hooks';
import { chooseTheme, storedTheme } from './theme';
import type { Theme } from './theme';
import { catalogues, storedLanguage } from '../text';
import { hasToken } from '../net/api';

export function Sheet({ title, close, children }: { title: string; close(): void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => before?.isConnected && before.focus();
  }, []);
  return (
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="sheet-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div class="sheet-body">
        <h2 id="sheet-title">{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

const kUntil = [30, 60, 120, 240, 480, 1440];

export function ActionSheet({ incidentKey, action, close }: { incidentKey: string; action: Action; close(): void }) {
  const { store, words } = usePage();
  const form = forms[action] ?? {};
  const [asked, setAsked] = useState<Asked>({});
  const [minutes, setMinutes] = useState(60);
  const [missing, setMissing] = useState<'text' | 'person' | 'priority' | null>(null);
  const set = (part: Asked): void => setAsked((before) => ({ ...before, ...part }));
  const row = store.rows().get(incidentKey);

  const send = (): void => {
    const text = asked.text?.trim() ?? '';
    const textNeeded = form.text === 'required' || (action === 'escalate' && asked.team?.trim());
    if (form.person && !asked.person?.trim()) return setMissing('person');
    if (form.priority && !asked.priority) return setMissing('priority');
    if (textNeeded && !text) return setMissing('text');
    const body: Asked = {};
    if (text) body.text = text;
    if (asked.person?.trim()) body.person = asked.person.trim();
    if (asked.team?.trim()) body.team = asked.team.trim();
    if (asked.priority) body.priority = asked.priority;
    if (form.until) body.until = new Date(Date.now() + minutes * 60_000).toISOString();
    void store.act(incidentKey, action, body);
    close();
  };
  const hint = (field: typeof missing): ComponentChildren =>
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
        {form.person && (
          <label>
            {words.form.person}
            {store.me && store.me !== row?.assignee && (
              <button type="button" class="chip" onClick={() => {
                void store.act(incidentKey, action, { person: store.me });
                close();
              }}>
                {words.form.toMe(store.me)}
              </button>
            )}
            <input data-first name="person" autocomplete="off" autocapitalize="none" list="people"
              value={asked.person ?? ''} onInput={(e) => set({ person: e.currentTarget.value })} />
            <datalist id="people">
              {[...new Set([...store.rows().values()].flatMap((r) => r.assignee ?? []))].map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            {hint('person')}
          </label>
        )}
        {form.team && (
          <label>
            {words.form.team}
            <input data-first name="team" autocomplete="off" autocapitalize="none" value={asked.team ?? ''}
              onInput={(e) => set({ team: e.currentTarget.value })} />
          </label>
        )}
        {form.priority && (
          <fieldset>
            <legend>{words.action.priority}</legend>
            <div class="choices">
              {['P1', 'P2', 'P3', 'P4'].map((p) => (
                <label class="choice" key={p}>
                  <input type="radio" name="priority" value={p} checked={asked.priority === p}
                    onChange={() => set({ priority: p })} />
                  <span>{p}</span>
                </label>
              ))}
            </div>
            {hint('priority')}
          </fieldset>
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
          <fieldset>
            <legend>{words.form.until}</legend>
            <div class="choices">
              {kUntil.map((m) => (
                <label class="choice" key={m}>
                  <input type="radio" name="until" checked={minutes === m} onChange={() => setMinutes(m)} />
                  <span>{words.form.untilIn(duration(m * 60_000, words))}</span>
                </label>
              ))}
            </div>
          </fieldset>
        )}
        <div class="sheet-buttons">
          <button type="button" class="large" onClick={close}>{words.form.cancel}</button>
          <button type="submit" class="large primary" data-first={!form.text && !form.person}>
            {words.action[action]}
          </button>
        </div>
      </form>
    </Sheet>
  );
}

interface SettingsProps {
  close(): void;
  language: string | null;
  setLanguage(language: string | null): void;
  showKeys(): void;
}

export function SettingsSheet({ close, setLanguage, showKeys }: SettingsProps) {
  const { store, words } = usePage();
  const [theme, setTheme] = useState<Theme>(storedTheme());
  const [me, setMe] = useState(store.me);
  const language = storedLanguage();
  const done = (): void => {
    store.setMe(me);
    close();
  };
  return (
    <Sheet title={words.settings.title} close={done}>
      <form onSubmit={(event) => {
        event.preventDefault();
        done();
      }}>
        <Choices name="language" legend={words.settings.language} value={language ?? ''}
          options={[['', words.settings.byBrowser], ...Object.entries(catalogues).map(([tag, c]) => [tag, c.languageName] as [string, string])]}
          choose={(tag) => setLanguage(tag || null)} />
        <Choices name="theme" legend={words.settings.theme} value={theme}
          options={[['system', words.settings.system], ['light', words.settings.light], ['dark', words.settings.dark]]}
          choose={(value) => {
            setTheme(value as Theme);
            chooseTheme(value as Theme);
          }} />
        <label>
          {words.settings.me}
          <input name="me" value={me} autocomplete="off" autocapitalize="none" placeholder={words.settings.meHint}
            onInput={(e) => setMe(e.currentTarget.value)} />
        </label>
        <div class="sheet-buttons">
          <button type="button" class="large" onClick={showKeys}>{words.settings.keys}</button>
          {hasToken() && (
            <button type="button" class="large" onClick={() => {
              close();
              store.enterToken('');
            }}>
              {words.settings.forget}
            </button>
          )}
          <button type="submit" class="large primary">{words.settings.close}</button>
        </div>
      </form>
    </Sheet>
  );
}

interface ChoicesProps {
  name: string;
  legend: string;
  value: string;
  options: readonly (readonly [string, string])[];
  choose(value: string): void;
}

function Choices({ name, legend, value, options, choose }: ChoicesProps) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="choices">
        {options.map(([key, text]) => (
          <label class="choice" key={key}>
            <input type="radio" name={name} value={key} checked={value === key} onChange={() => choose(key)} />
            <span>{text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function KeysSheet({ close }: { close(): void }) {
  const { words } = usePage();
  const keys: [string[], string][] = [
    [['j', 'k'], words.keys.move],
    [['Enter'], words.keys.open],
    [['a'], words.action.acknowledge],
    [['r'], words.action.resolve],
    [['n'], words.action.note],
    [['e'], words.action.escalate],
    [['Esc'], words.keys.back],
    [['/'], words.keys.search],
    [['?'], words.keys.help],
  ];
  return (
    <Sheet title={words.keys.title} close={close}>
      <dl class="keys">
        {keys.map(([names, what]) => (
          <div key={what}>
            <dt>{names.map((name) => <kbd key={name}>{name}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <div class="sheet-buttons">
        <button class="large primary" data-first onClick={close}>{words.settings.close}</button>
      </div>
    </Sheet>
  );
}
