// Why: the chain from the sample to the person told, as the bridge tells it, and what makes these
// alerts one incident. The chain is asked for when the reader opens it.
import { useState } from 'preact/hooks';
import { exactTime, timeOfDay } from '../model/time';
import type { Detail } from '../model/types';
import { chain } from '../model/why';
import { LabelList } from './alerts';
import { Fact } from './facts';
import { usePage } from './hooks';
import { useRead } from './read';

export function Why({ value }: { value: Detail }) {
  const { words } = usePage();
  const [open, setOpen] = useState(false);
  return (
    <details class="why" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.detail.why}</summary>
      {open && <Chain incidentKey={value.key} />}
      <dl class="facts plain">
        <Fact name={words.detail.key}><code>{value.key}</code></Fact>
        {value.dedupKey && <Fact name={words.detail.dedup}><code>{value.dedupKey}</code></Fact>}
        {value.route && <Fact name={words.detail.route}><code>{value.route}</code></Fact>}
      </dl>
      <LabelList labels={value.labels} />
    </details>
  );
}

// Nothing where the bridge tells no chain.
function Chain({ incidentKey }: { incidentKey: string }) {
  const { words, clock } = usePage();
  const { load, value } = useRead(`/api/v1/incidents/${encodeURIComponent(incidentKey)}/why`, chain);
  if (load === 'failed') return <p class="soft">{words.detail.failed}</p>;
  if (!value) return null;
  return (
    <ol class="chain">
      {value.map((link, i) => (
        <li key={i} data-step={link.step}>
          {link.at !== null && (
            <time class="soft" dateTime={new Date(link.at).toISOString()} title={exactTime(link.at, clock)}>
              {timeOfDay(link.at, clock)}
            </time>
          )}
          <span>{link.text}</span>
        </li>
      ))}
    </ol>
  );
}
