/**
 * Events that tell which sequence numbers will never come: `shed` when the box chose to drop them, `lost` when the medium
 * took them. `detail.gone` names the spool of each, because a fresh spool may report for a damaged older one.
 */
import { type BoxEvent, type Stream, streams } from '../values/envelope.ts';
import { countOf, type Range, union } from './ranges.ts';

export interface Gone {
  readonly spool: string;
  readonly stream: Stream;
  readonly ranges: readonly Range[];
}

/** An event but for its moment, which is that of whatever is appended next. */
export type Told = Omit<BoxEvent, 'at'>;

/** Why the box dropped something. */
export type ShedReason = 'bytes' | 'age' | 'disk' | 'memory';

/** What was dropped. `carried` are ranges of earlier reports that were themselves dropped: nobody else tells them again. */
export interface Shed {
  readonly reason: ShedReason;
  readonly spool: string;
  readonly seqs: Readonly<Record<Stream, readonly Range[]>>;
  /** Envelopes that had no number yet; only what waited in memory. */
  readonly unnumbered: Readonly<Record<Stream, number>>;
  readonly bytes: number;
  readonly carried: readonly Gone[];
}

const none = { alert: 0, event: 0, tele: 0 } as const;
const names: Readonly<Record<Stream, string>> = { alert: 'alerts', event: 'events', tele: 'telemetry envelopes' };
const reasons: Readonly<Record<ShedReason, string>> = {
  bytes: 'the spool reached its limit of bytes (profile, section spool)',
  age: 'they were older than the limit (profile, section spool)',
  disk: 'the disk is full; free some space',
  memory: 'the disk takes nothing and the memory for what waits is full; see to the disk',
};
/** Ranges in one event, so that its payload stays far below what brokers take. */
const rangesAtOnce = 5000;

const counted = (counts: Readonly<Record<Stream, number>>): string =>
  streams
    .filter((stream) => counts[stream] > 0)
    .map((stream) => `${counts[stream]} ${names[stream]}`)
    .join(', ');

export function shedEvents({ reason, spool, seqs, unnumbered, bytes, carried }: Shed): Told[] {
  const counts = { ...none } as Record<Stream, number>;
  for (const stream of streams) counts[stream] = countOf(seqs[stream]) + unnumbered[stream];
  const gone = streams.map((stream) => ({ spool, stream, ranges: seqs[stream] }));
  return inPortions(merged([...gone, ...carried])).map((portion) => ({
    type: 'shed',
    severity: counts.alert > 0 ? 'error' : 'warning',
    message: `${counted(counts)}, the oldest that nobody had taken, were dropped: ${reasons[reason]}`,
    detail: { gone: portion, reason, envelopes: counts, bytes },
  }));
}

/** What the medium took. `after`: the last number that could be read of a stream, when there may have been more. */
export interface Lost {
  readonly gone: readonly Gone[];
  readonly after: readonly { readonly spool: string; readonly stream: Stream; readonly seq: number }[];
  /** What happened, where, and where the rest is: a sentence. */
  readonly message: string;
}

export function lostEvents({ gone, after, message }: Lost): Told[] {
  const counts = { ...none } as Record<Stream, number>;
  for (const { stream, ranges } of gone) counts[stream] += countOf(ranges);
  const total = counted(counts);
  const unknown = after.length === 0 ? '' : '; how many came after the last that could be read is not known';
  return inPortions(merged(gone)).map((portion) => ({
    type: 'lost',
    severity: 'error',
    message: `${message}${total === '' ? '' : `; lost: ${total}`}${unknown}`,
    detail: { gone: portion, after, envelopes: counts },
  }));
}

/** The ranges that an envelope's text tells, when it is such an event; none for any other. */
export function goneIn(text: string): readonly Gone[] {
  if (!text.includes('"gone":[')) return [];
  const { body } = JSON.parse(text) as { body?: BoxEvent };
  if (body?.type !== 'shed' && body?.type !== 'lost') return [];
  return (body.detail.gone ?? []) as Gone[];
}

function merged(gone: readonly Gone[]): Gone[] {
  const byChain = Map.groupBy(gone, ({ spool, stream }) => `${spool} ${stream}`);
  return [...byChain.values()].flatMap((parts) => {
    const ranges = union(parts.flatMap((one) => one.ranges));
    const first = parts[0];
    return first && ranges.length > 0 ? [{ ...first, ranges }] : [];
  });
}

/** At least one portion, also of nothing. */
function inPortions(gone: readonly Gone[]): Gone[][] {
  const portions: Gone[][] = [[]];
  let room = rangesAtOnce;
  for (const { spool, stream, ranges } of gone) {
    for (let i = 0; i < ranges.length; ) {
      if (room === 0) {
        portions.push([]);
        room = rangesAtOnce;
      }
      const part = ranges.slice(i, i + room);
      portions.at(-1)?.push({ spool, stream, ranges: part });
      room -= part.length;
      i += part.length;
    }
  }
  return portions;
}
