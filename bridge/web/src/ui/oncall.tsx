// Who is on call now, until when, and who comes then; standing in, and ending that.
import { useState } from 'preact/hooks';
import { calledIn } from '../model/choices';
import { onCall } from '../model/duty';
import type { Duty, Override, Shift } from '../model/duty';
import { body } from '../model/forms';
import { duration, exactTime, shiftTime } from '../model/time';
import { FormSheet } from './form';
import { Icon } from './glyphs';
import { useNow, usePage } from './hooks';
import { Bones } from './list';
import { useRead } from './read';
import { Zone } from './timeline';

const kEvery = 30_000;

type Asked = { is: 'override'; rotation: string } | { is: 'cancel'; override: Override } | null;

export function OnCall() {
  const { store, words } = usePage();
  const { load, value, again } = useRead('/api/v1/oncall', (said) => onCall(said, store.me), kEvery);
  const [asked, ask] = useState<Asked>(null);
  if (!value) return load === 'loading' ? <Bones /> : <p class="empty">{words.oncall.failed}</p>;
  if (value.duties.length === 0) {
    return <p class="empty"><strong>{words.oncall.none}</strong><span>{words.oncall.noneHint}</span></p>;
  }
  const called = calledIn(store.choices);
  return (
    <article class="shelf">
      <ul class="duties" aria-label={words.place.oncall}>
        {value.duties.map((duty) => (
          <DutyRow key={duty.rotation} duty={duty} standIn={() => ask({ is: 'override', rotation: duty.rotation })} />
        ))}
      </ul>
      {value.overrides.length > 0 && (
        <section>
          <h2>{words.oncall.overrides}</h2>
          <ul>
            {value.overrides.map((override) => (
              <OverrideRow key={override.id} override={override} called={called}
                cancel={() => ask({ is: 'cancel', override })} />
            ))}
          </ul>
        </section>
      )}
      <Zone />
      {asked && <Ask asked={asked} again={again} close={() => ask(null)} />}
    </article>
  );
}

function Ask({ asked, again, close }: { asked: Exclude<Asked, null>; again(): Promise<void>; close(): void }) {
  const { store, words } = usePage();
  const override = asked.is === 'override';
  const title = override ? words.oncall.standIn : words.oncall.cancel;
  return (
    <FormSheet form={asked.is} title={title} button={title} close={close}
      subject={override ? asked.rotation : asked.override.rotation}
      {...(override && store.me ? { first: { person: store.me } } : {})}
      send={async (values, fields) => {
        const said = body(fields, values);
        const answer = override
          ? await store.send('POST', '/api/v1/oncall/overrides', { rotation: asked.rotation, ...said })
          : await store.send('DELETE', `/api/v1/oncall/overrides/${asked.override.id}`, said);
        if (!answer.ok) return answer;
        await again();
        return null;
      }} />
  );
}

function Who({ shift }: { shift: Shift }) {
  const { store, words } = usePage();
  if (!shift.person) return <strong class="breach">{words.list.nobody}</strong>;
  return (
    <strong>
      {shift.display}
      {shift.person === store.me && <span class="tag">{words.oncall.you}</span>}
      {shift.override && <span class="tag">{words.oncall.override}</span>}
    </strong>
  );
}

function DutyRow({ duty, standIn }: { duty: Duty; standIn(): void }) {
  const { words, clock } = usePage();
  const now = useNow(10_000);
  const { now: current, next } = duty;
  return (
    <li class="duty" data-rotation={duty.rotation}>
      <p class="duty-name">
        <Icon name="person" />
        {duty.rotation}
        {duty.team && duty.team !== duty.rotation && <span class="soft">{duty.team}</span>}
      </p>
      <p class="duty-now" data-person={current.person}>
        <Who shift={current} />
        {current.end !== null && (
          <time dateTime={new Date(current.end).toISOString()} title={exactTime(current.end, clock)}>
            {words.oncall.until(shiftTime(current.end, clock), duration(current.end - now, words))}
          </time>
        )}
      </p>
      <p class="duty-next soft" data-person={next.person}>
        {words.oncall.next} <Who shift={next} />
      </p>
      <button onClick={standIn}>{words.oncall.standIn}</button>
    </li>
  );
}

interface OverrideProps {
  override: Override;
  called(name: string): string;
  cancel(): void;
}

function OverrideRow({ override, called, cancel }: OverrideProps) {
  const { words, clock } = usePage();
  return (
    <li class="held" data-override={override.id}>
      <p>
        <strong>{called(override.person)}</strong>{' '}
        {override.insteadOf && words.oncall.insteadOf(called(override.insteadOf))}
        <span class="soft"> {override.rotation}</span>
      </p>
      <p class="soft">
        {shiftTime(override.from, clock)} – {shiftTime(override.to, clock)}
        {override.why && ` · ${override.why}`}
      </p>
      <button onClick={cancel}>{words.oncall.cancel}</button>
    </li>
  );
}
