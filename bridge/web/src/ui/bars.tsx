// The bars: where I am, and how the list is narrowed. On a phone the filters stand at the thumb.
import { useEffect, useRef, useState } from 'preact/hooks';
import { listAddress, stateFilters, whoses } from '../model/address';
import type { Filters, View } from '../model/address';
import { arrange } from '../model/order';
import { follow, usePage } from './hooks';
import { Icon } from './glyphs';

function LiveDot() {
  const { store, words } = usePage();
  const { is } = store.live;
  const text = is === 'live' ? words.live.live : is === 'connecting' ? words.live.connecting : '';
  return text ? <span class={`live ${is}`}>{text}</span> : null;
}

const places = [
  ['list', 'bell', '/'],
  ['oncall', 'person', '/oncall'],
  ['silences', 'quiet', '/silences'],
  ['records', 'book', '/problems'],
] as const;

export const placeOf = ({ page }: View): 'list' | 'oncall' | 'silences' | 'records' =>
  page === 'incident' ? 'list' : page === 'record' ? 'records' : page;

// The bar of every place but an incident: where I am, and the way to the others.
export function PlaceBar({ view, list }: { view: View; list: string }) {
  const { store, words, go, open } = usePage();
  const count = view.page === 'list' ? arrange(store.rows().values(), view.filters, store.reader).length : null;
  return (
    <header class="bar">
      <h1 tabIndex={-1}>{words.place[placeOf(view)]}</h1>
      {count !== null && store.list === 'ready' && (
        <span class="count" aria-label={words.list.count(count)}>{count}</span>
      )}
      <LiveDot />
      <nav class="places" aria-label="Tocsin">
        {places.map(([page, icon, address]) => {
          const to = page === 'list' ? list : address;
          return (
            <a key={page} class="place" href={to} title={words.place[page]} data-place={page}
              aria-current={view.page === page ? 'page' : undefined} onClick={(e) => follow(e, () => go(to))}>
              <Icon name={icon} />
              <span>{words.place[page]}</span>
            </a>
          );
        })}
      </nav>
      <button class="icon-button" aria-label={words.settings.title} onClick={() => open('settings')}>
        <Icon name="gear" />
      </button>
    </header>
  );
}

// Of one thing: back to its list.
export function BackBar({ itsKey, back, name }: { itsKey: string; back: string; name: string }) {
  const { words, go, open } = usePage();
  return (
    <header class="bar">
      <a class="back" href={back} onClick={(e) => follow(e, () => go(back))}>
        <Icon name="back" />
        {name}
      </a>
      <span class="key">{itsKey}</span>
      <LiveDot />
      <button class="icon-button" aria-label={words.settings.title} onClick={() => open('settings')}>
        <Icon name="gear" />
      </button>
    </header>
  );
}

export function Tabs<T extends string>({ all, current, text, to }: {
  all: readonly T[]; current: T; text(one: T): string; to(one: T): string;
}) {
  const { go } = usePage();
  return (
    <div class="tabs">
      {all.map((one) => (
        <a key={one} href={to(one)} aria-current={one === current ? 'page' : undefined}
          onClick={(e) => follow(e, () => go(to(one)))}>
          {text(one)}
        </a>
      ))}
    </div>
  );
}

export function WhoseBar({ filters }: { filters: Filters }) {
  const { words } = usePage();
  return (
    <nav class="whose" aria-label={words.list.whoseLabel}>
      <Tabs all={whoses} current={filters.whose} text={(whose) => words.list.whose[whose]}
        to={(whose) => listAddress({ ...filters, whose })} />
    </nav>
  );
}

export function FilterBar({ filters }: { filters: Filters }) {
  const { store, words, go } = usePage();
  const teams = [...new Set([...store.rows().values()].flatMap((row) => row.team ?? []))].sort();
  if (filters.team && !teams.includes(filters.team)) teams.unshift(filters.team);
  return (
    <nav class="filters" aria-label={words.incidents}>
      <Tabs all={stateFilters} current={filters.state} text={(state) => words.filter[state]}
        to={(state) => listAddress({ ...filters, state })} />
      {teams.length > 1 || filters.team ? (
        <select aria-label={words.list.team} value={filters.team}
          onChange={(e) => go(listAddress({ ...filters, team: e.currentTarget.value }))}>
          <option value="">{words.list.allTeams}</option>
          {teams.map((team) => <option key={team} value={team}>{team}</option>)}
        </select>
      ) : null}
      <Search q={filters.q} to={(q) => listAddress({ ...filters, q })} />
    </nav>
  );
}

export function Search({ q: given, to }: { q: string; to(q: string): string }) {
  const { words, go } = usePage();
  const [text, setText] = useState(given);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (document.activeElement !== input.current) setText(given);
  }, [given]);
  const search = (q: string): void => {
    setText(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(to(q), 'replace'), 120);
  };
  return (
    <label class="search">
      <Icon name="search" />
      <input ref={input} id="search" type="search" enterKeyHint="search" placeholder={words.list.search}
        aria-label={words.list.search} value={text} autocomplete="off" spellcheck={false}
        onInput={(e) => search(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' || e.key === 'Escape') e.currentTarget.blur();
        }} />
    </label>
  );
}
