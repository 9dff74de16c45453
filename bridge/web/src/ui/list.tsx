// The list: what needs me? Rows of one height in a window over as many as there are.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { listAddress } from '../model/address';
import type { Filters } from '../model/address';
import { arrange, hold, isMine } from '../model/order';
import { kMostRows } from '../model/store';
import type { Row } from '../model/types';
import { offsets, windowOf } from '../model/window';
import { kWide, useMedia, useNow, usePage } from './hooks';
import { Icon } from './glyphs';
import { ListRow } from './row';

type Item = { heading: string } | { row: Row; position: number };

// How long after the last touch the hand counts as gone.
const kHandRests = 8000;

// Where the reader was, for the way back from an incident.
const kept = { scroll: 0, address: '' };

function useHand(): boolean {
  const [on, setOn] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const touched = (): void => {
      setOn(true);
      clearTimeout(timer);
      const rests = (): void => {
        if (scrollY > 0) timer = setTimeout(rests, 1000);
        else setOn(false);
      };
      timer = setTimeout(rests, kHandRests);
    };
    const kinds = ['pointerdown', 'touchmove', 'wheel', 'keydown', 'scroll'];
    for (const kind of kinds) addEventListener(kind, touched, { passive: true });
    return () => {
      clearTimeout(timer);
      for (const kind of kinds) removeEventListener(kind, touched);
    };
  }, []);
  return on;
}

function useViewport(): { top: number; height: number } {
  const read = (): { top: number; height: number } => ({ top: scrollY, height: innerHeight });
  const [viewport, setViewport] = useState(read);
  useEffect(() => {
    let asked = 0;
    const update = (): void => {
      asked ||= requestAnimationFrame(() => {
        asked = 0;
        setViewport(read());
      });
    };
    addEventListener('scroll', update, { passive: true });
    addEventListener('resize', update);
    return () => {
      cancelAnimationFrame(asked);
      removeEventListener('scroll', update);
      removeEventListener('resize', update);
    };
  }, []);
  return viewport;
}

export function List({ filters }: { filters: Filters }) {
  const { store, words, go } = usePage();
  const address = listAddress(filters);
  const hand = useHand();
  const all = store.rows();
  const arranged = useMemo(() => arrange(all.values(), filters, store.reader), [store.version, address]);
  const shown = useRef<{ address: string; keys: string[] }>({ address: '', keys: [] });

  let rows = arranged;
  let waiting: Row[] = [];
  if (hand && shown.current.address === address && store.list === 'ready') {
    ({ rows, waiting } = hold(shown.current.keys, arranged, all));
  }
  const keys = rows.map((row) => row.key);
  useLayoutEffect(() => {
    shown.current = { address, keys };
  });
  const [, release] = useState(0);
  const showWaiting = (): void => {
    shown.current = { address: '', keys: [] };
    scrollTo({ top: 0 });
    release((n) => n + 1);
  };

  useLayoutEffect(() => {
    if (kept.address === address) scrollTo(0, kept.scroll);
    return () => {
      kept.address = address;
      kept.scroll = scrollY;
    };
  }, [address]);

  if (store.list === 'failed') return <p class="empty">{words.list.failed}</p>;
  if (store.list === 'loading' && rows.length === 0) return <Bones />;
  if (rows.length === 0 && waiting.length === 0) return <Empty filters={filters} go={go} />;
  return (
    <>
      {waiting.length > 0 && (
        <button class="waiting" onClick={showWaiting}>
          <Icon name="up" />
          <span class={`dot ${worst(waiting)}`} />
          {words.list.waiting(waiting.length)}
        </button>
      )}
      <Rows rows={rows} me={store.me} />
      {store.more && <p class="empty">{words.list.most(kMostRows)}</p>}
    </>
  );
}

const worst = (rows: readonly Row[]): string =>
  rows.reduce((found, row) => (row.priority < found ? row.priority : found), 'P4').toLowerCase();

function Rows({ rows, me }: { rows: readonly Row[]; me: string }) {
  const { words } = usePage();
  const wide = useMedia(kWide);
  const now = useNow(10_000);
  const viewport = useViewport();
  const list = useRef<HTMLUListElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const found = (list.current?.getBoundingClientRect().top ?? 0) + scrollY;
    if (Math.abs(found - top) > 1) setTop(found);
  });

  const items = useMemo(() => itemsOf(rows, me, words.list), [rows, me, words]);
  const rem = useMemo(() => parseFloat(getComputedStyle(document.documentElement).fontSize), [viewport.height]);
  const tops = useMemo(
    () => offsets(items.map((item) => rem * ('heading' in item ? 2.25 : wide ? 2.75 : 5.25))),
    [items, wide, rem],
  );
  const drawn = windowOf(tops, viewport.top - top, viewport.height, 8);
  return (
    <ul class="rows" ref={list} style={{ height: `${tops[items.length]}px` }} aria-label={words.incidents}>
      {items.slice(drawn.first, drawn.last).map((item, i) => {
        const at = tops[drawn.first + i]!;
        return 'heading' in item ? (
          <li class="heading" key={`# ${item.heading}`} style={{ top: `${at}px` }}>
            {item.heading}
          </li>
        ) : (
          <ListRow key={item.row.key} row={item.row} now={now} top={at} position={item.position} of={rows.length} />
        );
      })}
    </ul>
  );
}

function itemsOf(rows: readonly Row[], me: string, words: { mine(n: number): string; rest: string }): Item[] {
  const items: Item[] = [];
  const mine = rows.filter((row) => isMine(row, me)).length;
  rows.forEach((row, i) => {
    if (mine > 0 && i === 0) items.push({ heading: words.mine(mine) });
    if (mine > 0 && i === mine) items.push({ heading: words.rest });
    items.push({ row, position: i + 1 });
  });
  return items;
}

function Empty({ filters, go }: { filters: Filters; go(address: string): void }) {
  const { store, words, open } = usePage();
  const narrowed = filters.q !== '' || filters.team !== '';
  const { me, teams } = store.reader;
  if (filters.whose !== 'all' && me === '') {
    return (
      <div class="empty">
        <strong>{words.list.whoAreYou}</strong>
        <button onClick={() => open('settings')}>{words.settings.title}</button>
      </div>
    );
  }
  const plain = filters.state === 'open' && !narrowed;
  const said =
    filters.whose === 'team' && teams.length === 0 ? words.list.noTeam(me)
    : !plain ? words.list.empty
    : filters.whose === 'mine' ? words.list.emptyMine
    : words.list.emptyOpen;
  return (
    <div class="empty">
      <strong>{said}</strong>
      {plain && <span>{words.list.emptyOpenMore}</span>}
      {narrowed && (
        <button class="plain" onClick={() => go(listAddress({ ...filters, team: '', q: '' }))}>
          {words.list.clear}
        </button>
      )}
    </div>
  );
}

// A view that is still read, in its own layout.
export function Bones() {
  return (
    <ul class="rows skeleton" aria-hidden="true">
      {[62, 48, 70, 55, 44].map((width) => (
        <li class="row" key={width}>
          <span class="bone square" />
          <span class={`bone w${width}`} />
        </li>
      ))}
    </ul>
  );
}

// Moves the focus by rows; a row that is not drawn yet is scrolled to first.
export function moveFocus(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('.rows a.row-link')];
  const current = links.indexOf(document.activeElement as HTMLAnchorElement);
  const next = current < 0 ? links.find((link) => link.getBoundingClientRect().top >= 0) : links[current + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

export function focusedKey(): string | null {
  return (document.activeElement as HTMLElement | null)?.closest<HTMLElement>('[data-key]')?.dataset['key'] ?? null;
}

