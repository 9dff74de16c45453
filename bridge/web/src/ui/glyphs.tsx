// Shapes that carry meaning beside their words: never colour alone.
import type { State } from '../model/types';

function Shape({ path, kind }: { path: string; kind: string }) {
  return (
    <svg class={`glyph ${kind}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={path} fill-rule="evenodd" />
    </svg>
  );
}

const severityPaths: Record<string, string> = {
  // An octagon with a bar, a triangle, a circle with an i, a tick.
  critical: 'M5 1h6l4 4v6l-4 4H5l-4-4V5zM7 4v5h2V4zm0 6.5v2h2v-2z',
  warning: 'M8 1.2 15.6 15H.4zM7.1 6v5h1.8V6zm0 6v1.8h1.8V12z',
  info: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zM7 7v5h2V7zm0-3v2h2V4z',
  ok: 'M6.3 13.2 1.4 8.3l1.5-1.5 3.4 3.4 6.8-6.8 1.5 1.5z',
};

export function SeverityGlyph({ severity }: { severity: string }) {
  const known = severity in severityPaths ? severity : 'info';
  return <Shape path={severityPaths[known]!} kind={`severity-${known}`} />;
}

const statePaths: Record<State, string> = {
  triggered: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 2a5 5 0 1 0 0 10A5 5 0 0 0 8 3zm0 2.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
  acknowledged: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 2a5 5 0 0 0 0 10z',
  pending: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 2a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM5.5 5.5h1.7v5H5.5zm3.3 0h1.7v5H8.8z',
  resolved: 'M6.3 13.2 1.4 8.3l1.5-1.5 3.4 3.4 6.8-6.8 1.5 1.5z',
  closed: 'M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm-1 9.9 5-5-1.3-1.3L7 8.3 5.3 6.6 4 7.9z',
};

export function StateGlyph({ state }: { state: State }) {
  return <Shape path={statePaths[state]} kind={`state-${state}`} />;
}

const icons = {
  bell: 'M8 1.5a4.3 4.3 0 0 0-4.3 4.3c0 3.3-1 4.5-1.7 5.2V12h12v-1c-.7-.7-1.7-1.9-1.7-5.2A4.3 4.3 0 0 0 8 1.5zM6 13a2 2 0 0 0 4 0z',
  back: 'M10.5 2.5 12 4 8 8l4 4-1.5 1.5L5 8z',
  gear: 'M1.5 3.5h13v1.6h-13zm0 3.7h13v1.6h-13zm0 3.7h13v1.6h-13z',
  search: 'M7 1.5a5.5 5.5 0 0 1 4.4 8.8l3.3 3.3-1.2 1.2-3.3-3.3A5.5 5.5 0 1 1 7 1.5zm0 1.7a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6z',
  close: 'M3.6 2.4 8 6.8l4.4-4.4 1.2 1.2L9.2 8l4.4 4.4-1.2 1.2L8 9.2l-4.4 4.4-1.2-1.2L6.8 8 2.4 3.6z',
  person: 'M8 1.5a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM2 14.5c0-3.4 2.4-5.3 6-5.3s6 1.9 6 5.3z',
  machine: 'M2 3h12v8H2zm2 2v4h8V5zm1 7.5h6V14H5z',
  quiet: 'M8 1.5a4.3 4.3 0 0 0-4.3 4.3c0 3.3-1 4.5-1.7 5.2V12h12v-1c-.7-.7-1.7-1.9-1.7-5.2A4.3 4.3 0 0 0 8 1.5zM6 13a2 2 0 0 0 4 0zM1.2 2.4 2.4 1.2l12.4 12.4-1.2 1.2z',
  book: 'M2 2h4.5c.8 0 1.5.6 1.5 1.4C8 2.6 8.7 2 9.5 2H14v11H9.5c-.8 0-1.5.6-1.5 1.4 0-.8-.7-1.4-1.5-1.4H2zm1.6 1.6v7.8h3c.2 0 .4 0 .6.1V4.4c0-.5-.3-.8-.7-.8zm8.8 0H9.5c-.4 0-.7.3-.7.8v7.1c.2-.1.4-.1.6-.1h3z',
  up: 'M8 2.5 14 9l-1.3 1.2L8.9 6.1V14H7.1V6.1l-3.8 4.1L2 9z',
};

export function Icon({ name }: { name: keyof typeof icons }) {
  return <Shape path={icons[name]} kind="icon" />;
}

export function PrioritySquare({ priority }: { priority: string }) {
  return <span class={`priority ${priority.toLowerCase()}`}>{priority}</span>;
}
