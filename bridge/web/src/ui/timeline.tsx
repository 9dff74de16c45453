// The timeline, newest first; people and machine told apart by place and shape.
import { withoutActor, wrote } from '../model/entry';
import { dayOf, exactTime, timeOfDay, zoneName } from '../model/time';
import type { Detail, Entry } from '../model/types';
import { usePage } from './hooks';
import { Icon } from './glyphs';
import type { By } from '../text/en';

export function Timeline({ value }: { value: Detail }) {
  const { words, clock } = usePage();
  const entries = [...value.timeline].reverse();
  let day = '';
  return (
    <section class="timeline">
      <h2>
        {words.detail.timeline}
        <small>{words.detail.times(zoneName(Date.now(), clock))}</small>
      </h2>
      <ol>
        {entries.map((entry, i) => {
          const itsDay = dayOf(entry.at, clock);
          const turn = itsDay !== day;
          day = itsDay;
          return [
            turn && <li class="day" key={itsDay}>{itsDay}</li>,
            <TimelineEntry key={`${entries.length - i}`} entry={entry} />,
          ];
        })}
      </ol>
    </section>
  );
}

const isMachine = (actor: string): boolean => actor === '' || actor === 'system';

function TimelineEntry({ entry }: { entry: Entry }) {
  const { words, clock } = usePage();
  const machine = isMachine(entry.actor) && !entry.waiting;
  return (
    <li class={`entry ${machine ? 'machine' : 'person'} ${entry.waiting ? 'sending' : ''}`} data-kind={entry.kind}>
      <Icon name={machine ? 'machine' : 'person'} />
      <time dateTime={new Date(entry.at).toISOString()} title={exactTime(entry.at, clock)}>
        {entry.waiting ? words.detail.waiting : timeOfDay(entry.at, clock)}
      </time>
      <div class="entry-text">
        {!machine && entry.actor && <strong>{entry.actor}</strong>}
        <Said entry={entry} by={machine ? 'machine' : 'person'} />
      </div>
    </li>
  );
}

// The bridge writes English sentences; another language says what a kind means, and then what a
// person wrote.
function Said({ entry, by }: { entry: Entry; by: By }) {
  const { words } = usePage();
  const action = entry.waiting ? words.action[entry.kind as keyof typeof words.action] : undefined;
  const phrase = action ?? words.kind[entry.kind]?.(entry.data, by);
  if (!phrase) return <span>{withoutActor(entry)}</span>;
  const own = entry.waiting ? entry.text : wrote(entry, by);
  return (
    <span>
      {phrase}
      {own && <q>{own}</q>}
    </span>
  );
}
