/** The line to the centre: one stream while somebody looks, a seldom question while nobody does. */
import type { News } from '../web/board.ts';

export interface LinkEvents {
  /** Who is logged in, asked before each connection. `unheard`: no answer. */
  check(): Promise<'known' | 'stranger' | 'unheard'>;
  onNews(news: News, isWhole: boolean): void;
  onBeat(centreMs: number): void;
  onLive(): void;
  onLost(): void;
  /** Asks once, without a stream. */
  poll(): Promise<void>;
}

export interface Link {
  /** Tries now, whatever it waits for. */
  hurry(): void;
  /** What was told is not held here any more: it is asked for whole. */
  forget(): void;
}

/** Two and a half heartbeats of the centre. */
const silenceMs = 12_500;
const retryMs = [1000, 2000, 4000, 8000, 15_000] as const;
/** In a pocket: often enough that an alert is there before it is looked at, seldom enough for the battery. */
const hiddenMs = 300_000;

export function openLink(events: LinkEvents): Link {
  let wake: () => void = () => {};
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  let cursor: string | null = null;
  let source: EventSource | null = null;

  /** Until the stream is over, or nobody looks any more. */
  const follow = (): Promise<void> =>
    new Promise((resolve) => {
      const url = cursor === null ? '/api/stream' : `/api/stream?after=${encodeURIComponent(cursor)}`;
      const stream = new EventSource(url);
      source = stream;
      let watch = 0;
      const end = (): void => {
        clearTimeout(watch);
        stream.close();
        source = null;
        resolve();
      };
      const heard = (): void => {
        clearTimeout(watch);
        watch = setTimeout(end, silenceMs);
      };
      const take = (isWhole: boolean) => (event: MessageEvent<string>) => {
        heard();
        cursor = event.lastEventId || cursor;
        events.onNews(JSON.parse(event.data) as News, isWhole);
      };
      stream.onopen = () => {
        heard();
        events.onLive();
      };
      stream.onerror = end;
      stream.addEventListener('state', take(true));
      stream.addEventListener('changes', take(false));
      stream.addEventListener('beat', (event: MessageEvent<string>) => {
        heard();
        events.onBeat((JSON.parse(event.data) as { nowMs: number }).nowMs);
      });
      wake = end;
      heard();
    });

  const run = async (): Promise<never> => {
    for (let failures = 0; ; ) {
      if (document.hidden) {
        await events.poll();
        await pause(hiddenMs);
        continue;
      }
      const who = await events.check();
      if (who === 'known') {
        const beganMs = performance.now();
        await follow();
        if (performance.now() - beganMs > silenceMs) failures = 0;
        if (!document.hidden) events.onLost();
      } else events.onLost();
      if (document.hidden) continue;
      failures += 1;
      await pause(retryMs[Math.min(failures, retryMs.length) - 1] ?? 15_000);
    }
  };
  document.addEventListener('visibilitychange', () => {
    source?.close();
    wake();
  });
  window.addEventListener('online', () => wake());
  window.addEventListener('offline', () => wake());
  void run();
  return {
    hurry: () => (source === null ? wake() : undefined),
    forget: () => {
      cursor = null;
      if (source !== null) wake();
    },
  };
}
