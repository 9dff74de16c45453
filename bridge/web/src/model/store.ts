// What the page knows: rows as the bridge told them, changes that it has not answered yet, the one
// incident that is open, and how fresh it all is. Views read it and are told when it changed.
import { call, hasToken, useToken } from '../net/api';
import type { Answer, Failure, Method } from '../net/api';
import { Live } from '../net/live';
import type { LiveState } from '../net/live';
import { expected } from './actions';
import type { Action, Asked } from './actions';
import type { StateFilter } from './address';
import { calledIn, choices as parseChoices, noChoices, teamsOf } from './choices';
import type { Choices } from './choices';
import { inState } from './order';
import type { Reader } from './order';
import { detail as parseDetail, object, row as parseRow, rows as parseRows } from './parse';
import type { Detail, Row } from './types';

const kPage = 500;
export const kMostRows = 5000;

interface Pending {
  id: number;
  key: string;
  action: Action;
  asked: Asked;
  at: number;
  seen: number; // entries of the timeline when it was asked
}

export interface Notice {
  id: number;
  key: string;
  action: Action;
  failure: Failure | null; // null: it went well
  left: number; // alerts that still fire
}

export type Load = 'loading' | 'ready' | 'failed';

export type Happening =
  | { is: 'opened'; row: Row }
  | { is: 'changed'; row: Row }
  | { is: 'live-again' };

export class Store {
  live: LiveState = { is: 'connecting' };
  needsToken: 'no' | 'first' | 'refused' = 'no';
  list: Load = 'loading';
  more = false; // the bridge has more rows than are kept
  detail: { key: string; load: Load | 'missing'; value: Detail | null } | null = null;
  notices: Notice[] = [];
  me: string;
  choices: Choices = noChoices;
  version = 0;

  private readonly told = new Map<string, Row>();
  private pending: Pending[] = [];
  private readonly touched = new Map<string, number>();
  private readonly watchers = new Set<() => void>();
  private readonly hearers = new Set<(what: Happening) => void>();
  private stream: Live;
  private filter: StateFilter = 'open';
  private reading = 0;
  private count = 0;
  private queued = false;
  private memo: { version: number; rows: Map<string, Row> } | null = null;

