// Sheets: dialogs that rise from below on a phone. The browser's own dialog keeps the focus in.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
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
    if (!store.named) store.setMe(me);
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
          <input name="me" value={me} disabled={store.named} autocomplete="off" autocapitalize="none" placeholder={words.settings.meHint}
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

export interface ChoicesProps {
  name: string;
  legend: string;
  value: string;
  options: readonly (readonly [string, string])[];
  choose(value: string): void;
}

export function Choices({ name, legend, value, options, choose }: ChoicesProps) {
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
