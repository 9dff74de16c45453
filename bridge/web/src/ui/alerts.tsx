// The alerts of an incident, with their labels.
import { timeWithZone } from '../model/time';
import type { Alert, Labels } from '../model/types';
import { SeverityGlyph } from './glyphs';
import { summaryOf, usePage } from './hooks';

export function Alerts({ alerts }: { alerts: readonly Alert[] }) {
  const page = usePage();
  const { words, clock } = page;
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
            <p class="soft">{summaryOf(page, alert)}</p>
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

export function LabelList({ labels }: { labels: Labels }) {
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
