// Problems, reviews and articles: the list of a kind, and making one.
import { useEffect, useState } from 'preact/hooks';
import { recordAddress, recordsAddress } from '../model/address';
import type { RecordFilters } from '../model/address';
import { body } from '../model/forms';
import { recordKinds, recordPath, recordRows } from '../model/records';
import type { RecordRow } from '../model/records';
import { dayOf } from '../model/time';
import { object, text } from '../model/parse';
import { Search, Tabs } from './bars';
import { FormSheet } from './form';
import { follow, usePage } from './hooks';
import { Bones } from './list';
import { useRead } from './read';

export const kEvery = 10_000;
const kMost = 200;

export function RecordBars({ filters }: { filters: RecordFilters }) {
  const { words } = usePage();
  const { which } = words.records;
  return (
    <>
      <nav class="whose" aria-label={words.place.records}>
        <Tabs all={recordKinds} current={filters.kind} text={(kind) => words.records.plural[kind]}
          to={(kind) => recordsAddress({ ...filters, kind })} />
      </nav>
      <nav class="filters" aria-label={words.records.plural[filters.kind]}>
        <Tabs all={['going', 'all'] as const} current={filters.which} text={(one) => which[one]}
          to={(one) => recordsAddress({ ...filters, which: one })} />
        <Search q={filters.q} to={(q) => recordsAddress({ ...filters, q })} />
      </nav>
    </>
  );
}

function pathOf({ kind, which, q }: RecordFilters): string {
  const query = new URLSearchParams({ limit: String(kMost) });
  if (which === 'all') query.set('state', 'all');
  if (q.trim()) query.set('q', q.trim());
  return `${recordPath(kind)}?${query}`;
}

export function Records({ filters }: { filters: RecordFilters }) {
  const { store, words } = usePage();
  const { kind } = filters;
  const { load, value, again } = useRead(pathOf(filters), recordRows(kind), kEvery);
  const [making, make] = useState(false);
  useEffect(() => store.hear(() => void again()), [store, again]); // an incident may bring a suggestion
  const rows = value?.rows.filter((row) => row.kind === kind); // of another kind while that is read
  return (
    <article class="shelf" data-records={kind}>
      <section>
        <h2>
          {words.records.plural[kind]}
          <button data-new={kind} onClick={() => make(true)}>{words.records.create[kind]}</button>
        </h2>
        {!rows ? (load === 'failed' ? <p class="empty">{words.records.failed}</p> : <Bones />)
          : rows.length > 0 ? <ul>{rows.map((row) => <RecordLine key={row.key} row={row} />)}</ul>
          : <p class="soft">{filters.q || filters.which === 'all' ? words.list.empty : words.records.none[kind]}</p>}
        {value?.more && <p class="soft">{words.list.most(kMost)}</p>}
      </section>
      {making && <NewRecord kind={kind} first={{}} close={() => make(false)} />}
    </article>
  );
}

function RecordLine({ row }: { row: RecordRow }) {
  const { words, clock, reading, go } = usePage();
  const address = recordAddress(row.kind, row.key);
  return (
    <li class="record" data-key={row.key} data-state={row.state}>
      <a href={address} onClick={(e) => follow(e, () => go(address))}>{row.title}</a>
      <span>{words.records.state[row.state] ?? row.state}</span>
      <span class="soft">{row.owner && reading.name(row.owner)}</span>
      <span class={row.overdue ? 'breach' : 'soft'}>
        {row.due !== null && `${words.records.due} ${dayOf(row.due, clock)}`}
        {row.overdue && ` · ${words.records.overdue}`}
      </span>
      <code class="soft">{row.key}</code>
    </li>
  );
}

interface NewProps {
  kind: RecordRow['kind'];
  first: Record<string, string>;
  more?: Record<string, unknown>; // what the form does not ask
  close(): void;
}

export function NewRecord({ kind, first, more, close }: NewProps) {
  const { store, words, go } = usePage();
  const title = words.records.create[kind];
  return (
    <FormSheet form={`${kind}.new`} title={title} button={title} first={first} close={close}
      send={async (values, fields) => {
        const answer = await store.send('POST', recordPath(kind), { ...body(fields, values), ...more });
        if (!answer.ok) return answer;
        go(recordAddress(kind, text(object(answer.body)['key'])));
        return null;
      }} />
  );
}
