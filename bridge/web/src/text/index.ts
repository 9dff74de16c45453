// Which catalogue: the reader's choice, else the first of the browser's languages that we speak.
import { en } from './en';
import type { Words } from './words';
import { zh } from './zh';

export const catalogues: Record<string, Words> = { en, 'zh-CN': zh };

export function pickLanguage(chosen: string | null, browser: readonly string[]): string {
  if (chosen && chosen in catalogues) return chosen;
  for (const tag of browser) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'zh') return 'zh-CN';
    if (language === 'en') return 'en';
  }
  return 'en';
}

const kKey = 'tocsin.language';

export function storedLanguage(): string | null {
  try {
    return localStorage.getItem(kKey);
  } catch {
    return null;
  }
}

export function storeLanguage(language: string | null): void {
  try {
    if (language) localStorage.setItem(kKey, language);
    else localStorage.removeItem(kKey);
  } catch {
    // For this visit only.
  }
}

export type { Words };
