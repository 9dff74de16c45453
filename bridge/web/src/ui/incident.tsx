// One incident: what is it, how bad, since when, what do I do?
import { possible, quick, sensible, sentence } from '../model/actions';
import type { Action } from '../model/actions';
import { forms } from '../model/forms';
import type { Detail } from '../model/types';
import { Alerts } from './alerts';
import { Facts } from './facts';
import { summaryOf, titleOf, usePage } from './hooks';
import { PrioritySquare, SeverityGlyph, StateGlyph } from './glyphs';
import { Learn } from './learn';
import { More } from './more';
import { Articles, Children, Links, Problems, Similar } from './past';
import { Timeline } from './timeline';
import { Told } from './told';
import { Why } from './why';

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
  const page = usePage();
  const { words } = page;
  const severity = words.severity[value.severity] ?? value.severity;
  const title = titleOf(page, value);
  const said = sentence(value, title, (alert) => summaryOf(page, alert));
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
          {value.major && (
            <span class="badge severity-critical">
              <SeverityGlyph severity="critical" />
              {words.detail.major}
            </span>
          )}
        </p>
        <h1 tabIndex={-1}>{title}</h1>
        {said && <p class="sentence">{said}</p>}
        <Problems problems={value.problems} />
      </header>
      <Actions value={value} />
      <div class="incident-facts">
        <Facts value={value} />
        <Links value={value} />
      </div>
      <div class="incident-body">
        <Articles articles={value.articles} />
        <Similar similar={value.similar} title={words.detail.similar} />
        <Children rows={value.children} />
        <Learn value={value} />
        <Timeline timeline={value.timeline} kinds={words.kind} />
        <Alerts alerts={value.alerts} />
        <Told messages={value.escalation.messages} />
        <Why key={value.key} value={value} />
      </div>
    </article>
  );
}

function Actions({ value }: { value: Detail }) {
  const { words, ask } = usePage();
  const can = sensible(possible(value, value.actions), value);
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
      {rest.length > 0 && <Rest actions={rest} value={value} />}
    </div>
  );
}

// First what is usually meant, in one tap.
function Rest({ actions, value }: { actions: readonly Action[]; value: Detail }) {
  const { store, words, ask } = usePage();
  return (
    <More>
      {(fold) => [
        ...quick(actions, value, store.me).map(({ action, asked }) => (
          <li key={`quick ${action}`}>
            <button data-quick={action} onClick={() => {
              fold();
              void store.act(value.key, action, asked);
            }}>
              {words.quick[action]}
            </button>
          </li>
        )),
        ...actions.map((action) => (
          <li key={action}>
            <button data-action={action} onClick={() => {
              fold();
              ask(value.key, action);
            }}>
              {forms[action]?.length ? words.form.more(words.action[action]) : words.action[action]}
            </button>
          </li>
        )),
      ]}
    </More>
  );
}
