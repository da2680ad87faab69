import type { Running } from '../core/daemon/running.ts';
import { turns } from '../core/flow/turns.ts';
import { isFault } from '../core/ports/fault.ts';
import type { AlertRecord, DeviceRecord, Records } from '../core/ports/records.ts';
import { type Audience, everything } from './audience.ts';
import { openProjection, type Projection } from './projection.ts';
import { emptySnapshot, shed, takeIn } from './snapshot.ts';

/** One server-sent event, the same bytes for every client. It brings a client to the cursor `to`. */
export interface Frame {
  readonly to: string;
  readonly bytes: Buffer;
}

/**
 * The console's own copy of the store: every client is served from it, so that a change costs one query in all.
 * A cursor is `<run>-<number>`: a client of another run (another process, perhaps another store) gets the whole state,
 * so that two histories are never mixed on a page.
 */
export interface Feed {
  readonly cursor: string;
  /** Why the store cannot be read just now, or null. The copy stays, and ages. */
  readonly trouble: string | null;
  alert(id: string): AlertRecord | undefined;
  alerts(): readonly AlertRecord[];
  devices(): readonly DeviceRecord[];
  /** The whole state as JSON text: `{cursor, complete, beyond, alerts, devices}`; of what that audience is told. */
  state(audience?: Audience): Buffer;
  /** What a client at `cursor` is sent next; null when it has everything. Unknown or far cursors get the whole state. */
  next(cursor: string | null, audience?: Audience): Frame | null;
  /** Reads what changed; what was committed before the call is in the copy when it resolves. */
  refresh(): Promise<void>;
  /** Calls `listener` after every new frame and every change of `trouble`; returns the unsubscribe. */
  onNews(listener: () => void): () => void;
  /** Follows the store until `signal` aborts. */
  follow(ctx: Running): Promise<void>;
}

export interface FeedLimits {
  /** Alerts held; the store keeps the rest. */
  readonly alerts: number;
  /** Bytes of past frames held, for clients that come back. */
  readonly pastBytes: number;
  /** Alerts per query. */
  readonly page: number;
  /** Shortest time between two queries, in ms: a storm of commits becomes few frames. */
  readonly gapMs: number;
  /** Reads even if nobody reported a change: proof that the store can be read, and food for the watchdog. */
  readonly pollMs: number;
}

export const feedLimits: FeedLimits = { alerts: 2000, pastBytes: 4_194_304, page: 500, gapMs: 40, pollMs: 5000 };

/** Audiences that are kept ready; another one takes the place of the one that was asked for longest ago. */
const mostAudiences = 64;

export function openFeed(records: Records, limits: FeedLimits = feedLimits): Feed {
  let snapshot = emptySnapshot();
  let readTo = 0;
  let complete = true;
  let trouble: string | null = null;
  let queued: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const inTurn = turns();
  const open = (audience: Audience): Projection =>
    openProjection(() => ({ snapshot, complete }), audience, readTo, limits.pastBytes);
  let whole = open(everything);
  const others = new Map<string, Projection>();

  const projectionOf = (audience: Audience): Projection => {
    if (audience.key === everything.key) return whole;
    const found = others.get(audience.key) ?? open(audience);
    others.delete(audience.key);
    others.set(audience.key, found);
    for (const oldest of others.keys()) {
      if (others.size <= mostAudiences) break;
      others.delete(oldest);
    }
    return found;
  };

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  const forgetAll = (): void => {
    snapshot = emptySnapshot();
    readTo = 0;
    complete = true;
    whole = open(everything);
    others.clear();
  };

  const readPage = async (): Promise<boolean> => {
    const changes = await records.changes(readTo, limits.page);
    if (changes.cursor === readTo) return false;
    if (changes.cursor < readTo) {
      // The store went back in time: what is held here is of another history.
      forgetAll();
      return true;
    }
    readTo = changes.cursor;
    if (changes.alerts.length === 0 && changes.devices.length === 0) return false;
    takeIn(snapshot, changes);
    if (shed(snapshot, limits.alerts)) complete = false;
    for (const one of [whole, ...others.values()]) one.take(changes, readTo);
    tell();
    return true;
  };

  const readAll = async (): Promise<void> => {
    const before = trouble;
    try {
      while (await readPage());
      trouble = null;
    } catch (error) {
      if (!isFault(error)) throw error;
      trouble = error.message;
    }
    if (trouble !== before) tell();
  };

  const refresh = (): Promise<void> => {
    queued ??= inTurn(() => {
      queued = null;
      return readAll();
    });
    return queued;
  };

  const follow = async ({ signal, clock, progress, log }: Running): Promise<void> => {
    let changed = false;
    let wake: () => void = () => {};
    const off = records.onChange(() => {
      changed = true;
      wake();
    });
    signal.addEventListener('abort', () => wake(), { once: true });
    let said: string | null = null;
    while (!signal.aborted) {
      changed = false;
      await refresh();
      if (trouble !== said) log.warn(trouble ? 'the store cannot be read' : 'the store can be read again', { trouble });
      said = trouble;
      if (trouble === null) progress();
      await clock.sleep(limits.gapMs, 'store gap', signal);
      const quiet = new AbortController();
      wake = () => quiet.abort();
      if (!changed && !signal.aborted) await clock.sleep(limits.pollMs, 'store change', quiet.signal);
    }
    off();
  };

  return {
    get cursor() {
      return whole.cursor;
    },
    get trouble() {
      return trouble;
    },
    alert: (id) => snapshot.alerts.get(id),
    alerts: () => [...snapshot.alerts.values()],
    devices: () => [...snapshot.devices.values()],
    state: (audience = everything) => projectionOf(audience).state(),
    next: (cursor, audience = everything) => projectionOf(audience).next(cursor),
    refresh,
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    follow,
  };
}
