/**
 * What waits for the spool's thread: calls that came together are committed together, telemetry alone is held for
 * company, and everything is kept in memory, in order, while the disk refuses.
 */
import { isFault } from '../ports/fault.ts';
import type { Log } from '../ports/log.ts';
import type { Held, Kept } from '../ports/spool.ts';
import { shedEvents, type Told } from '../spool/gone.ts';
import type { Packed } from '../spool/link.ts';
import {
  addDropped,
  type Dropped,
  lighten,
  type NamedState,
  nothingDropped,
  sizeOf,
  type Waiting,
} from '../spool/waiting.ts';
import { streams } from '../values/envelope.ts';

/** One transaction takes no more than this, in characters, so that nothing waits long for what came before it. */
const groupSize = 1_000_000;
/** So much, in characters, is handed to the thread while it still flushes: less had better wait for company. */
const aheadSize = 50_000;
/** Held telemetry is flushed when it reaches this, in characters. */
const holdSize = 2_000_000;

export interface QueueOptions {
  /**
   * Commits a group; rejects with a Fault when the disk refuses. The same group is then given `again`, alone; what was
   * given behind it meanwhile must be refused too.
   */
  readonly commit: (group: Waiting, again: boolean) => Promise<void>;
  /** The id of the spool as it is open, for reports; empty while it is not. */
  readonly id: () => string;
  readonly holdMs: number;
  /** How long to wait before a disk that refused is tried again. */
  readonly retryMs: number;
  /** Characters that wait at the most while the disk refuses. */
  readonly memory: number;
  readonly log: Log;
}

export interface Queue {
  add(items: readonly Packed[], state: NamedState): Promise<Kept>;
  held(): Held;
  /** Another hold for telemetry, in ms, from the next hold on. */
  hold(ms: number): void;
  /** Tries once more to commit everything; what the disk then refuses is lost, and the log says so. */
  end(): Promise<void>;
}

interface Call extends Waiting {
  readonly size: number;
  /** Answers the caller, once; null when it was answered. */
  answer: ((where: 'disk' | 'memory') => void) | null;
  readonly settled: (onDisk: boolean) => void;
  readonly fail: (error: unknown) => void;
}

/** A group on its way to the disk, and what is heard of it: null when it is there. */
interface Flight {
  readonly group: Call[];
  readonly said: Promise<{ readonly error: unknown } | null>;
}

interface Refusal {
  readonly reason: string;
  /** Moment of the newest item when it began, as JSON text. */
  readonly since: string | null;
  readonly dropped: Dropped;
}

