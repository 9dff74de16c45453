// The page: reads its address, draws the view, hears the keyboard, speaks to screen readers.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { possible } from '../model/actions';
import type { Action } from '../model/actions';
import { forms } from '../model/forms';
import { incidentAddress, listAddress, noFilters, readAddress, recordsAddress } from '../model/address';
import type { Filters, RecordFilters, View } from '../model/address';
import { plural } from '../model/records';
import { calledIn } from '../model/choices';
import type { Reading } from '../model/entry';
import type { Store } from '../model/store';
import { shiftTime } from '../model/time';
import { useLanguage } from '../net/api';
import { catalogues, pickLanguage, storeLanguage, storedLanguage } from '../text';
import type { Words } from '../text';
import { BackBar, FilterBar, PlaceBar, placeOf, WhoseBar } from './bars';
import { ActionSheet } from './form';
import { PageContext, titleOf, useStoreChanges } from './hooks';
import type { Page } from './hooks';
import { Incident } from './incident';
import { focusedKey, List, moveFocus } from './list';
import { Notices, StaleNotice } from './notices';
import { OnCall } from './oncall';
import { KeysSheet, SettingsSheet } from './sheets';
import { RecordView } from './record';
import { RecordBars, Records } from './records';
import { Silences } from './silences';
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
  const lastList = useRef<Filters>(noFilters);
  if (view.page === 'list') lastList.current = view.filters;
  const lastRecords = useRef<RecordFilters | null>(null);
  if (view.page === 'records') lastRecords.current = view.filters;

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
  }, [incidentKey]);
  const opened = view.page === 'incident' || view.page === 'record' ? view.key : null;
  useEffect(() => {
    if (opened) scrollTo(0, 0);
  }, [opened]);
  useEffect(() => {
    if (filter) void store.showList(filter);
  }, [filter]);

  const ask = useCallback((key: string, action: Action) => {
    if (forms[action]) setSheet({ sheet: 'action', key, action });
    else void store.act(key, action);
  }, []);
  const { choices } = store;
  const reading = useMemo<Reading>(
    () => ({ time: (at) => shiftTime(at, { language }), name: calledIn(choices) }), [language, choices]);
  const page = useMemo<Page>(
    () => ({ store, words, clock: { language }, view, go, ask, reading, open: (name) => setSheet({ sheet: name }) }),
    [store, words, language, view, go, ask, reading],
  );

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  useLanguage(language);
  useTitle(store, nameOf(view, words));
  const list = listAddress(lastList.current);
  const back = view.page !== 'record' ? list
    : lastRecords.current?.kind === view.kind ? recordsAddress(lastRecords.current) : `/${plural(view.kind)}`;
  useKeyboard(page, sheet !== null, back, setSheet);

  if (store.needsToken !== 'no') {
    return <PageContext.Provider value={page}><TokenForm /></PageContext.Provider>;
  }
  const close = (): void => setSheet(null);
  return (
    <PageContext.Provider value={page}>
      {view.page === 'incident' || view.page === 'record' ? (
        <BackBar itsKey={view.key} back={back} name={words.place[placeOf(view)]} />
      ) : (
        <PlaceBar view={view} list={list} />
      )}
      <StaleNotice />
      {view.page === 'list' && <WhoseBar filters={view.filters} />}
      {view.page === 'list' && <FilterBar filters={view.filters} />}
      {view.page === 'records' && <RecordBars filters={view.filters} />}
      <main class={`on-${view.page}`}>
        {view.page === 'list' && <List filters={view.filters} />}
        {view.page === 'incident' && <Incident incidentKey={view.key} />}
        {view.page === 'oncall' && <OnCall />}
        {view.page === 'silences' && <Silences />}
        {view.page === 'records' && <Records filters={view.filters} />}
        {view.page === 'record' && <RecordView key={view.key} kind={view.kind} recordKey={view.key} />}
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

function nameOf(view: View, words: Words): string {
  return view.page === 'incident' || view.page === 'record' ? view.key : words.place[placeOf(view)];
}

// The tab says how many wait, also when it is not looked at.
function useTitle(store: Store, name: string): void {
  let waiting = 0;
  for (const row of store.rows().values()) if (row.state === 'triggered') waiting++;
  const title = `${waiting > 0 ? `(${waiting}) ` : ''}${name} · Tocsin`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}

function useKeyboard(page: Page, busy: boolean, back: string, setSheet: (sheet: Open) => void): void {
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (busy || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const target = event.target as HTMLElement;
      if (target.closest('input, textarea, select, dialog')) return;
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
  else if ((list || view.page === 'records') && key === '/') document.getElementById('search')?.focus();
  else if (list && key === 'o') {
    const row = focusedKey();
    if (row) go(incidentAddress(row));
  } else if (key === 'Escape' && foldMenu()) return true;
  else if (!list && (key === 'Escape' || key === 'u')) go(back);
  else if (kActionKeys[key]) {
    const about = view.page === 'incident' ? view.key : focusedKey();
    const row = about ? store.rows().get(about) : undefined;
    const said = view.page === 'incident' ? (store.incident()?.actions ?? null) : null;
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
        if (what.is === 'opened') setSaid(words.say.opened(what.row.priority, titleOf(page, what.row)));
        else if (what.is === 'changed') setSaid(words.say.changed(what.row.key, words.state[what.row.state]));
        else setSaid(words.live.back);
      }),
    [store, words],
  );
  return <div class="unseen" role="status" aria-live="polite">{said}</div>;
}
