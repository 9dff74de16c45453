// One problem, review or article: what is known, what is to be done, which incidents it is about.
import { useState } from 'preact/hooks';
import { body } from '../model/forms';
import { movesOf, present, recordDetail, recordPath } from '../model/records';
import type { RecordDetail, RecordKind, ReviewAction } from '../model/records';
import { dayOf, exactTime } from '../model/time';
import type { Failure } from '../net/api';
import { Fact } from './facts';
import { FormSheet } from './form';
import { usePage } from './hooks';
import { Bones } from './list';
import { More } from './more';
import { reasonOf } from './notices';
import { Similar } from './past';
import { useRead } from './read';
import { kEvery } from './records';
import { Timeline } from './timeline';
import { To } from './to';

export function RecordView({ kind, recordKey }: { kind: RecordKind; recordKey: string }) {
  const { store, words } = usePage();
  const { load, value, again } = useRead(recordPath(kind, recordKey), recordDetail, kEvery);
  const [asked, ask] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  if (!value || value.key !== recordKey) {
    if (load === 'missing') return <p class="empty">{words.records.missing(recordKey)}</p>;
    return load === 'failed' ? <p class="empty">{words.records.failed}</p> : <Bones />;
  }
  const send = async (move: string, asks: Record<string, unknown>): Promise<Failure | null> => {
    const answer = await store.send('POST', `${recordPath(kind, recordKey)}/${move}`, asks);
    await again();
    return answer.ok ? null : answer;
  };
  return (
    <article class="incident record-page" data-key={value.key} data-state={value.state}>
      <header class="incident-head">
        <p class="badges">
          <span class="badge">{words.records[kind]}</span>
          <span class="badge">{words.records.state[value.state] ?? value.state}</span>
          {value.overdue && <span class="badge severity-critical">{words.records.overdue}</span>}
        </p>
        <h1 tabIndex={-1}>{value.title}</h1>
        {failure && <p class="missing" role="alert">{reasonOf(failure, words)}</p>}
      </header>
      <Moves value={value} ask={ask} />
      <div class="incident-facts"><Facts value={value} /></div>
      <div class="incident-body">
        {kind === 'problem' && <ProblemBody value={value} />}
        {kind === 'review' && (
          <ReviewBody value={value} done={async (number) => setFailure(await send('action_done', { number }))} />
        )}
        {kind === 'article' && <Said title={words.records.article} text={value.text} />}
        <Similar similar={value.incidents} title={words.records.incidents} />
        <Timeline timeline={value.timeline} kinds={words.records.kind} />
      </div>
      {asked && <Ask value={value} move={asked} send={send} close={() => ask(null)} />}
    </article>
  );
}

function Moves({ value, ask }: { value: RecordDetail; ask(move: string): void }) {
  const { words } = usePage();
  const [first, second, ...rest] = movesOf(value);
  const word = (move: string): string => words.records.move[move] ?? move;
  return (
    <div class="actions" role="group" aria-label={value.key}>
      {[first, second].map((move, i) => move && (
        <button key={move} class={i === 0 ? 'large primary' : 'large'} data-move={move} onClick={() => ask(move)}>{word(move)}</button>
      ))}
      {rest.length > 0 && (
        <More>
          {(fold) => rest.map((move) => (
            <li key={move}>
              <button data-move={move} onClick={() => {
                fold();
                ask(move);
              }}>
                {words.form.more(word(move))}
              </button>
            </li>
          ))}
        </More>
      )}
    </div>
  );
}

interface AskProps {
  value: RecordDetail;
  move: string;
  send(move: string, asks: Record<string, unknown>): Promise<Failure | null>;
  close(): void;
}

