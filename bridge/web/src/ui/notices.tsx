// What happened to what was asked, and whether the page is live: said once, where it is seen.
import { isAction } from '../model/actions';
import { incidentAddress } from '../model/address';
import { duration, timeWithZone } from '../model/time';
import type { Notice } from '../model/store';
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

function Done({ notice }: { notice: Notice }) {
  const { store, words } = usePage();
  return (
    <div class="notice" role="status">
      <SeverityGlyph severity={notice.left > 0 ? 'warning' : 'ok'} />
      <p>{notice.action === 'acknowledge' ? words.done.acknowledge(notice.key) : words.done.stillFiring(notice.left)}</p>
      {notice.action === 'acknowledge' && (
        <button onClick={() => {
          store.dismiss(notice.id);
          void store.act(notice.key, 'unacknowledge');
        }}>
          {words.done.undo}
        </button>
      )}
    </div>
  );
}

function Refused({ notice }: { notice: Notice }) {
  const { store, words, go, ask } = usePage();
  const failure = notice.failure!;
  const action = words.action[notice.action];
  const possible = failure.possible.filter(isAction);
  const refused = failure.status === 409 || failure.status === 422 || failure.status === 403;
  const reason =
    failure.status === 0 ? words.refused.noAnswer
    : failure.status === 403 ? words.refused.forbidden
    : failure.message || words.refused.status(failure.status);
  return (
    <div class="notice refused" role="alert">
      <SeverityGlyph severity="critical" />
      <div>
        <p>
          <strong>{(refused ? words.refused.title : words.refused.failed)(action, notice.key)}</strong>
          <br />
          {reason}
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
            {possible.length > 0 ? words.refused.possible : words.refused.nothing}
            {possible.map((other) => (
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
