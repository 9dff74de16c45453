// What happened to what was asked, and whether the page is live: said once, where it is seen.
import { isAction, possible } from '../model/actions';
import { incidentAddress } from '../model/address';
import { duration, timeWithZone } from '../model/time';
import type { Notice } from '../model/store';
import type { Failure } from '../net/api';
import type { Words } from '../text';
import { follow, useNow, usePage } from './hooks';
import { Icon, SeverityGlyph } from './glyphs';

export function StaleNotice() {
  const { store, words, clock } = usePage();
  const now = useNow(1000);
  if (store.live.is !== 'lost') return null;
  const { since } = store.live;
  return (
    <div class="stale" role="status">
      <SeverityGlyph severity="warning" />
      <p>
        <strong>{words.live.lost(timeWithZone(since, clock))}</strong>{' '}
        <span aria-hidden="true">{words.live.lostMore(duration(now - since, words))}</span>
      </p>
      <button onClick={() => store.retry()}>{words.live.retry}</button>
    </div>
  );
}

export function Notices() {
  const { store } = usePage();
  return (
    <div class="notices">
      {store.notices.map((notice) => (notice.failure ? (
        <Refused key={notice.id} notice={notice} />
      ) : (
        <Done key={notice.id} notice={notice} />
      )))}
    </div>
  );
}

// What is offered next: to take it back, or, while alerts fire on, to be left in peace by them.
function Done({ notice }: { notice: Notice }) {
  const { store, words } = usePage();
  const { key, action, left } = notice;
  const said = { acknowledge: words.done.acknowledge(key), silence: words.done.silence(key) } as Record<string, string>;
  const next = action === 'acknowledge' ? 'unacknowledge' as const : action === 'resolve' ? 'silence' as const : null;
  return (
    <div class="notice" role="status">
      <SeverityGlyph severity={left > 0 ? 'warning' : 'ok'} />
      <p>{said[action] ?? words.done.stillFiring(left)}</p>
      {next && (
        <button onClick={() => {
          store.dismiss(notice.id);
          void store.act(key, next);
        }}>
          {next === 'silence' ? words.done.silenceIt : words.done.undo}
        </button>
      )}
    </div>
  );
}

export function reasonOf(failure: Failure, words: Words): string {
  if (failure.status === 0) return words.refused.noAnswer;
  // A token that may do nothing of the kind; where it is another team's incident the answer says whom to ask.
  if (failure.status === 403 && failure.possible.length === 0) return words.refused.forbidden;
  return failure.message || words.refused.status(failure.status);
}

// Of what is possible instead, as many as a phone shows beside the reason.
const kOffered = 4;

function Refused({ notice }: { notice: Notice }) {
  const { store, words, go, ask } = usePage();
  const failure = notice.failure!;
  const action = words.action[notice.action];
  const row = store.rows().get(notice.key);
  const offered = (row ? possible(row, failure.possible) : failure.possible.filter(isAction)).slice(0, kOffered);
  const refused = failure.status >= 400 && failure.status < 500;
  return (
    <div class="notice refused" role="alert">
      <SeverityGlyph severity="critical" />
      <div>
        <p>
          <strong>{(refused ? words.refused.title : words.refused.failed)(action, notice.key)}</strong>
          <br />
          {reasonOf(failure, words)}
        </p>
        {failure.successor && (
          <a href={incidentAddress(failure.successor)} onClick={(e) => follow(e, () => {
            store.dismiss(notice.id);
            go(incidentAddress(failure.successor));
          })}>
            {words.refused.successor(failure.successor)}
          </a>
        )}
        {failure.status === 409 && !failure.successor && (
          <p class="possible">
            {offered.length > 0 ? words.refused.possible : words.refused.nothing}
            {offered.map((other) => (
              <button key={other} onClick={() => {
                store.dismiss(notice.id);
                ask(notice.key, other);
              }}>
                {words.action[other]}
              </button>
            ))}
          </p>
        )}
      </div>
      <button class="dismiss" aria-label={words.refused.dismiss} onClick={() => store.dismiss(notice.id)}>
        <Icon name="close" />
      </button>
    </div>
  );
}
