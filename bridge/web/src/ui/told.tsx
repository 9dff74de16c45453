// Who was told what, by which channel, and what came of it; what was given up can be sent again.
import { exactTime, timeWithZone } from '../model/time';
import type { Message } from '../model/types';
import { SeverityGlyph } from './glyphs';
import { usePage } from './hooks';
import { Person } from './person';

const glyphs: Record<string, string> = { delivered: 'ok', dead: 'critical', waiting: 'info', claimed: 'info' };

export function Told({ messages }: { messages: readonly Message[] }) {
  const { words } = usePage();
  if (messages.length === 0) return null;
  return (
    <section class="told">
      <h2>{words.detail.told}</h2>
      <ul>
        {messages.map((message, i) => <MessageRow key={message.id || i} message={message} />)}
      </ul>
    </section>
  );
}

function MessageRow({ message }: { message: Message }) {
  const { store, words, clock } = usePage();
  const dead = message.state === 'dead';
  const retry = async (): Promise<void> => {
    await store.send('POST', `/api/v1/effects/${encodeURIComponent(message.id)}/retry`, {});
    await store.readAgain();
  };
  return (
    <li class={dead ? 'failed' : ''} data-state={message.state}>
      <SeverityGlyph severity={glyphs[message.state] ?? 'info'} />
      <strong><Person account={message.person || message.channel} /></strong>
      <span>{words.message[message.kind] ?? message.kind}</span>
      <span class="soft">{message.channel}</span>
      <span class={dead ? 'breach' : 'soft'} title={message.result}>{words.sent[message.state] ?? message.state}</span>
      {message.at !== null && (
        <time class="soft" dateTime={new Date(message.at).toISOString()} title={exactTime(message.at, clock)}>
          {timeWithZone(message.at, clock)}
        </time>
      )}
      {dead && (
        <p class="told-why">
          <span>{message.result}</span>
          {message.id && <button onClick={() => void retry()}>{words.detail.retry}</button>}
        </p>
      )}
    </li>
  );
}
