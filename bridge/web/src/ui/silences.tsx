// What is silenced and what is being worked on: made, and ended.
import { useEffect, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { body, momentOf } from '../model/forms';
import type { Values } from '../model/forms';
import { lines, matcher, silences, windows } from '../model/shelf';
import type { Held } from '../model/shelf';
import { duration, shiftTime } from '../model/time';
import type { Answer } from '../net/api';
import { FormSheet } from './form';
import { useNow, usePage } from './hooks';
import { Bones } from './list';
import { useRead } from './read';
import { Zone } from './timeline';

const kEvery = 10_000;

type Asked = { is: 'newSilence' | 'newWindow' } | { is: 'expire' | 'end'; held: Held } | null;

export function Silences() {
  const { store, words } = usePage();
  const silenced = useRead('/api/v1/silences', silences, kEvery);
  const planned = useRead('/api/v1/maintenance', windows, kEvery);
  const [asked, ask] = useState<Asked>(null);
  const again = async (): Promise<void> => void (await Promise.all([silenced.again(), planned.again()]));
  useEffect(() => store.hear(() => void again()), [store]); // what an incident becomes may be a silence's doing
  if (!silenced.value || !planned.value) {
    const failed = [silenced.load, planned.load].some((load) => load === 'failed' || load === 'missing');
    return failed ? <p class="empty">{words.shelf.failed}</p> : <Bones />;
  }
  return (
    <article class="shelf">
      <Shelf name="silences" title={words.shelf.silences} all={silenced.value} none={words.shelf.noSilence}
        end={(held) => ask({ is: 'expire', held })} endWord={words.shelf.expire}>
        <button data-new="silence" onClick={() => ask({ is: 'newSilence' })}>{words.shelf.newSilence}</button>
      </Shelf>
      <Shelf name="windows" title={words.shelf.windows} all={planned.value} none={words.shelf.noWindow}
        end={(held) => ask({ is: 'end', held })} endWord={words.shelf.end}>
        <button data-new="window" onClick={() => ask({ is: 'newWindow' })}>{words.shelf.newWindow}</button>
      </Shelf>
      <Zone />
      {asked && <Ask asked={asked} again={again} close={() => ask(null)} />}
    </article>
  );
}

// Alertmanager's API takes times, not lengths.
function silenceOf(values: Values, by: string): Record<string, unknown> {
  const now = Date.now();
  return {
    matchers: lines(values['matchers'] ?? '').map(matcher),
    startsAt: new Date(now).toISOString(),
    endsAt: momentOf(values['until'] ?? '', now),
    createdBy: by || 'local',
    comment: values['comment'] ?? '',
  };
}

function Ask({ asked, again, close }: { asked: Exclude<Asked, null>; again(): Promise<void>; close(): void }) {
  const { store, words } = usePage();
  const titles = {
    newSilence: words.shelf.newSilence, newWindow: words.shelf.newWindow, expire: words.shelf.expire, end: words.shelf.end,
  };
  const id = 'held' in asked ? encodeURIComponent(asked.held.id) : '';
  return (
    <FormSheet form={asked.is} title={titles[asked.is]} button={titles[asked.is]} close={close}
      subject={'held' in asked ? asked.held.matchers.join(' ') : ''}
      send={async (values, fields) => {
        const sends: Record<typeof asked.is, () => Promise<Answer>> = {
          newSilence: () => store.send('POST', '/api/v2/silences', silenceOf(values, store.me), ''),
          newWindow: () => store.send('POST', '/api/v1/maintenance', body(fields, values), 'by'),
          expire: () => store.send('DELETE', `/api/v2/silence/${id}`),
          end: () => store.send('POST', `/api/v1/maintenance/${id}/end`, {}),
        };
        const answer = await sends[asked.is]();
        if (!answer.ok) return answer;
        await again();
        return null;
      }} />
  );
}

interface ShelfProps {
  name: string;
  title: string;
  all: readonly Held[];
  none: string;
  endWord: string;
  end(held: Held): void;
  children: ComponentChildren;
}

function Shelf({ name, title, all, none, endWord, end, children }: ShelfProps) {
  const { words } = usePage();
  const over = all.filter((held) => held.state === 'expired');
  const standing = all.filter((held) => held.state !== 'expired');
  const rows = (some: readonly Held[]) => (
    <ul>
      {some.map((held) => <HeldRow key={held.id} held={held} endWord={endWord} end={() => end(held)} />)}
    </ul>
  );
  return (
    <section data-shelf={name}>
      <h2>
        {title}
        {children}
      </h2>
      {standing.length > 0 ? rows(standing) : <p class="soft">{none}</p>}
      {over.length > 0 && (
        <details class="over">
          <summary>{words.shelf.over(over.length)}</summary>
          {rows(over)}
        </details>
      )}
    </section>
  );
}

function HeldRow({ held, endWord, end }: { held: Held; endWord: string; end(): void }) {
  const { words, clock, reading } = usePage();
  const now = useNow(10_000);
  const when =
    held.state === 'pending' ? words.shelf.from(shiftTime(held.from, clock), duration(held.to - held.from, words))
    : held.state === 'expired' ? words.shelf.ended(shiftTime(held.to, clock))
    : words.shelf.until(shiftTime(held.to, clock), duration(held.to - now, words));
  const about = [
    held.untilClear ? words.form.none['silence.for'] : '',
    held.unused ? words.shelf.unused : '',
    held.change,
    reading.name(held.by),
    held.comment,
  ].filter(Boolean);
  return (
    <li class={`held ${held.state}`} data-state={held.state}>
      <p class="matchers">{held.matchers.map((text) => <code key={text}>{text}</code>)}</p>
      <p>
        {when}
        {held.alerts > 0 && <strong class="tag">{words.shelf.holds(held.alerts)}</strong>}
      </p>
      <p class="soft">{about.join(' · ')}</p>
      {held.state !== 'expired' && <button onClick={end}>{endWord}</button>}
    </li>
  );
}
