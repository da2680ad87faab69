/** Choosing what a spool drops, oldest first. Nothing is written here: the rows go in the transaction that tells of it. */
import { ageMs } from '../spool/age.ts';
import { type Gone, goneIn, type Shed, type ShedReason } from '../spool/gone.ts';
import type { Limits } from '../spool/limits.ts';
import { expendable, overweight } from '../spool/quota.ts';
import { rangesOf } from '../spool/ranges.ts';
import type { Stream } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';
import type { StoredRow, StreamRows } from './spool.sqlite.rows.ts';

/** Rows that are dropped at once at the most. */
const rowsAtOnce = 20_000;
/** Age goes down to this share of its limit, so that one event tells of many envelopes. */
const young = 0.99;

export interface Shedding {
  readonly spool: string;
  readonly rows: Readonly<Record<Stream, StreamRows>>;
  /** The text of a row, or null when nobody here can read it. */
  readonly textOf: (stream: Stream, row: StoredRow) => string | null;
}

const nothing = { alert: 0, event: 0, tele: 0 } as const;

interface Choice {
  readonly seqs: readonly number[];
  readonly bytes: number;
  readonly carried: readonly Gone[];
}

/** The oldest rows of one stream that have `bytes` together. */
function heaviest({ rows, textOf }: Shedding, stream: Stream, bytes: number): Choice {
  const seqs: number[] = [];
  let sum = 0;
  for (const row of rows[stream].sizes()) {
    if (sum >= bytes || seqs.length >= rowsAtOnce) break;
    seqs.push(row.seq);
    sum += row.bytes;
  }
  return { seqs, bytes: sum, carried: carriedBy({ rows, textOf }, stream, seqs) };
}

/** Reports among events that are dropped are told again. */
function carriedBy({ rows, textOf }: Omit<Shedding, 'spool'>, stream: Stream, seqs: readonly number[]): Gone[] {
  if (stream !== 'event') return [];
  return seqs.flatMap((seq) => {
    const row = rows.event.get(seq);
    const text = row && textOf('event', row);
    return text ? goneIn(text) : [];
  });
}

/** The oldest rows of one stream that are too old; a row that cannot be read is as old as the one before it. */
function oldest(shedding: Shedding, stream: Stream, limitMs: number, now: Stamp): Choice {
  const seqs: number[] = [];
  const held: { bytes: number } = { bytes: 0 };
  let limit = limitMs;
  for (const row of shedding.rows[stream].after(0)) {
    const text = shedding.textOf(stream, row);
    if (text !== null && ageMs((JSON.parse(text) as { at: Stamp }).at, now) < limit) break;
    if (text === null && seqs.length === 0) break;
    limit = limitMs * young;
    seqs.push(row.seq);
    held.bytes += (row.stored as string | Uint8Array).length;
    if (seqs.length >= rowsAtOnce) break;
  }
  return { seqs, bytes: held.bytes, carried: carriedBy(shedding, stream, seqs) };
}

function shedOf(spool: string, reason: ShedReason, chosen: Readonly<Partial<Record<Stream, Choice>>>): Shed | null {
  const all = Object.values(chosen);
  if (all.every(({ seqs }) => seqs.length === 0)) return null;
  const ranges = (stream: Stream) => rangesOf(chosen[stream]?.seqs ?? []);
  return {
    reason,
    spool,
    seqs: { alert: ranges('alert'), event: ranges('event'), tele: ranges('tele') },
    unnumbered: nothing,
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    carried: all.flatMap(({ carried }) => carried),
  };
}

/** What is over the limits of bytes, or null. Costs three look-ups when nothing is. */
export function tooMuch(shedding: Shedding, { bytes }: Limits): Shed | null {
  const { rows, spool } = shedding;
  const held = {
    alert: rows.alert.held().bytes,
    event: rows.event.held().bytes,
    tele: rows.tele.held().bytes,
  };
  const over = overweight(held, bytes);
  const chosen = expendable.filter((stream) => over[stream] > 0);
  return shedOf(
    spool,
    'bytes',
    Object.fromEntries(chosen.map((stream) => [stream, heaviest(shedding, stream, over[stream])])),
  );
}

/** What is over the limits of age, or null. Reads the oldest row of each stream. */
export function tooOld(shedding: Shedding, { ageMs: limits }: Limits, now: Stamp): Shed | null {
  const chosen = expendable.map((stream) => [stream, oldest(shedding, stream, limits[stream], now)] as const);
  return shedOf(shedding.spool, 'age', Object.fromEntries(chosen));
}

/** At least `bytes` of what may go to make room on the disk, or null when there is nothing of it. */
export function forRoom(shedding: Shedding, bytes: number, may: readonly Stream[]): Shed | null {
  let need = bytes;
  const chosen: Partial<Record<Stream, Choice>> = {};
  for (const stream of may) {
    if (need <= 0) break;
    const choice = heaviest(shedding, stream, need);
    chosen[stream] = choice;
    need -= choice.bytes;
  }
  return shedOf(shedding.spool, 'disk', chosen);
}
