// What stands beside an incident: since when, whose, by when, and what was found.
import type { ComponentChildren } from 'preact';
import { hostOf, isOpen } from '../model/order';
import { duration, exactTime, timeWithZone } from '../model/time';
import type { Detail, SlaClock } from '../model/types';
import { follow, useNow, usePage } from './hooks';

// "person:li.na" is li.na; a team stays "team:web".
const whoOf = (target: string): string => target.replace(/^person:/, '');

export function Facts({ value }: { value: Detail }) {
  const { words, clock, go } = usePage();
  const now = useNow(1000);
  const end = value.resolvedAt ?? (isOpen(value.state) ? null : value.updatedAt);
  const host = hostOf(value);
  const counts = [
    value.counts.firing ? words.detail.firing(value.counts.firing) : '',
    value.counts.unknown ? words.detail.unknown(value.counts.unknown) : '',
    value.counts.resolved ? words.detail.cleared(value.counts.resolved) : '',
  ].filter(Boolean);
  const said: [string, string | null][] = [
    [words.detail.commander, value.commander],
    [words.detail.reporter, value.reporter],
    [words.detail.service, value.service],
    [words.detail.category, value.category && (words.category[value.category] ?? value.category)],
    [words.detail.watchers, value.escalation.watchers.map(whoOf).join(', ')],
    [words.detail.cause, value.cause && (words.cause[value.cause] ?? value.cause)],
    [words.detail.solution, value.solution],
    [words.detail.proof, value.proof],
  ];
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
      <Target name={words.detail.respondBy} sla={value.sla.response} now={now} />
      <Target name={words.detail.resolveBy} sla={value.sla.resolution} now={now} />
      {value.flappingSince !== null && (
        <Fact name={words.detail.flapping}>{timeWithZone(value.flappingSince, clock)}</Fact>
      )}
      {value.snoozedUntil !== null && value.snoozedUntil > now && (
        <Fact name={words.detail.snoozed}>{timeWithZone(value.snoozedUntil, clock)}</Fact>
      )}
      {value.pendingUntil !== null && value.state === 'pending' && (
        <Fact name={words.detail.pendingUntil}>
          {timeWithZone(value.pendingUntil, clock)}
          {value.pendingReason && <span class="soft">{value.pendingReason}</span>}
        </Fact>
      )}
      {value.suppressed && (
        <Fact name={words.alertStatus.suppressed}>
          {value.suppressed}
          <a href="/silences" onClick={(e) => follow(e, () => go('/silences'))}>{words.place.silences}</a>
        </Fact>
      )}
      {said.map(([name, text]) => text && <Fact key={name} name={name}>{text}</Fact>)}
      {counts.length > 0 && <Fact name={words.detail.alerts}>{counts.join(' · ')}</Fact>}
    </dl>
  );
}

// Of a target: what is left of it, or by how much it was missed; the hover says until when.
function Target({ name, sla, now }: { name: string; sla: SlaClock | null; now: number }) {
  const { words, clock } = usePage();
  if (sla === null || sla.due === null) return null;
  const over = (sla.stoppedAt ?? now) - sla.due;
  const left = over > 0 ? words.detail.breached(duration(over, words)) : words.detail.left(duration(-over, words));
  const said = {
    running: left,
    paused: words.detail.paused,
    met: words.detail.met,
    breached: words.detail.breached(duration(Math.max(0, over), words)),
    not_needed: words.detail.notNeeded,
  };
  const breach = sla.state === 'breached' || (sla.state === 'running' && over > 0);
  return (
    <Fact name={name}>
      <span class={breach ? 'breach' : ''} title={exactTime(sla.due, clock)} data-sla={sla.state}>{said[sla.state]}</span>
      {sla.state === 'running' && <span class="soft">{timeWithZone(sla.due, clock)}</span>}
    </Fact>
  );
}

export function Fact({ name, lead, children }: { name: string; lead?: true; children: ComponentChildren }) {
  return (
    <div class={lead ? 'fact lead' : 'fact'}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
