// Server-sent events (WHATWG HTML, 9.2.6) read from a fetch: EventSource itself can send no token.
export interface SseEvent {
  type: string;
  data: string;
}

export class SseParser {
  lastEventId = '';
  retry: number | null = null; // milliseconds, when the server asked for it
  private rest = '';
  private id = '';
  private type = '';
  private data: string[] = [];

  push(chunk: string): SseEvent[] {
    const out: SseEvent[] = [];
    this.rest += chunk;
    let end: RegExpExecArray | null;
    // A lone CR at the very end may be half of a CRLF; it waits for the next chunk.
    while ((end = /\r\n|\n|\r(?!$)/.exec(this.rest))) {
      const line = this.rest.slice(0, end.index);
      this.rest = this.rest.slice(end.index + end[0].length);
      const event = this.line(line);
      if (event) out.push(event);
    }
    return out;
  }

  private line(line: string): SseEvent | null {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null; // a comment, which keeps the connection alive
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.type = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
    return null;
  }

  private dispatch(): SseEvent | null {
    this.lastEventId = this.id;
    const { type, data } = this;
    this.type = '';
    this.data = [];
    return data.length === 0 ? null : { type: type || 'message', data: data.join('\n') };
  }
}
