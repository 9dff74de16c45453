// Times as people read them: the reader's zone, and the zone said.
import type { Words } from '../text/words';

export interface Clock {
  language: string; // "en", "zh-CN"
  zone?: string; // the reader's when not given
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(clock: Clock, kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${clock.language} ${clock.zone ?? ''} ${kind}`;
  let found = formats.get(key);
  if (!found) {
    // English here is the international one: 22 Nov 2026, 24 hours.
    const language = clock.language === 'en' ? 'en-GB' : clock.language;
    const zone = clock.zone ? { timeZone: clock.zone } : {};
    found = new Intl.DateTimeFormat(language, { ...options, ...zone });
    formats.set(key, found);
  }
  return found;
}

const clockTime = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
const day = { year: 'numeric', month: 'short', day: 'numeric' } as const;

export function exactTime(at: number, clock: Clock): string {
  return format(clock, 'exact', { ...day, ...clockTime, timeZoneName: 'short' }).format(at);
}

export function timeOfDay(at: number, clock: Clock): string {
  return format(clock, 'time', clockTime).format(at);
}

export function timeWithZone(at: number, clock: Clock): string {
  return format(clock, 'zoned', { ...clockTime, timeZoneName: 'short' }).format(at);
}

// When a shift or a window begins or ends: the minute, and the day of the week.
export function shiftTime(at: number, clock: Clock): string {
  return format(clock, 'shift', {
    weekday: 'short', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  }).format(at);
}

export function dayOf(at: number, clock: Clock): string {
  return format(clock, 'day', { ...day, weekday: 'short' }).format(at);
}

export function zoneName(at: number, clock: Clock): string {
  const found = format(clock, 'zone', { timeZoneName: 'short' });
  const name = found.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const place = found.resolvedOptions().timeZone;
  return name === place || !place ? name : `${place} (${name})`;
}

// The two largest units: 45 s, 12 min, 3 h 5 min, 2 d 4 h. Never negative: clocks differ a little.
export function duration(milliseconds: number, words: Words): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const { s, min, h, d } = words.unit;
  if (minutes === 0) return s(seconds);
  if (hours === 0) return min(minutes);
  const two = (large: string, small: number, unit: (n: number) => string): string =>
    small === 0 ? large : `${large} ${unit(small)}`;
  if (days === 0) return two(h(hours), minutes % 60, min);
  return days < 10 ? two(d(days), hours % 24, h) : d(days);
}

// For a narrow column: one unit, and seconds are not worth reading.
export function shortDuration(milliseconds: number, words: Words): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60000));
  if (minutes === 0) return words.justNow;
  if (minutes < 60) return words.unit.min(minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? words.unit.h(hours) : words.unit.d(Math.floor(hours / 24));
}
