import type { News } from './board.ts';
import type { Drill } from './model.ts';

export interface Beat {
  /** The centre's clock. */
  readonly nowMs: number;
  readonly build: string;
  /** Why the centre cannot read its store, or null. */
  readonly trouble: string | null;
  /** The drill that runs; absent from a centre of a version before. */
  readonly drill?: Drill | null;
}

export interface StreamEvents {
  onNews(news: News, whole: boolean): void;
  onBeat(beat: Beat): void;
  onOpen(): void;
  onLost(): void;
}

/** Two and a half heartbeats: a connection that says nothing for so long is dead, whatever TCP believes. */
const silenceMs = 12_500;
const retryMs = [500, 1000, 2000, 4000, 8000] as const;

/**
 * Follows `/api/stream` for ever. The browser's own EventSource resumes with Last-Event-ID, but gives up on an HTTP error
 * and never notices a silent connection: so a new one is opened then, from the same cursor.
 */
export function followStream(events: StreamEvents): void {
  let cursor: string | null = null;
  let failures = 0;

  const open = (): void => {
    const source = new EventSource(cursor === null ? '/api/stream' : `/api/stream?after=${encodeURIComponent(cursor)}`);
    let watch = 0;

    const again = (): void => {
      source.close();
      clearTimeout(watch);
      events.onLost();
      const wait = retryMs[Math.min(failures, retryMs.length - 1)] ?? 8000;
      failures += 1;
      // Jitter: after a restart not every page comes back in the same instant.
      setTimeout(open, wait * (0.75 + Math.random() / 2));
    };
    const heard = (): void => {
      clearTimeout(watch);
      watch = setTimeout(again, silenceMs);
    };
    const take = (whole: boolean) => (event: MessageEvent<string>) => {
      heard();
      cursor = event.lastEventId || cursor;
      events.onNews(JSON.parse(event.data) as News, whole);
    };

    source.onopen = () => {
      failures = 0;
      heard();
      events.onOpen();
    };
    source.onerror = again;
    source.addEventListener('state', take(true));
    source.addEventListener('changes', take(false));
    source.addEventListener('beat', (event: MessageEvent<string>) => {
      heard();
      events.onBeat(JSON.parse(event.data) as Beat);
    });
    heard();
  };
  open();
}
