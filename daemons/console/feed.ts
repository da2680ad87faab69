import { randomBytes } from 'node:crypto';
import type { Running } from '../core/daemon/running.ts';
import { turns } from '../core/flow/turns.ts';
import { isFault } from '../core/ports/fault.ts';
import type { AlertRecord, DeviceRecord, Records } from '../core/ports/records.ts';
import { countBeyond, emptySnapshot, shed, slim, takeIn } from './snapshot.ts';

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
  devices(): readonly DeviceRecord[];
  /** The whole state as JSON text: `{cursor, complete, alerts, devices}`. */
  state(): Buffer;
  /** What a client at `cursor` is sent next; null when it has everything. Unknown or far cursors get the whole state. */
  next(cursor: string | null): Frame | null;
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

/** One event of the stream. JSON text has no raw line break, so it is always one `data:` line. */
export const sseEvent = (event: string, json: string | Buffer, id?: string): Buffer =>
  Buffer.from(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`);

interface Whole {
  readonly json: Buffer;
  frame: Frame | null;
}

export function openFeed(records: Records, limits: FeedLimits = feedLimits): Feed {
  const run = randomBytes(4).toString('hex');
  const named = (cursor: number): string => `${run}-${cursor}`;
  let snapshot = emptySnapshot();
  /** How far the store was read, and how far clients can be: commits that change nothing to see move only the first. */
  let readTo = 0;
  let at = 0;
  let complete = true;
  let trouble: string | null = null;
  /** By the cursor that each starts from, oldest first. */
  const past = new Map<string, Frame>();
  let pastBytes = 0;
  let whole: Whole | null = null;
  let queued: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const inTurn = turns();

  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  const forgetAll = (): void => {
    snapshot = emptySnapshot();
    readTo = 0;
    at = 0;
    complete = true;
    past.clear();
    pastBytes = 0;
    whole = null;
  };

  const remember = (from: string, frame: Frame): void => {
    past.set(from, frame);
    pastBytes += frame.bytes.length;
    for (const [oldest, { bytes }] of past) {
      if (pastBytes <= limits.pastBytes) break;
      past.delete(oldest);
      pastBytes -= bytes.length;
    }
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
    const to = named(readTo);
    const devices = changes.devices.map(slim);
    const json = JSON.stringify({ cursor: to, beyond: countBeyond(snapshot), alerts: changes.alerts, devices });
    remember(named(at), { to, bytes: sseEvent('changes', json, to) });
    at = readTo;
    whole = null;
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

  const wholeState = (): Whole => {
    if (whole) return whole;
    const alerts = [...snapshot.alerts.values()];
    const devices = [...snapshot.devices.values()].map(slim);
    const json = Buffer.from(
      JSON.stringify({ cursor: named(at), complete, beyond: countBeyond(snapshot), alerts, devices }),
    );
    whole = { json, frame: null };
    return whole;
  };

  const next = (from: string | null): Frame | null => {
    if (from === named(at)) return null;
    const frame = from === null ? undefined : past.get(from);
    if (frame) return frame;
    const state = wholeState();
    state.frame ??= { to: named(at), bytes: sseEvent('state', state.json, named(at)) };
    return state.frame;
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
      return named(at);
    },
    get trouble() {
      return trouble;
    },
    alert: (id) => snapshot.alerts.get(id),
    devices: () => [...snapshot.devices.values()],
    state: () => wholeState().json,
    next,
    refresh,
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    follow,
  };
}
