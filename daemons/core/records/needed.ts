/**
 * Which envelopes of a spool answer for its alerts: what `fieldpost why` takes (`tools/evidence/stretch.ts`), with some to spare.
 * From the seal before the line's memory that a replay starts from, to the second seal after the alert was last revised. Pure.
 */
import { compareStamps } from '../clock/compare.ts';
import type { Heads } from '../evidence/seal.ts';
import type { Alert } from '../values/alert.ts';
import type { Stamp } from '../values/stamp.ts';

/** A seal, or a memory of the line (`heads` null), in the chain of events. */
export interface Mark {
  readonly seq: number;
  readonly at: Stamp;
  readonly heads: Heads | null;
}

/** First and last number; infinite where nothing bounds it. */
export type Span = readonly [from: number, to: number];
export interface Needed {
  readonly event: readonly Span[];
  readonly tele: readonly Span[];
}

/** Whether one that comes after the last mark could still change what an alert needs. */
export const isSettled = ({ at }: Pick<Alert, 'at'>, marks: readonly Mark[]): boolean =>
  sealsAfter(at, marks).length >= 2;

const sealsAfter = (at: Stamp, marks: readonly Mark[]): readonly Mark[] =>
  marks.filter((mark) => mark.heads !== null && compareStamps(mark.at, at) >= 0);

/**
 * `marks` in order, from where something may have been folded away on; what lies before them counts as needed. `leadMs`: whoever
 * asks why may ask for so much before the alert began.
 */
export function neededFor(
  alerts: readonly Pick<Alert, 'since' | 'at'>[],
  marks: readonly Mark[],
  leadMs: number,
): Needed {
  const spans = alerts.map(({ since, at }) => {
    const from: Stamp = { ...since, wallMs: since.wallMs - leadMs, monoNs: since.monoNs - leadMs * 1e6 };
    const begin = marks.findIndex((mark) => compareStamps(mark.at, from) >= 0);
    const earlier = begin < 0 ? marks : marks.slice(0, begin);
    const start = earlier.findLastIndex(({ heads }) => heads === null);
    const before = (start < 0 ? earlier : earlier.slice(0, start)).findLast(({ heads }) => heads !== null);
    const after = sealsAfter(at, marks)[1];
    return {
      event: [before?.seq ?? 0, after?.seq ?? Number.POSITIVE_INFINITY] as const,
      tele: [before?.heads?.tele.seq ?? 0, after?.heads?.tele.seq ?? Number.POSITIVE_INFINITY] as const,
    };
  });
  return { event: spans.map(({ event }) => event), tele: spans.map(({ tele }) => tele) };
}

export const isWithin = (seq: number, spans: readonly Span[]): boolean =>
  spans.some(([from, to]) => seq >= from && seq <= to);
