// What is learnt of an incident: its review, and the way to a problem, a review or an article of it.
import { useState } from 'preact/hooks';
import type { RecordKind } from '../model/records';
import type { Detail } from '../model/types';
import { usePage } from './hooks';
import { NewRecord } from './records';
import { To } from './to';

// What of it the bridge takes from the incident itself, and what the form begins with.
const made: Record<RecordKind, (value: Detail) => { first: Record<string, string>; more: Record<string, unknown> }> = {
  problem: ({ key, title }) => ({ first: { title }, more: { incidents: [key] } }),
  review: ({ key }) => ({ first: { about: key }, more: {} }),
  article: ({ key, title, solution }) => ({ first: { title, text: solution ?? '' }, more: { incident: key } }),
};

export function Learn({ value }: { value: Detail }) {
  const { words } = usePage();
  const [kind, make] = useState<RecordKind | null>(null);
  const offered: RecordKind[] = [
    ...(value.problems.length === 0 ? ['problem' as const] : []),
    ...(value.reviews.length === 0 ? ['review' as const] : []),
    ...(value.state === 'resolved' || value.state === 'closed' ? ['article' as const] : []),
  ];
  return (
    <section class="learn">
      <h2>{words.records.learn}</h2>
      <ul class="links">
        {value.reviews.map(({ key, title }) => <li key={key}><To at={key}>{title}</To></li>)}
      </ul>
      <p class="possible">
        {offered.map((one) => (
          <button key={one} data-make={one} onClick={() => make(one)}>{words.records.from[one]}</button>
        ))}
      </p>
      {kind && <NewRecord kind={kind} {...made[kind](value)} close={() => make(null)} />}
    </section>
  );
}