export function createQueue(options: QueueOptions): Queue {
  const { commit, id, retryMs, memory, log } = options;
  let { holdMs } = options;
  let queue: Call[] = [];
  /** A group that the disk refused. It goes again as it is, so that the thread can tell whether it came through after all. */
  let stuck: Call[] | null = null;
  let refusal: Refusal | null = null;
  const flights: Flight[] = [];
  let flushing: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  const takeGroup = (): Call[] => {
    let size = 0;
    const end = queue.findIndex((call, i) => {
      size += call.size;
      return i > 0 && size > groupSize;
    });
    return queue.splice(0, end < 0 ? queue.length : end);
  };
  const together = (group: readonly Call[]): Waiting => ({
    items: group.flatMap(({ items }) => items),
    state: group.flatMap(({ state }) => state),
  });
  const sizeWaiting = (): number => queue.reduce((sum, { size }) => sum + size, 0);
  const newestAt = (): string | null => [...(stuck ?? []), ...queue].flatMap(({ items }) => items).at(-1)?.at ?? null;

  const depart = (group: Call[], again: boolean): void => {
    const said = commit(together(group), again).then(
      () => null,
      (error: unknown) => ({ error }),
    );
    flights.push({ group, said });
  };
  /** The thread has one group to flush and, where much waits, the next one: it is packed and copied meanwhile. */
  const fill = (): void => {
    if (flights.length === 0 && stuck !== null) depart(stuck, true);
    else if (flights.length === 0 && queue.length > 0) depart(takeGroup(), false);
    if (flights.length === 1 && refusal === null && sizeWaiting() > aheadSize) depart(takeGroup(), false);
  };
  const flush = async (): Promise<void> => {
    // Calls of the same turn of the event loop go together.
    await Promise.resolve();
    clearTimeout(timer);
    timer = undefined;
    fill();
    for (let flight = flights[0]; flight; flight = flights[0]) {
      const failure = await flight.said;
      flights.shift();
      if (failure !== null) {
        await turnBack(flight.group, failure.error);
        break;
      }
      landed(flight.group);
      fill();
    }
    // Here and not in a `finally`: a call that comes in the next microtask must start a flush of its own.
    flushing = null;
  };
  const landed = (group: Call[]): void => {
    stuck = null;
    if (refusal) recovered(refusal, group);
    for (const call of group) {
      call.answer?.('disk');
      call.settled(true);
    }
  };
  /** What went behind it did not come through either, and keeps its place in the order. */
  const turnBack = async (group: Call[], error: unknown): Promise<void> => {
    const behind = flights.splice(0);
    await Promise.all(behind.map(({ said }) => said));
    queue.unshift(...behind.flatMap((flight) => flight.group));
    if (isFault(error)) refused(group, error.message);
    else for (const call of [...group, ...queue.splice(0)]) call.fail(error);
  };
  const release = (): Promise<void> => {
    flushing ??= flush();
    return flushing;
  };
  const later = (ms: number): void => {
    timer ??= setTimeout(() => {
      // One that fires during a flush must not stand in the way of the next.
      timer = undefined;
      void release();
    }, ms);
  };

  const refused = (group: Call[], reason: string): void => {
    stuck = group;
    if (refusal === null) {
      log.error('the spool takes nothing; alerts, events and telemetry wait in memory until it does', { reason });
      refusal = { reason, since: newestAt(), dropped: nothingDropped };
    }
    for (const call of [...group, ...queue]) toMemory(call);
    squeeze();
    later(retryMs);
  };
  const toMemory = (call: Call): void => {
    call.answer?.('memory');
    call.answer = null;
  };
  const squeeze = (): void => {
    if (refusal === null) return;
    const before = queue;
    const { calls, dropped } = lighten(queue, memory);
    if (dropped.bytes === 0) return;
    for (const [i, call] of calls.entries()) if (call !== before[i]) call.settled(false);
    // What is left of a call without items is its state, which the next call can carry.
    const kept: Call[] = [];
    for (const call of calls) {
      const last = kept.at(-1);
      const bare = last?.items.length === 0 ? kept.pop() : undefined;
      const one = bare ? { ...call, state: [...bare.state, ...call.state] } : call;
      kept.push({ ...one, size: sizeOf(one) });
    }
    queue = kept;
    refusal = { ...refusal, dropped: addDropped(refusal.dropped, dropped) };
  };
  /** Goes into the queue behind what waits, so that its stamp is the newest. */
  const recovered = ({ reason, since, dropped }: Refusal, group: readonly Call[]): void => {
    refusal = null;
    log.info('the spool takes again; what waited in memory is committed', { dropped: dropped.counts });
    const at = newestAt() ?? group.flatMap(({ items }) => items).at(-1)?.at;
    if (at === undefined) return;
    const from = since === null ? null : (JSON.parse(since) as unknown);
    const told: Told[] = [
      {
        type: 'storage-refused',
        severity: 'error',
        message: `the disk took nothing for a while: ${reason}; what came meanwhile waited in memory and is committed`,
        detail: { reason, from },
      },
    ];
    if (dropped.bytes > 0) {
      const seqs = { alert: [], event: [], tele: [] };
      const { counts, bytes } = dropped;
      told.push(...shedEvents({ reason: 'memory', spool: id(), seqs, unnumbered: counts, bytes, carried: [] }));
    }
    const stamp = JSON.parse(at) as unknown;
    const items = told.map((one): Packed => ({ stream: 'event', at, body: JSON.stringify({ ...one, at: stamp }) }));
    queue.push({ items, state: [], size: 0, answer: null, settled: () => {}, fail: () => {} });
  };

  const add: Queue['add'] = (items, state) => {
    const committed = Promise.withResolvers<boolean>();
    const answered = Promise.withResolvers<Kept>();
    const call: Call = {
      items,
      state,
      size: sizeOf({ items, state }),
      answer: (where) => answered.resolve({ where, committed: committed.promise }),
      settled: committed.resolve,
      fail: (error) => {
        committed.resolve(false);
        answered.reject(error);
      },
    };
    queue.push(call);
    if (refusal !== null) {
      toMemory(call);
      squeeze();
      later(retryMs);
    } else if (holdMs > 0 && items.length > 0 && items.every(({ stream }) => stream === 'tele')) {
      toMemory(call);
      if (sizeWaiting() > holdSize) void release();
      else if (!flushing) later(holdMs);
    } else {
      void release();
      // After the calls of the same turn, which belong together.
      queueMicrotask(() => {
        if (flights.length === 1) fill();
      });
    }
    return answered.promise;
  };

  return {
    add,
    held: () => {
      const waiting = [...(stuck ?? []), ...queue];
      const counts = { alert: 0, event: 0, tele: 0 };
      for (const { items } of waiting) for (const { stream } of items) counts[stream] += 1;
      return { ...counts, refused: refusal?.reason ?? null };
    },
    hold: (ms) => {
      holdMs = ms;
    },
    end: async () => {
      await flushing;
      if (stuck !== null || queue.length > 0) await release();
      clearTimeout(timer);
      const lost = [...(stuck ?? []), ...queue];
      if (lost.length === 0) return;
      const counts = streams.map(
        (stream) => lost.flatMap(({ items }) => items).filter((one) => one.stream === stream).length,
      );
      log.error('the spool is closed while the disk refuses; what waited in memory is lost', {
        reason: refusal?.reason,
        alerts: counts[0],
        events: counts[1],
        telemetry: counts[2],
      });
      for (const call of lost) call.settled(false);
      [stuck, queue] = [null, []];
    },
  };
}