  constructor() {
    this.me = readMe();
    this.stream = this.newStream();
  }

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  hear(hearer: (what: Happening) => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  start(): void {
    this.stream.start();
  }

  retry(): void {
    this.stream.retryNow();
  }

  setMe(name: string): void {
    this.me = name.trim();
    try {
      localStorage.setItem('tocsin.me', this.me);
    } catch {
      // For this visit only.
    }
    this.changed();
  }

  enterToken(token: string): void {
    useToken(token);
    this.needsToken = 'no';
    this.choices = noChoices;
    this.me = readMe();
    this.stream.stop();
    this.stream = this.newStream();
    this.stream.start();
    this.changed();
  }

  get reader(): Reader {
    return { me: this.me, teams: teamsOf(this.choices, this.me), called: calledIn(this.choices) };
  }

  // A token says whose it is; then there is nothing to say in the settings.
  get named(): boolean {
    return this.choices.me !== '';
  }

  // What a view asks for itself; a token that is refused is asked for again.
  async get(path: string): Promise<Answer> {
    const answer = await call('GET', path);
    this.refusedToken(answer);
    return answer;
  }

  // What is done beside the incidents' own actions; `actor` is how the API calls who does it, "" where
  // the body says it already.
  async send(method: Method, path: string, body?: object, actor = 'actor'): Promise<Answer> {
    const answer = await call(method, path, body && this.me && actor ? { ...body, [actor]: this.me } : body);
    this.refusedToken(answer);
    return answer;
  }

  async readAgain(): Promise<void> {
    if (this.detail) await this.readIncident(this.detail.key);
  }

  // Rows with what is not answered yet already in them.
  rows(): ReadonlyMap<string, Row> {
    if (this.memo?.version === this.version) return this.memo.rows;
    let rows = this.told;
    if (this.pending.length > 0) {
      rows = new Map(this.told);
      for (const change of this.pending) {
        const row = rows.get(change.key);
        const next = row && expected(row, change.action, change.asked, this.me);
        if (next) rows.set(change.key, next);
      }
    }
    this.memo = { version: this.version, rows };
    return rows;
  }

  // The open incident, likewise.
  incident(): Detail | null {
    let value = this.detail?.value ?? null;
    for (const change of this.pending) {
      if (!value || change.key !== value.key) continue;
      const next = expected(value, change.action, change.asked, this.me);
      const entry = {
        at: change.at,
        kind: change.action,
        actor: this.me,
        text: String(change.asked['text'] ?? ''),
        data: {},
        waiting: true,
      };
      const timeline = arrived(value, change) ? value.timeline : [...value.timeline, entry];
      value = { ...value, ...next, timeline };
      if (next && next.state !== this.detail?.value?.state) value.actions = null;
    }
    return value;
  }

  async showList(filter: StateFilter): Promise<void> {
    if (this.filter === filter && this.list === 'ready') return;
    this.filter = filter;
    this.list = 'loading';
    this.changed();
    await this.readList();
  }

  async showIncident(key: string | null): Promise<void> {
    if (key === null) {
      this.detail = null;
      return;
    }
    if (this.detail?.key !== key) this.detail = { key, load: 'loading', value: null };
    this.changed();
    await this.readIncident(key);
  }

  async act(key: string, action: Action, asked: Asked = {}): Promise<void> {
    const seen = this.detail?.value?.timeline.length ?? 0;
    const change: Pending = { id: ++this.count, key, action, asked, at: Date.now(), seen };
    this.pending = [...this.pending, change];
    this.changed();
    const body = this.me ? { ...asked, actor: this.me } : asked;
    const answer = await call('POST', `/api/v1/incidents/${encodeURIComponent(key)}/${action}`, body);
    if (answer.ok) {
      this.take(answer.body);
      if (this.detail?.key === key) await this.readIncident(key);
    }
    this.pending = this.pending.filter((other) => other !== change);
    if (answer.ok) {
      const left = this.told.get(key)?.counts.firing ?? 0;
      if (action === 'acknowledge' || action === 'silence' || (action === 'resolve' && left > 0)) {
        this.notice({ id: change.id, key, action, failure: null, left: action === 'resolve' ? left : 0 });
      }
    } else if (!this.refusedToken(answer)) {
      // What is offered besides is of the state that it has, not of the one that was shown.
      if (answer.status === 409 || answer.status === 404) await this.readRow(key);
      this.notice({ id: change.id, key, action, failure: answer, left: 0 });
    }
    this.changed();
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
    this.changed();
  }

  private notice(notice: Notice): void {
    this.notices = [...this.notices.filter((other) => other.key !== notice.key), notice].slice(-3);
    if (!notice.failure) setTimeout(() => this.dismiss(notice.id), 6000);
  }

  private newStream(): Live {
    return new Live('/api/v1/events', {
      event: (event) => {
        if (event.type === 'incident') this.heardIncident(event.data);
        if (event.type === 'reset') void this.readAll();
      },
      state: (state) => {
        if (state.is === 'refused') this.askToken();
        else this.live = state;
        this.changed();
      },
      connected: (again) => {
        if (again) this.tell({ is: 'live-again' });
        void this.readAll();
      },
    });
  }

  private heardIncident(data: string): void {
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return; // not for this page's version
    }
    const row = parseRow(value) ?? parseRow(object(value)['incident']);
    const key = row?.key ?? String(object(value)['key'] ?? '');
    if (row) this.put(row);
    else if (key) void this.readRow(key);
    if (this.detail?.key === key && row) void this.readIncident(key);
    this.changed();
  }

  private put(row: Row): void {
    const before = this.told.get(row.key);
    if (before && before.updatedAt > row.updatedAt) return;
    this.told.set(row.key, row);
    this.touched.set(row.key, this.reading);
    if (!before && this.list === 'ready' && row.state === 'triggered') this.tell({ is: 'opened', row });
    else if (before && before.state !== row.state) this.tell({ is: 'changed', row });
  }

