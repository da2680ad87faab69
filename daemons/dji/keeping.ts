/** What is kept of a DJI dock, and the replies, which wait until what they answer is on the disk. */
import type { Clock } from '../core/ports/clock.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Item, Kept, Spool } from '../core/ports/spool.ts';
import { encodeTelemetry } from '../core/telemetry/encode.ts';
import type { Reading } from '../core/values/reading.ts';
import type { Raw } from './raw.ts';
import type { DjiEvent } from './said.ts';
import type { Output } from './state.ts';

export type Reply = Output & { readonly is: 'reply' };

export interface Keeping {
  event(event: DjiEvent): void;
  readings(readings: readonly Reading[]): void;
  raw(raw: Raw): void;
  reply(reply: Reply): void;
  /** Writes what is due, or everything, and then sends the replies that waited for it. One after another. */
  flush(everything?: boolean): Promise<void>;
}

export interface KeepingOptions {
  readonly spool: Pick<Spool, 'append'>;
  /** Of messages as they came: a file of its own, which no uplink delivers. */
  readonly rawSpool: Pick<Spool, 'append'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly holdMs: number;
  /** Errors: Fault when the broker has not confirmed it. */
  readonly send: (reply: Reply) => Promise<void>;
  readonly onNotSent: (key: string) => void;
}

/** Messages that are gathered longer than this are written before their time, in characters. */
const mostHeld = 1e6;
/** Replies that wait at once; a dock asks again for the others. */
const mostReplies = 500;

export function openKeeping({ spool, rawSpool, clock, holdMs, send, onNotSent }: KeepingOptions): Keeping {
  let held: { items: Item[]; size: number; sinceMs: number | null; readings: Reading[] } = nothing();
  let appended: Promise<Kept>[] = [];
  let replies: Reply[] = [];
  let last = Promise.resolve();

  const sent = async (reply: Reply): Promise<void> => {
    try {
      await send(reply);
    } catch (error) {
      if (!isFault(error)) throw error;
      onNotSent(reply.key);
    }
  };

  const write = async (everything: boolean): Promise<void> => {
    const ageMs = held.sinceMs === null ? 0 : clock.now().monoNs / 1e6 - held.sinceMs;
    const due = everything || replies.length > 0 || held.size > mostHeld || (held.sinceMs !== null && ageMs >= holdMs);
    const { items, readings } = due ? held : nothing();
    if (due) held = nothing();
    const [waiting, before] = [replies, appended];
    [replies, appended] = [[], []];
    const last = readings.at(-1);
    if (last)
      void spool.append([{ stream: 'tele', at: last.at, body: encodeTelemetry({ readings, measurements: [] }) }]);
    const kept = await Promise.all([...before, ...(items.length > 0 ? [rawSpool.append(items)] : [])]);
    // What waits in memory for a disk that refuses may be gone with the next power cut: whoever asked keeps it and asks again.
    const safe = kept.every(({ where }) => where === 'disk');
    await Promise.all(waiting.map((one) => (safe ? sent(one) : onNotSent(one.key))));
  };

  return {
    event: (event) => {
      const at = clock.now();
      appended.push(spool.append([{ stream: 'event', at, body: { ...event, at } }]));
    },
    readings: (more) => {
      held.readings.push(...more);
      held.sinceMs ??= clock.now().monoNs / 1e6;
    },
    raw: (raw) => {
      const at = clock.now();
      const body = { type: 'dji-raw', severity: 'info', at, message: raw.topic, detail: { ...raw } } as const;
      held.items.push({ stream: 'event', at, body });
      held.size += raw.text.length;
      held.sinceMs ??= at.monoNs / 1e6;
    },
    reply: (reply) => {
      if (replies.length < mostReplies) replies.push(reply);
      else onNotSent(reply.key);
    },
    flush: (everything = false) => {
      last = last.then(() => write(everything));
      return last;
    },
  };
}

const nothing = () => ({ items: [] as Item[], size: 0, sinceMs: null as number | null, readings: [] as Reading[] });
