// One incident: what is it, how bad, since when, what do I do?
import { incidentAddress } from '../model/address';
import { useEffect, useRef } from 'preact/hooks';
import { possible, sentence } from '../model/actions';
import type { Action } from '../model/actions';
import { hostOf, isOpen } from '../model/order';
import { duration, exactTime, timeWithZone } from '../model/time';
import type { Alert, Detail, Labels, Message } from '../model/types';
import { follow, useNow, usePage } from './hooks';
import { PrioritySquare, SeverityGlyph, StateGlyph } from './glyphs';
import { Timeline } from './timeline';
import { time } from '../model/parse';

export function Incident({ incidentKey }: { incidentKey: string }) {
  const { store, words } = usePage();
  const value = store.incident();
  const load = store.detail?.load;
  if (!value) {
    if (load === 'missing') return <p class="empty">{words.detail.missing(incidentKey)}</p>;
    if (load === 'failed') return <p class="empty">{words.detail.failed}</p>;
    return (
      <div class="incident skeleton" aria-hidden="true">
        <span class="bone w44" />
        <span class="bone tall w70" />
        <span class="bone w62" />
        <span class="bone w48" />
      </div>
    );
  }
  return <Known value={value} />;
}

function Known({ value }: { value: Detail }) {
  const { words } = usePage();
  const severity = words.severity[value.severity] ?? value.severity;
  const said = sentence(value);
  return (
    <article class="incident" data-key={value.key} data-state={value.state}>
      <header class="incident-head">
        <p class="badges">
          <PrioritySquare priority={value.priority} />
          {severity && (
            <span class={`badge severity-${value.severity}`}>
              <SeverityGlyph severity={value.severity} />
              {severity}
            </span>
          )}
          <span class={`badge state-${value.state}`}>
            <StateGlyph state={value.state} />
            {words.state[value.state]}
          </span>
        </p>
        <h1 tabIndex={-1}>{value.title}</h1>
        {said && <p class="sentence">{said}</p>}
      </header>
      <Actions value={value} />
      <div class="incident-facts">
        <Facts value={value} />
        <Links value={value} />
      </div>
      <div class="incident-body">
        <Timeline value={value} />
        <Alerts alerts={value.alerts} />
        <Told messages={value.escalation.messages} />
        <Why value={value} />
      </div>
    </article>
  );
}

function Actions({ value }: { value: Detail }) {
  const { words, ask } = usePage();
  const can = possible(value, value.actions);
  if (can.length === 0 && !value.successor) return null;
  const [first, second, ...rest] = can;
  return (
    <div class="actions" role="group" aria-label={value.key}>
      {first && (
        <button class="large primary" data-action={first} onClick={() => ask(value.key, first)}>
          {words.action[first]}
        </button>
      )}
      {second && (
        <button class="large" data-action={second} onClick={() => ask(value.key, second)}>
          {words.action[second]}
        </button>
      )}
      {rest.length > 0 && <More actions={rest} incidentKey={value.key} />}
    </div>
  );
}

