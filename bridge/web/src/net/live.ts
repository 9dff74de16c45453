// The one stream that keeps the page true: connects, resumes by Last-Event-ID, notices silence.
import { headers } from './api';
import { SseParser } from './sse';
import type { SseEvent } from './sse';

export type LiveState =
  | { is: 'connecting' }
  | { is: 'live' }
  | { is: 'lost'; since: number } // the last moment the page was known to be true
  | { is: 'refused' }; // 401: a token is needed

export interface LiveHandlers {
  event(event: SseEvent): void;
  state(state: LiveState): void;
  connected(again: boolean): void; // also after a loss: the time to read everything anew
}

// The bridge writes at least a comment every 15 s.
const kSilence = 40_000;
const kLongestWait = 30_000;

// Grows from half a second to half a minute, with jitter so that pages don't all come back at once.
export function backoff(attempt: number, random: number, first = 500): number {
  return Math.min(kLongestWait, first * 2 ** Math.min(attempt, 10)) * (0.75 + random / 2);
}

export class Live {
  private readonly parser = new SseParser();
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private heard = 0;
  private attempt = 0;
  private stopped = true;
  private ever = false;

  constructor(private readonly path: string, private readonly to: LiveHandlers) {}

  start(): void {
    this.stopped = false;
    document.addEventListener('visibilitychange', this.wake);
    addEventListener('online', this.retryNow);
    addEventListener('pageshow', this.wake);
    this.retryNow();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.abort?.abort();
    document.removeEventListener('visibilitychange', this.wake);
    removeEventListener('online', this.retryNow);
    removeEventListener('pageshow', this.wake);
  }

  readonly retryNow = (): void => {
    if (this.stopped) return;
    this.attempt = 0;
    this.connect();
  };

  // A phone freezes pages that are not seen; on return the stream may be long dead.
  private readonly wake = (): void => {
    if (document.visibilityState === 'visible' && Date.now() - this.heard > kSilence / 2) {
      this.retryNow();
    }
  };

  private connect(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
    const abort = new AbortController();
    this.abort = abort;
    this.expectMore();
    void this.read(abort).catch(() => undefined).then(() => {
      if (this.abort === abort) this.lost();
    });
  }

  private async read(abort: AbortController): Promise<void> {
    const resume: Record<string, string> = this.parser.lastEventId
      ? { 'Last-Event-ID': this.parser.lastEventId }
      : {};
    const response = await fetch(this.path, {
      headers: headers({ Accept: 'text/event-stream', ...resume }),
      cache: 'no-store',
      signal: abort.signal,
    });
    if (response.status === 401) {
      this.stopped = true;
      this.to.state({ is: 'refused' });
      return;
    }
    if (!response.ok || !response.body) return;
    this.attempt = 0;
    this.heard = Date.now();
    this.expectMore();
    this.to.state({ is: 'live' });
    this.to.connected(this.ever);
    this.ever = true;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      this.heard = Date.now();
      this.expectMore();
      for (const event of this.parser.push(value)) this.to.event(event);
    }
  }

  // Something was heard, or is about to be: the next word is due within the silence allowed.
  private expectMore(): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.abort?.abort(), kSilence);
  }

  private lost(): void {
    clearTimeout(this.watch);
    if (this.stopped) return;
    this.to.state({ is: 'lost', since: this.heard || Date.now() });
    this.timer = setTimeout(() => this.connect(), backoff(this.attempt++, Math.random()));
  }
}
