// What actions can name, as the bridge's configuration has it (GET /api/v1/choices).
import { list, object, text, words } from './parse';

export interface Named {
  name: string;
  display: string;
}

export interface Choices {
  me: string; // whose token it is; "" where the bridge cannot tell
  people: Named[];
  teams: { name: string; people: string[] }[]; // members, lead and manager
  vendors: Named[];
  causes: string[];
  reasons: string[]; // an incident may be pending for
  owed: Record<string, string[]>; // of a priority: what it owes before it closes
}

export const noChoices: Choices = {
  me: '', people: [], teams: [], vendors: [], causes: [], reasons: [], owed: {},
};

function named(value: unknown): Named[] {
  return list(value).map(object).flatMap((of) => {
    const name = text(of['name']);
    return name ? [{ name, display: text(of['display']) || name }] : [];
  });
}

export function choices(value: unknown): Choices {
  const of = object(value);
  const owed = Object.entries(object(of['close_needs'])).map(([priority, needs]) => [priority, words(needs)]);
  return {
    me: text(object(of['me'])['name']),
    people: named(of['people']),
    teams: list(of['teams']).map(object).filter((team) => text(team['name'])).map((team) => ({
      name: text(team['name']),
      people: [...words(team['members']), text(team['lead']), text(team['manager'])].filter(Boolean),
    })),
    vendors: named(of['vendors']),
    causes: words(of['causes']),
    reasons: list(of['pending_reasons']).map((reason) => text(object(reason)['name'])).filter(Boolean),
    owed: Object.fromEntries(owed),
  };
}

export const teamsOf = (all: Choices, person: string): string[] =>
  all.teams.filter((team) => person !== '' && team.people.includes(person)).map((team) => team.name);

// What people and vendors are called, by their names in the configuration.
export function calledIn(all: Choices): (name: string) => string {
  const displays = new Map([...all.vendors, ...all.people].map(({ name, display }) => [name, display]));
  return (name) => displays.get(name) ?? name;
}
