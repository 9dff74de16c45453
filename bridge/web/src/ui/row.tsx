// One row of the list: two lines on a phone, one on a desk.
import { incidentAddress } from '../model/address';
import { hostOf } from '../model/order';
import { duration, exactTime, shortDuration } from '../model/time';
import type { Row } from '../model/types';
import { follow, usePage } from './hooks';
import { PrioritySquare, SeverityGlyph, StateGlyph } from './glyphs';

interface Props {
  row: Row;
  now: number;
  top: number;
  position: number;
  of: number;
}

export function ListRow({ row, now, top, position, of }: Props) {
  const { words, clock, go } = usePage();
  const address = incidentAddress(row.key);
  const severity = words.severity[row.severity] ?? row.severity;
  const host = hostOf(row);
  const lasting = duration(now - row.openedAt, words);
  const state = words.state[row.state];
  const owner = row.assignee ?? words.list.nobody;
  const label = words.row(row.priority, severity, row.title, host, lasting, state, owner);
  return (
    <li
      class={`row state-${row.state}`}
      data-key={row.key}
      style={{ top: `${top}px` }}
      aria-setsize={of}
      aria-posinset={position}
    >
      <a class="row-link" href={address} aria-label={label} onClick={(e) => follow(e, () => go(address))}>
        <PrioritySquare priority={row.priority} />
        <span class="row-severity" title={severity}>
          <SeverityGlyph severity={row.severity} />
        </span>
        <span class="row-title">{row.title}</span>
        <time class="row-since" dateTime={new Date(row.openedAt).toISOString()} title={exactTime(row.openedAt, clock)}>
          {shortDuration(now - row.openedAt, words)}
        </time>
        <span class="row-state">
          <StateGlyph state={row.state} />
          <span>{state}</span>
        </span>
        <span class={row.assignee ? 'row-owner' : 'row-owner none'}>{owner}</span>
        <span class="row-host">{host}</span>
      </a>
    </li>
  );
}