// A change begins with what is there, and sends what is different: also that a text is gone.
function Ask({ value, move, send, close }: AskProps) {
  const { words } = usePage();
  const word = words.records.move[move] ?? move;
  const before = present(value);
  // Of other moves `text` is a word about them, and an action is a new one.
  const first: Record<string, string> = move === 'edit' ? before : move === 'action' ? {} : { ...before, text: '' };
  return (
    <FormSheet form={`${value.kind}.${move}`} title={`${word} · ${value.key}`} button={word} subject={value.title}
      first={first} close={close}
      send={(values, fields) => {
        const changed = fields.filter(({ name }) => (values[name] ?? '') !== (first[name] ?? ''));
        const gone = changed.filter(({ name, kind }) => !values[name]?.trim() && ['text', 'long', 'person', 'line'].includes(kind));
        return send(move, { ...body(changed, values), ...Object.fromEntries(gone.map(({ name }) => [name, ''])) });
      }} />
  );
}

function Facts({ value }: { value: RecordDetail }) {
  const { words, clock, reading } = usePage();
  const { author } = value;
  return (
    <dl class="facts">
      <Fact name={words.detail.key}><code>{value.key}</code></Fact>
      {value.owner && <Fact name={words.records.owner}>{reading.name(value.owner)}</Fact>}
      <Fact name={words.records.author}>{author === 'system' ? words.detail.machine : reading.name(author)}</Fact>
      {value.due !== null && (
        <Fact name={words.records.due}>
          <time class={value.overdue ? 'breach' : ''} title={exactTime(value.due, clock)}>{dayOf(value.due, clock)}</time>
        </Fact>
      )}
      {value.about && <Fact name={words.records.about}><To at={value.about} /></Fact>}
      {value.match.length > 0 && (
        <Fact name={words.records.shownOn}><span class="matchers">{value.match.map((one) => <code key={one}>{one}</code>)}</span></Fact>
      )}
    </dl>
  );
}

function Said({ title, text }: { title: string; text: string }) {
  const { words } = usePage();
  return (
    <section>
      <h2>{title}</h2>
      <p class={text ? 'article-text' : 'soft'}>{text || words.records.notSaid}</p>
    </section>
  );
}

function ProblemBody({ value }: { value: RecordDetail }) {
  const { records } = usePage().words;
  return (
    <>
      <Said title={records.workaround} text={value.workaround} />
      <Said title={records.rootCause} text={value.rootCause} />
      <Said title={records.fix} text={value.fix} />
    </>
  );
}

function ReviewBody({ value, done }: { value: RecordDetail; done(number: number): Promise<void> }) {
  const { records } = usePage().words;
  const can = value.moves.includes('action_done');
  return (
    <>
      <Said title={records.causes} text={value.causes.map((cause) => `· ${cause}`).join('\n')} />
      <section class="review-actions">
        <h2>{records.actions}</h2>
        {value.actions.length === 0 && <p class="soft">{records.noActions}</p>}
        <ol>
          {value.actions.map((action) => <ActionLine key={action.number} action={action} {...(can ? { done } : {})} />)}
        </ol>
      </section>
      {value.draft && (
        <details class="over">
          <summary>{records.draft}</summary>
          <p class="article-text">{value.draft}</p>
        </details>
      )}
    </>
  );
}

function ActionLine({ action, done }: { action: ReviewAction; done?: (number: number) => Promise<void> }) {
  const { words, clock, reading } = usePage();
  const { records } = words;
  return (
    <li class="held" data-action-number={action.number} data-done={action.doneAt !== null}>
      <p>{action.text}</p>
      <p class="soft">{action.owner && reading.name(action.owner)}</p>
      <p class={action.overdue ? 'breach' : 'soft'}>
        {action.doneAt !== null ? records.doneBy(reading.name(action.doneBy), dayOf(action.doneAt, clock))
          : action.due !== null ? `${records.due} ${dayOf(action.due, clock)}${action.overdue ? ` · ${records.overdue}` : ''}` : ''}
      </p>
      {action.doneAt === null && done && (
        <button onClick={() => void done(action.number)}>{words.records.move['action_done']}</button>
      )}
    </li>
  );
}
