// One row of the list: two lines on a phone, one on a desk.
import { useEffect, useState } from 'preact/hooks';
import { incidentAddress } from '../model/address';
import { hostOf } from '../model/order';
import { exactTime, shortDuration } from '../model/time';
import type { Row } from '../model/types';
import { follow, heldBy, titleOf, useLongTouch, usePage } from './hooks';
import { Person } from './person';
import { PrioritySquare, SeverityGlyph, StateGlyph } from './glyphs';

interface Props {
  row: Row;
  now: number;
  top: number;
  position: number;
  of: number;
}

export function ListRow({ row, now, top, position, of }: Props) {
  const page = usePage();
  const { words, clock, go } = page;
  const [exact, setExact] = useState(false);
  const touch = useLongTouch(() => setExact(true));
  useEffect(() => {
    if (!exact) return;
    const timer = setTimeout(() => setExact(false), 4000);
    return () => clearTimeout(timer);
  }, [exact]);
  const address = incidentAddress(row.key);
  const severity = words.severity[row.severity] ?? row.severity;
  const host = hostOf(row);
  const held = row.suppressed ? ` · ${words.alertStatus.suppressed}` : '';
  const state = words.state[row.state] + held;
  return (
    <li
      class={`row state-${row.state}`}
      data-key={row.key}
      style={{ top: `${top}px` }}
      {...touch}
      aria-setsize={of}
      aria-posinset={position}
    >
      <a class="row-link" href={address} onClick={(e) => follow(e, () => go(address))}>
        <PrioritySquare priority={row.priority} />
        <span class="row-severity" title={severity}>
          <SeverityGlyph severity={row.severity} />
          <span class="unseen">{severity}</span>
        </span>
        <span class="row-title">{titleOf(page, row)}</span>
        <time class="row-since" dateTime={new Date(row.openedAt).toISOString()} title={exactTime(row.openedAt, clock)}>
          {exact ? exactTime(row.openedAt, clock) : shortDuration(now - row.openedAt, words)}
        </time>
        <span class="row-state" title={heldBy(page, row)}>
          <StateGlyph state={row.state} />
          <span>{state}</span>
        </span>
        <span class={row.assignee ? 'row-owner' : 'row-owner none'}>
          <span class="unseen">{words.column.owner} </span>
          {row.assignee ? <Person account={row.assignee} /> : words.list.nobody}
        </span>
        <span class="row-host">
          <span class="unseen">{words.column.host} </span>
          {host}
        </span>
      </a>
    </li>
  );
}
