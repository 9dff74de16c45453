// The bars: where I am, and how the list is narrowed. On a phone the filters stand at the thumb.
import { useEffect, useRef, useState } from 'preact/hooks';
import { listAddress, stateFilters } from '../model/address';
import type { Filters } from '../model/address';
import { arrange } from '../model/order';
import { follow, usePage } from './hooks';
import { Icon } from './glyphs';

function LiveDot() {
  const { store, words } = usePage();
  const { is } = store.live;
  const text = is === 'live' ? words.live.live : is === 'connecting' ? words.live.connecting : '';
  return text ? <span class={`live ${is}`}>{text}</span> : null;
}

export function ListBar({ filters }: { filters: Filters }) {
  const { store, words, open } = usePage();
  const count = arrange(store.rows().values(), filters, store.me).length;
  return (
    <header class="bar">
      <span class="mark"><Icon name="bell" /></span>
      <h1 tabIndex={-1}>{words.incidents}</h1>
      {store.list === 'ready' && <span class="count" aria-label={words.list.count(count)}>{count}</span>}
      <LiveDot />
      <button class="icon-button" aria-label={words.settings.title} onClick={() => open('settings')}>
        <Icon name="gear" />
      </button>
    </header>
  );
}

export function IncidentBar({ incidentKey, back }: { incidentKey: string; back: string }) {
  const { words, go, open } = usePage();
  return (
    <header class="bar">
      <a class="back" href={back} onClick={(e) => follow(e, () => go(back))}>
        <Icon name="back" />
        {words.detail.back}
      </a>
      <span class="key">{incidentKey}</span>
      <LiveDot />
      <button class="icon-button" aria-label={words.settings.title} onClick={() => open('settings')}>
        <Icon name="gear" />
      </button>
    </header>
  );
}

export function FilterBar({ filters }: { filters: Filters }) {
  const { store, words, go } = usePage();
  const teams = [...new Set([...store.rows().values()].flatMap((row) => row.team ?? []))].sort();
  if (filters.team && !teams.includes(filters.team)) teams.unshift(filters.team);
  return (
    <nav class="filters" aria-label={words.incidents}>
      <div class="tabs">
        {stateFilters.map((state) => {
          const address = listAddress({ ...filters, state });
          return (
            <a key={state} href={address} aria-current={filters.state === state ? 'page' : undefined}
              onClick={(e) => follow(e, () => go(address))}>
              {words.filter[state]}
            </a>
          );
        })}
      </div>
      {teams.length > 1 || filters.team ? (
        <select aria-label={words.list.team} value={filters.team}
          onChange={(e) => go(listAddress({ ...filters, team: e.currentTarget.value }))}>
          <option value="">{words.list.allTeams}</option>
          {teams.map((team) => <option key={team} value={team}>{team}</option>)}
        </select>
      ) : null}
      <Search filters={filters} />
    </nav>
  );
}

function Search({ filters }: { filters: Filters }) {
  const { words, go } = usePage();
  const [text, setText] = useState(filters.q);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (document.activeElement !== input.current) setText(filters.q);
  }, [filters.q]);
  const search = (q: string): void => {
    setText(q);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => go(listAddress({ ...filters, q }), 'replace'), 120);
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
