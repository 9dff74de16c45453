// The timeline, newest first; people and machine told apart by place and shape.
import { laidOut, withoutActor } from '../model/entry';
import { dayOf, exactTime, timeOfDay, zoneName } from '../model/time';
import type { Entry } from '../model/types';
import { usePage } from './hooks';
import { Icon } from './glyphs';
import { Person } from './person';
import type { By, Kinds } from '../text/en_timeline';

// Of all times on this page.
export function Zone() {
  const { words, clock } = usePage();
  return <small class="zone">{words.detail.times(zoneName(Date.now(), clock))}</small>;
}

export function Timeline({ timeline, kinds }: { timeline: readonly Entry[]; kinds: Kinds }) {
  const { reading, words, clock } = usePage();
  const entries = timeline.map((entry) => ({ ...laidOut(entry, reading), account: entry.actor })).reverse();
  let day = '';
  return (
    <section class="timeline">
      <h2>
        {words.detail.timeline}
        <Zone />
      </h2>
      <ol>
        {entries.map((entry, i) => {
          const itsDay = dayOf(entry.at, clock);
          const turn = itsDay !== day;
          day = itsDay;
          return [
            turn && <li class="day" key={itsDay}>{itsDay}</li>,
            <TimelineEntry key={`${entries.length - i}`} entry={entry} kinds={kinds} />,
          ];
        })}
      </ol>
    </section>
  );
}

const isMachine = (actor: string): boolean => actor === '' || actor === 'system';

function TimelineEntry({ entry, kinds }: { entry: Entry & { account: string }; kinds: Kinds }) {
  const { words, clock } = usePage();
  const machine = isMachine(entry.actor) && !entry.waiting;
  return (
    <li class={`entry ${machine ? 'machine' : 'person'} ${entry.waiting ? 'sending' : ''}`} data-kind={entry.kind}>
      <Icon name={machine ? 'machine' : 'person'} />
      <time dateTime={new Date(entry.at).toISOString()} title={exactTime(entry.at, clock)}>
        {entry.waiting ? words.detail.waiting : timeOfDay(entry.at, clock)}
      </time>
      <div class="entry-text">
        {!machine && entry.actor && <strong><Person account={entry.account} /></strong>}
        <Said entry={entry} kinds={kinds} by={machine ? 'machine' : 'person'} />
      </div>
    </li>
  );
}

// The bridge writes English sentences; another language says what a kind means, and then what a
// person wrote.
function Said({ entry, kinds, by }: { entry: Entry; kinds: Kinds; by: By }) {
  const { words } = usePage();
  const action = entry.waiting ? words.action[entry.kind as keyof typeof words.action] : undefined;
  const phrase = action ?? kinds[entry.kind]?.(entry.data, by);
  if (!phrase) return <span>{withoutActor(entry)}</span>;
  const own = (entry.waiting ? entry.text : entry.data['text']) ?? '';
  return (
    <span>
      {phrase}
      {own && !phrase.includes(own) && <q>{own}</q>}
    </span>
  );
}
