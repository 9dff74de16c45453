// The page: reads its address, draws the view, hears the keyboard, speaks to screen readers.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { forms, possible } from '../model/actions';
import type { Action } from '../model/actions';
import { incidentAddress, listAddress, readAddress } from '../model/address';
import type { Filters, View } from '../model/address';
import type { Store } from '../model/store';
import { catalogues, pickLanguage, storeLanguage, storedLanguage } from '../text';
import { ActionSheet } from './action_sheet';
import { FilterBar, IncidentBar, ListBar } from './bars';
import { PageContext, useStoreChanges } from './hooks';
import type { Page } from './hooks';
import { Incident } from './incident';
import { focusedKey, List, moveFocus } from './list';
import { Notices, StaleNotice } from './notices';
import { KeysSheet, SettingsSheet } from './sheets';
import { TokenForm } from './token';

type Open = { sheet: 'settings' } | { sheet: 'keys' } | { sheet: 'action'; key: string; action: Action } | null;

const current = (): View => readAddress(location.pathname, location.search);

export function App({ store }: { store: Store }) {
  useStoreChanges(store);
  const [view, setView] = useState<View>(current);
  const [sheet, setSheet] = useState<Open>(null);
  const [chosen, setChosen] = useState(storedLanguage);
  const language = pickLanguage(chosen, navigator.languages);
  const words = catalogues[language]!;
  const lastList = useRef<Filters>({ state: 'open', team: '', q: '' });
  if (view.page === 'list') lastList.current = view.filters;

  const go = useCallback((address: string, how?: 'replace') => {
    if (how) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
    setView(current());
  }, []);
  useEffect(() => {
    const back = (): void => setView(current());
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);

  const incidentKey = view.page === 'incident' ? view.key : null;
  const filter = view.page === 'list' ? view.filters.state : null;
  useEffect(() => {
    void store.showIncident(incidentKey);
    if (incidentKey) scrollTo(0, 0);
  }, [incidentKey]);
  useEffect(() => {
    if (filter) void store.showList(filter);
  }, [filter]);

  const ask = useCallback((key: string, action: Action) => {
    if (forms[action]) setSheet({ sheet: 'action', key, action });
    else void store.act(key, action);
  }, []);
  const page = useMemo<Page>(
    () => ({ store, words, clock: { language }, view, go, ask, open: (name) => setSheet({ sheet: name }) }),
    [store, words, language, view, go, ask],
  );

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useTitle(store, words.incidents, incidentKey);
  useKeyboard(page, sheet !== null, listAddress(lastList.current), setSheet);

  if (store.needsToken !== 'no') {
    return <PageContext.Provider value={page}><TokenForm /></PageContext.Provider>;
  }
  const close = (): void => setSheet(null);
  return (
    <PageContext.Provider value={page}>
      {view.page === 'list' ? (
        <ListBar filters={view.filters} />
      ) : (
        <IncidentBar incidentKey={view.key} back={listAddress(lastList.current)} />
      )}
      <StaleNotice />
      {view.page === 'list' && <FilterBar filters={view.filters} />}
      <main class={`on-${view.page}`}>
        {view.page === 'list' ? <List filters={view.filters} /> : <Incident incidentKey={view.key} />}
      </main>
      <Notices />
      <Announcer page={page} />
      {sheet?.sheet === 'action' && <ActionSheet incidentKey={sheet.key} action={sheet.action} close={close} />}
      {sheet?.sheet === 'keys' && <KeysSheet close={close} />}
      {sheet?.sheet === 'settings' && (
        <SettingsSheet close={close} language={chosen} showKeys={() => setSheet({ sheet: 'keys' })}
          setLanguage={(tag) => {
            storeLanguage(tag);
            setChosen(tag);
          }} />
      )}
    </PageContext.Provider>
  );
}

// The tab says how many wait, also when it is not looked at.
function useTitle(store: Store, incidents: string, key: string | null): void {
  let waiting = 0;
  for (const row of store.rows().values()) if (row.state === 'triggered') waiting++;
  const title = `${waiting > 0 ? `(${waiting}) ` : ''}${key ?? incidents} · Tocsin`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function useKeyboard(page: Page, busy: boolean, back: string, setSheet: (sheet: Open) => void): void {
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (busy || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target as HTMLElement;
      if (target.closest('input, textarea, select')) return;
      if (handle(event.key, page, back, setSheet)) event.preventDefault();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  });
}

const kActionKeys: Record<string, Action> = { a: 'acknowledge', r: 'resolve', n: 'note', e: 'escalate' };

function foldMenu(): boolean {
  const menu = document.querySelector<HTMLDetailsElement>('details.more[open]');
  if (menu) menu.open = false;
  return menu !== null;
}

function handle(key: string, page: Page, back: string, setSheet: (sheet: Open) => void): boolean {
  const { store, view, go, ask } = page;
  const list = view.page === 'list';
  if (key === '?') setSheet({ sheet: 'keys' });
  else if (list && (key === 'j' || key === 'k')) moveFocus(key === 'j' ? 1 : -1);
  else if (list && key === '/') document.getElementById('search')?.focus();
  else if (list && key === 'o') {
    const row = focusedKey();
    if (row) go(incidentAddress(row));
  } else if (key === 'Escape' && foldMenu()) return true;
  else if (!list && (key === 'Escape' || key === 'u')) go(back);
  else if (kActionKeys[key]) {
    const about = list ? focusedKey() : view.key;
    const row = about ? store.rows().get(about) : undefined;
    const said = list ? null : (store.incident()?.actions ?? null);
    if (!row || !possible(row, said).includes(kActionKeys[key])) return false;
    ask(row.key, kActionKeys[key]);
  } else return false;
  return true;
}

function Announcer({ page }: { page: Page }) {
  const { store, words } = page;
  const [said, setSaid] = useState('');
  useEffect(
    () =>
      store.hear((what) => {
        if (what.is === 'opened') setSaid(words.say.opened(what.row.priority, what.row.title));
        else if (what.is === 'changed') setSaid(words.say.changed(what.row.key, words.state[what.row.state]));
        else setSaid(words.live.back);
      }),
    [store, words],
  );
  return <div class="unseen" role="status" aria-live="polite">{said}</div>;
}
