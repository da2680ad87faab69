import type { ServerResponse } from 'node:http';
import type { Clock } from '../core/ports/clock.ts';
import { type Audience, everything } from './audience.ts';
import type { Feed } from './feed.ts';
import { sseEvent } from './projection.ts';

export interface StreamLimits {
  readonly clients: number;
  readonly beatMs: number;
  /** A client that takes nothing for so long is gone; it comes back with its cursor if it is not. */
  readonly stallMs: number;
}

export const streamLimits: StreamLimits = { clients: 1000, beatMs: 5000, stallMs: 30_000 };

/** An exercise, as a page shows it around everything. */
export interface ToldDrill {
  readonly text: string;
  readonly by: string;
}

export interface Streams {
  readonly clients: number;
  readonly full: boolean;
  /** What waits for slow clients, in bytes beyond the kernel's own buffers. */
  readonly waitingBytes: number;
  /** Takes over an answer whose head was written. It ends at the first heartbeat after `isOver` says so: its session ended. */
  add(answer: ServerResponse, cursor: string | null, audience?: Audience, isOver?: () => Promise<boolean>): void;
  /** The drill that runs from now on, or null; every client is told at once, and a new one before anything else. */
  tell(drill: ToldDrill | null): void;
  /** Sends heartbeats until `signal` aborts, then ends every stream. */
  beat(signal: AbortSignal): Promise<void>;
}

interface Client {
  readonly answer: ServerResponse;
  readonly audience: Audience;
  readonly isOver: () => Promise<boolean>;
  cursor: string | null;
  /** What it was told last of a drill; undefined where its socket was full. */
  drill: string | undefined;
  /** When its socket stopped taking bytes; null while it takes them. */
  fullSince: number | null;
}

const never = async (): Promise<boolean> => false;

/**
 * Server-sent events for many clients. A client whose socket is full gets nothing more until it drained, and then goes on
 * from its cursor: so a slow one holds one frame of memory, a frame that all clients share.
 */
export function openStreams(feed: Feed, build: string, clock: Clock, limits: StreamLimits = streamLimits): Streams {
  const clients = new Set<Client>();

  const write = (client: Client, bytes: Buffer): void => {
    if (!client.answer.write(bytes)) client.fullSince = clock.now().monoNs;
  };

  const pump = (client: Client): void => {
    while (client.fullSince === null) {
      const frame = feed.next(client.cursor, client.audience);
      if (!frame) return;
      client.cursor = frame.to;
      write(client, frame.bytes);
    }
  };

  let drill: ToldDrill | null = null;
  let drillText = 'null';
  /** The time at the centre, the page's own build, what ails the store, and the drill that runs. */
  const beatText = (): Buffer =>
    sseEvent('beat', JSON.stringify({ nowMs: clock.now().wallMs, build, trouble: feed.trouble, drill }));
  const beatTo = (client: Client, text = beatText()): void => {
    client.drill = drillText;
    write(client, text);
  };

  let said: string | null = null;
  feed.onNews(() => {
    const urgent = feed.trouble === said ? null : beatText();
    said = feed.trouble;
    for (const client of clients) {
      if (urgent && client.fullSince === null) beatTo(client, urgent);
      pump(client);
    }
  });

  const add: Streams['add'] = (answer, cursor, audience = everything, isOver = never): void => {
    const client: Client = { answer, cursor, audience, isOver, drill: undefined, fullSince: null };
    clients.add(client);
    answer.on('close', () => clients.delete(client));
    // A reset by the other side is how streams end; `close` follows it.
    answer.on('error', () => {});
    answer.on('drain', () => {
      client.fullSince = null;
      // Before the alerts of a drill comes that it is one.
      if (client.drill !== drillText) beatTo(client);
      pump(client);
    });
    beatTo(client);
    pump(client);
  };

  const tell = (next: ToldDrill | null): void => {
    const text = JSON.stringify(next);
    if (text === drillText) return;
    [drill, drillText] = [next, text];
    const beat = beatText();
    for (const client of clients) if (client.fullSince === null) beatTo(client, beat);
  };

  /** A store that does not answer ends nothing: it is asked again at the next beat. */
  const endIfOver = async (client: Client): Promise<void> => {
    if (await client.isOver().catch(() => false)) client.answer.end();
  };

  const beat = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(limits.beatMs, 'stream heartbeat', signal);
      if (signal.aborted) break;
      const now = clock.now().monoNs;
      const text = beatText();
      for (const client of clients) {
        void endIfOver(client);
        if (client.fullSince === null) beatTo(client, text);
        else if ((now - client.fullSince) / 1e6 > limits.stallMs) client.answer.destroy();
      }
    }
    for (const client of clients) client.answer.end();
  };

  return {
    get clients() {
      return clients.size;
    },
    get full() {
      return clients.size >= limits.clients;
    },
    get waitingBytes() {
      return [...clients].reduce((sum, { answer }) => sum + answer.writableLength, 0);
    },
    add,
    tell,
    beat,
  };
}