  private take(body: unknown): void {
    const row = parseRow(body) ?? parseRow(object(body)['incident']);
    if (row) this.put(row);
  }

  private async readRow(key: string): Promise<void> {
    if (this.detail?.key === key) return this.readIncident(key);
    const answer = await call('GET', `/api/v1/incidents/${encodeURIComponent(key)}`);
    if (answer.ok) this.take(answer.body);
    this.changed();
  }

  private async readAll(): Promise<void> {
    const key = this.detail?.key;
    await Promise.all([this.readList(), key ? this.readIncident(key) : null, this.readChoices()]);
  }

  // Also whenever a form is opened: the configuration may have changed since.
  async readChoices(): Promise<void> {
    const answer = await call('GET', '/api/v1/choices');
    if (!answer.ok) return; // the forms have fewer suggestions then
    this.choices = parseChoices(answer.body);
    if (this.choices.me) this.me = this.choices.me;
    this.changed();
  }

  private async readIncident(key: string): Promise<void> {
    const answer = await call('GET', `/api/v1/incidents/${encodeURIComponent(key)}`);
    if (this.detail?.key !== key) return;
    if (answer.ok) {
      const value = parseDetail(answer.body) ?? parseDetail(object(answer.body)['incident']);
      if (value) {
        this.put({ ...value });
        this.detail = { key, load: 'ready', value };
      }
    } else if (!this.refusedToken(answer) && !this.detail.value) {
      this.detail = { key, load: answer.status === 404 ? 'missing' : 'failed', value: null };
    }
    this.changed();
  }

  private async readList(): Promise<void> {
    const filter = this.filter;
    const reading = ++this.reading;
    const found = new Set<string>();
    let after: string | null = null;
    do {
      const query = new URLSearchParams({ state: filter, limit: String(kPage) });
      if (after) query.set('after', after);
      const answer = await call('GET', `/api/v1/incidents?${query}`);
      if (reading !== this.reading) return; // another reading has begun since
      if (!answer.ok) {
        if (!this.refusedToken(answer) && this.list !== 'ready') this.list = 'failed';
        this.changed();
        return;
      }
      const page = parseRows(answer.body);
      for (const row of page.rows) {
        found.add(row.key);
        this.put(row);
      }
      after = page.rows.length > 0 ? page.next : null;
      this.changed();
    } while (after && found.size < kMostRows);
    this.more = after !== null;
    if (!this.more) this.forget(filter, reading, found);
    this.list = 'ready';
    this.changed();
  }

  // What was in this list and is no longer, unless the stream spoke of it meanwhile.
  private forget(filter: StateFilter, reading: number, found: ReadonlySet<string>): void {
    for (const [key, row] of this.told) {
      const current = found.has(key) || (this.touched.get(key) ?? 0) >= reading;
      if (!current && inState(row.state, filter)) this.told.delete(key);
    }
  }

  private refusedToken(answer: Answer): boolean {
    if (answer.ok || answer.status !== 401) return false;
    this.askToken();
    return true;
  }

  private askToken(): void {
    const had = this.needsToken === 'refused' || hasToken();
    this.needsToken = had ? 'refused' : 'first';
    useToken('');
    this.stream.stop();
    this.changed();
  }

  private tell(what: Happening): void {
    for (const hearer of this.hearers) hearer(what);
  }

  // A burst of events is one drawing.
  private changed(): void {
    this.version++;
    if (this.queued) return;
    this.queued = true;
    queueMicrotask(() => {
      this.queued = false;
      for (const watcher of this.watchers) watcher();
    });
  }
}

// The stream may tell of a change before its own answer does.
function arrived(value: Detail, change: Pending): boolean {
  const wanted = change.asked['text'] ?? '';
  return value.timeline
    .slice(change.seen)
    .some((e) => e.actor !== 'system' && (wanted === '' || e.text === wanted || e.data['text'] === wanted));
}

function readMe(): string {
  try {
    return localStorage.getItem('tocsin.me') ?? '';
  } catch {
    return '';
  }
}
