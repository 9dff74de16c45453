// The bridge's REST API: one function to call it, and errors as values.
import { object } from '../model/parse';

export interface Failure {
  ok: false;
  status: number; // 0: no answer
  code: string;
  message: string;
  possible: string[]; // of a refusal: what can be done instead
  successor: string; // of a closed incident: where it went on
}
export type Answer = { ok: true; body: unknown } | Failure;

const kTokenKey = 'tocsin.token';
let token = readToken();

function readToken(): string {
  try {
    return sessionStorage.getItem(kTokenKey) ?? '';
  } catch {
    return '';
  }
}

export const hasToken = (): boolean => token !== '';

export function useToken(value: string): void {
  token = value;
  try {
    if (value) sessionStorage.setItem(kTokenKey, value);
    else sessionStorage.removeItem(kTokenKey);
  } catch {
    // Kept in memory then.
  }
}

let language = 'en';

// The language that the page is read in, which need not be the browser's.
export function useLanguage(tag: string): void {
  language = tag;
}

export function headers(extra: Record<string, string> = {}): Record<string, string> {
  const all = { 'Accept-Language': language, ...extra };
  return token ? { ...all, Authorization: `Bearer ${token}` } : all;
}

// Our errors, and those of Alertmanager's paths: a bare text, or a code and a message.
export function failure(status: number, body: unknown): Failure {
  const error = typeof body === 'string' ? { message: body } : object(object(body)['error'] ?? body);
  const detail = object(error['detail']);
  const words = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((word): word is string => typeof word === 'string') : [];
  return {
    ok: false,
    status,
    code: typeof error['code'] === 'string' ? error['code'] : '',
    message: typeof error['message'] === 'string' ? error['message'] : '',
    possible: words(detail['possible']),
    successor: typeof detail['successor'] === 'string' ? detail['successor'] : '',
  };
}

export type Method = 'GET' | 'POST' | 'DELETE';

export async function call(method: Method, path: string, body?: unknown): Promise<Answer> {
  const json = body === undefined ? {} : { 'Content-Type': 'application/json' };
  try {
    const response = await fetch(path, {
      method,
      headers: headers({ Accept: 'application/json', ...json }),
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
      cache: 'no-store',
    });
    const text = await response.text();
    const parsed: unknown = text ? JSON.parse(text) : null;
    return response.ok ? { ok: true, body: parsed } : failure(response.status, parsed);
  } catch {
    return failure(0, null);
  }
}
