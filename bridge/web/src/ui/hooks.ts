// The page's context and the few hooks that its views share.
import { createContext } from 'preact';
import { useContext, useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { Action } from '../model/actions';
import type { View } from '../model/address';
import { laidData, ownText } from '../model/entry';
import type { Reading } from '../model/entry';
import type { Store } from '../model/store';
import type { Clock } from '../model/time';
import type { Alert, Row } from '../model/types';
import type { Words } from '../text';

export interface Page {
  store: Store;
  words: Words;
  clock: Clock;
  view: View;
  go(address: string, how?: 'replace'): void;
  ask(key: string, action: Action): void; // at once, or by its form
  reading: Reading;
  open(sheet: 'settings' | 'keys'): void;
}

export const PageContext = createContext<Page | null>(null);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('a view outside the page');
  return page;
}

// What an incident is called, and what its alerts say: in the reader's language where the bridge
// itself says it.
export const titleOf = ({ words, reading }: Page, row: Row): string => ownText(row.ownTitle, words.own, reading) || row.title;
export const summaryOf = ({ words, reading }: Page, alert: Alert): string =>
  ownText(alert.own, words.own, reading) || alert.annotations['summary'] || alert.annotations['description'] || '';

// What holds an incident back: "silence by Li Na: new disk".
export const heldBy = ({ words, reading }: Page, row: Row): string | undefined =>
  row.suppressed ? words.suppressor(laidData(row.suppressed, reading)) : undefined;

export function useStoreChanges(store: Store): void {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => store.watch(() => redraw(undefined)), [store]);
}

// The time, again every so often, for what is told relative to it.
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

export function useMedia(query: string): boolean {
  const [is, setIs] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const update = (): void => setIs(media.matches);
    media.addEventListener('change', update);
    return () => media.removeEventListener('change', update);
  }, [query]);
  return is;
}

// A long touch: what the mouse gets by hovering. The click that ends one does nothing else.
export function useLongTouch(held: () => void): {
  onTouchStart(): void;
  onTouchMove(): void;
  onTouchEnd(): void;
  onContextMenu(event: Event): void;
  onClickCapture(event: Event): void;
} {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const was = useRef(false);
  const stop = (): void => clearTimeout(timer.current);
  useEffect(() => stop, []);
  return {
    onTouchStart: () => {
      stop();
      was.current = false;
      timer.current = setTimeout(() => {
        was.current = true;
        held();
      }, 500);
    },
    onTouchMove: stop,
    onTouchEnd: stop,
    onContextMenu: (event) => was.current && event.preventDefault(),
    onClickCapture: (event) => {
      if (!was.current) return;
      was.current = false;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

export const kWide = '(min-width: 50rem)';

// Links stay links (a middle click, a long press); a plain click is a move within the page.
export function follow(event: MouseEvent, go: () => void): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go();
}
