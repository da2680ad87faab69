/** The box's feed over a unix socket: one line of JSON a value; who joins late is given the latest of each kind first. */
import { feedValueOf, longestLine } from '../feed/line.ts';
import { isFault } from '../ports/fault.ts';
import type { Feed, FeedReading, FeedValue } from '../ports/feed.ts';
import { connectLines, type LineConnection, serveLines } from './lines.unix.ts';

/** Some seconds of everything: what lies longer is of no use to anybody. */
const limits = { longest: longestLine, mostClients: 16, mostWaiting: 256 * 1024 } as const;

/** Errors: as `serveLines`. */
export async function serveFeed(file: string): Promise<Feed> {
  const latest = new Map<FeedValue['kind'], string>();
  const readers = new Set<LineConnection>();
  const server = await serveLines(file, limits, (connection) => {
    for (const line of latest.values()) connection.send(line);
    readers.add(connection);
    return { onLine: () => {}, onClose: () => void readers.delete(connection) };
  });
  return {
    tell: (value) => {
      const line = JSON.stringify(value);
      latest.set(value.kind, line);
      for (const reader of readers) reader.send(line);
    },
    close: server.close,
  };
}

/** Waits between attempts to connect, in ms: the first and the longest. */
const [firstMs, longestMs] = [250, 15_000];

export interface FeedEvents {
  onValue(value: FeedValue): void;
  /** The feed is gone: what it told grows old. It is asked for again until closed. */
  onLost(): void;
}

/** Reads the feed of this boot, whenever it is there. What is no value of it is passed over. */
export function readFeed(file: string, boot: string, events: FeedEvents): FeedReading {
  let closed = false;
  let waitMs = firstMs;
  let timer: NodeJS.Timeout | undefined;
  let link: LineConnection | undefined;
  const again = (): void => {
    if (closed) return;
    timer = setTimeout(() => void connect(), waitMs);
    timer.unref();
    waitMs = Math.min(2 * waitMs, longestMs);
  };
  const onLine = (line: string): void => {
    const value = feedValueOf(line, boot);
    if (value && !closed) events.onValue(value);
  };
  const onClose = (): void => {
    if (!closed) events.onLost();
    again();
  };
  const connect = async (): Promise<void> => {
    try {
      link = await connectLines(file, longestLine, () => ({ onLine, onClose }));
      waitMs = firstMs;
      if (closed) link.close();
    } catch (error) {
      // Nobody serves there yet.
      if (!isFault(error)) throw error;
      again();
    }
  };
  void connect();
  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
      link?.close();
    },
  };
}
