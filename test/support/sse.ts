import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface SseEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

export interface SseClient {
  readonly response: IncomingMessage;
  /** The next event, however long it takes; null when the stream ended. */
  next(): Promise<SseEvent | null>;
  /** The next event of that name; others are passed over. */
  nextOf(event: string): Promise<SseEvent>;
  close(): void;
}

/** A client of server-sent events that reads one event at a time, so that a test decides how slow it is. */
export async function openSse(url: string, headers: Readonly<Record<string, string>> = {}): Promise<SseClient> {
  const sent: ClientRequest = request(url, { headers });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
    sent.end();
  });
  const chunks = response.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>;
  let text = '';

  const next = async (): Promise<SseEvent | null> => {
    for (;;) {
      const end = text.indexOf('\n\n');
      if (end >= 0) {
        const block = text.slice(0, end);
        text = text.slice(end + 2);
        return parse(block);
      }
      const { done, value } = await chunks.next().catch(() => ({ done: true, value: '' }));
      if (done) return null;
      text += value;
    }
  };
  return {
    response,
    next,
    nextOf: async (event) => {
      for (;;) {
        const one = await next();
        if (!one) throw new Error(`the stream ended before an event ${event}`);
        if (one.event === event) return one;
      }
    },
    close: () => sent.destroy(),
  };
}

function parse(block: string): SseEvent {
  const field = (name: string): string | null =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? null;
  return { event: field('event') ?? 'message', id: field('id'), data: JSON.parse(field('data') ?? 'null') };
}