// The rest, behind one button; a touch elsewhere or Escape folds it up again.
function More({ actions, incidentKey }: { actions: readonly Action[]; incidentKey: string }) {
  const { words, ask } = usePage();
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const outside = (event: Event): void => {
      if (menu.current && !menu.current.contains(event.target as Node)) menu.current.open = false;
    };
    addEventListener('pointerdown', outside);
    addEventListener('focusin', outside);
    return () => {
      removeEventListener('pointerdown', outside);
      removeEventListener('focusin', outside);
    };
  }, []);
  return (
    <details class="more" ref={menu}>
      <summary class="large">{words.detail.more}</summary>
      <ul>
        {actions.map((action) => (
          <li key={action}>
            <button
              data-action={action}
              onClick={() => {
                if (menu.current) menu.current.open = false;
                ask(incidentKey, action);
              }}
            >
              {words.action[action]}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Facts({ value }: { value: Detail }) {
  const { words, clock } = usePage();
  const now = useNow(1000);
  const end = value.resolvedAt ?? (isOpen(value.state) ? null : value.updatedAt);
  const host = hostOf(value);
  const counts = [
    value.counts.firing ? words.detail.firing(value.counts.firing) : '',
    value.counts.unknown ? words.detail.unknown(value.counts.unknown) : '',
    value.counts.resolved ? words.detail.cleared(value.counts.resolved) : '',
  ].filter(Boolean);
  const next = value.escalation.nextAt;
  const step = value.escalation.step + 1;
  return (
    <dl class="facts">
      <Fact name={words.detail.started} lead>
        <strong>
          {end === null
            ? words.lasting(duration(now - value.openedAt, words))
            : words.detail.lasted(duration(end - value.openedAt, words))}
        </strong>
        <span class="soft">{exactTime(value.openedAt, clock)}</span>
      </Fact>
      {host && <Fact name={words.detail.host}>{host}</Fact>}
      <Fact name={words.detail.owner}>{value.assignee ?? <span class="soft">{words.list.nobody}</span>}</Fact>
      {value.team && <Fact name={words.detail.team}>{value.team}</Fact>}
      {next !== null && value.state === 'triggered' && (
        <Fact name={words.detail.next}>
          {next > now ? words.detail.nextStep(step, duration(next - now, words)) : words.detail.stepNow(step)}
        </Fact>
      )}
      <Target name={words.detail.respondBy} sla={value.sla['response']} now={now} />
      <Target name={words.detail.resolveBy} sla={value.sla['resolution']} now={now} />
      {value.snoozedUntil !== null && value.snoozedUntil > now && (
        <Fact name={words.detail.snoozed}>{timeWithZone(value.snoozedUntil, clock)}</Fact>
      )}
      {value.pendingUntil !== null && value.state === 'pending' && (
        <Fact name={words.detail.pendingUntil}>{timeWithZone(value.pendingUntil, clock)}</Fact>
      )}
      {counts.length > 0 && <Fact name={words.detail.alerts}>{counts.join(' · ')}</Fact>}
    </dl>
  );
}

function Target({ name, sla, now }: { name: string; sla: unknown; now: number }) {
  const { words } = usePage();
  if (typeof sla !== 'object' || sla === null) return null;
  const of = sla as Record<string, unknown>;
  const due = time(of['due']);
  if (due === null) return null;
  const met = time(of['met_at'] ?? of['stopped_at']);
  if (met !== null && met <= due) return <Fact name={name}>{words.detail.met}</Fact>;
  const over = (met ?? now) - due;
  return (
    <Fact name={name}>
      {over > 0 ? (
        <span class="breach">{words.detail.breached(duration(over, words))}</span>
      ) : (
        words.detail.left(duration(-over, words))
      )}
    </Fact>
  );
}

function Fact({ name, lead, children }: { name: string; lead?: true; children: preact.ComponentChildren }) {
  return (
    <div class={lead ? 'fact lead' : 'fact'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Links({ value }: { value: Detail }) {
  const { words, go } = usePage();
  const kin = [
    [words.detail.predecessor, value.predecessor],
    [words.detail.successor, value.successor],
  ] as const;
  const links = value.links.map((link) => ({
    ...link,
    title: link.title === 'runbook' ? words.detail.runbook : link.title,
  }));
  if (links.length === 0 && !kin.some(([, key]) => key)) return null;
  return (
    <ul class="links">
      {links.map((link) => (
        <li key={link.url}>
          <a href={link.url} target="_blank" rel="noopener noreferrer">{link.title}</a>
        </li>
      ))}
      {kin.map(([name, key]) =>
        key ? (
          <li key={key}>
            {name}{' '}
            <a href={incidentAddress(key)} onClick={(e) => follow(e, () => go(incidentAddress(key)))}>{key}</a>
          </li>
        ) : null,
      )}
    </ul>
  );
}

function Alerts({ alerts }: { alerts: readonly Alert[] }) {
  const { words, clock } = usePage();
  if (alerts.length === 0) return null;
  return (
    <section class="alerts">
      <h2>{words.detail.alerts}</h2>
      <ul>
        {alerts.map((alert, i) => (
          <li key={i} class={`alert status-${alert.status}`}>
            <p class="alert-head">
              <SeverityGlyph severity={alert.status === 'resolved' ? 'ok' : alert.severity} />
              <strong>{alert.labels['alertname'] ?? words.detail.alerts}</strong>
              <span class="soft">{words.alertStatus[alert.status]}</span>
              {alert.startsAt !== null && (
                <time class="soft" dateTime={new Date(alert.startsAt).toISOString()}>
                  {timeWithZone(alert.startsAt, clock)}
                </time>
              )}
            </p>
            <p class="soft">{alert.annotations['summary'] ?? alert.annotations['description']}</p>
            <details>
              <summary>{words.detail.showLabels}</summary>
              <LabelList labels={alert.labels} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Told({ messages }: { messages: readonly Message[] }) {
  const { words, clock } = usePage();
  if (messages.length === 0) return null;
  return (
    <section class="told">
      <h2>{words.detail.told}</h2>
      <ul>
        {messages.map((message, i) => (
          <li key={i} class={message.state === 'dead' ? 'failed' : ''}>
            <strong>{message.person}</strong>
            <span>{words.message[message.kind] ?? message.kind}</span>
            <span class="soft">{message.channel}</span>
            <span class="soft" title={message.result}>{words.sent[message.state] ?? message.state}</span>
            {message.at !== null && (
              <time class="soft" dateTime={new Date(message.at).toISOString()} title={exactTime(message.at, clock)}>
                {timeWithZone(message.at, clock)}
              </time>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Why({ value }: { value: Detail }) {
  const { words } = usePage();
  return (
    <details class="why">
      <summary>{words.detail.why}</summary>
      <dl class="facts plain">
        <Fact name={words.detail.key}><code>{value.key}</code></Fact>
        {value.dedupKey && <Fact name={words.detail.dedup}><code>{value.dedupKey}</code></Fact>}
        {value.route && <Fact name={words.detail.route}><code>{value.route}</code></Fact>}
      </dl>
      <LabelList labels={value.labels} />
    </details>
  );
}

function LabelList({ labels }: { labels: Labels }) {
  return (
    <ul class="labels">
      {Object.entries(labels).map(([name, value]) => (
        <li key={name}>
          <code>
            {name}=<b>{value}</b>
          </code>
        </li>
      ))}
    </ul>
  );
}
