/**
 * How far one stream of one spool is complete at the centre, kept from commit to commit: no look at what is stored, so a
 * watermark costs the same at the millionth envelope as at the first. What it knows is a lower bound of what is closed (came, or will
 * never come): an island that had to be forgotten is asked for again, and its repeat is noted again.
 */
import { maxMissing } from '../wire/messages.ts';

/** From and to, both included. */
export type Range = readonly [number, number];

export interface Progress {
  /** Highest seq that came; nothing above it may be confirmed, whatever was declared gone. */
  readonly top: number;
  /** Everything from 1 to here is closed. */
  readonly through: number;
  /** Closed above `through + 1`, ascending, never touching each other. */
  readonly beyond: readonly Range[];
}

export const noProgress: Progress = { top: 0, through: 0, beyond: [] };

/** Islands that are remembered at the most: what 1,000 listed numbers can tell a box, and as many again. */
const mostIslands = 2 * maxMissing;

/** The same numbers as ascending ranges that never touch each other. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const out: [number, number][] = [];
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = out.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else out.push([from, to]);
  }
  return out;
}

/** After envelopes with these numbers came, in any order. */
export function came(progress: Progress, seqs: readonly number[]): Progress {
  const top = seqs.reduce((most, seq) => Math.max(most, seq), progress.top);
  return close(
    { ...progress, top },
    seqs.map((seq) => [seq, seq] as const),
  );
}

/** After numbers were declared gone: they are no gap any more. */
export function close({ top, through, beyond }: Progress, ranges: readonly Range[]): Progress {
  const [first, ...rest] = merged([[0, through], ...beyond, ...ranges]);
  return { top, through: first?.[1] ?? through, beyond: rest.slice(0, mostIslands) };
}

/** What is open below `top`, or below `most` ranges of it, ascending. */
export function openRanges({ top, through, beyond }: Progress, most: number): readonly Range[] {
  const open: Range[] = [];
  let from = through + 1;
  for (const [first, last] of [...beyond, [top + 1, top + 1] as const]) {
    if (open.length >= most || from > top) break;
    const to = Math.min(first - 1, top);
    if (to >= from) open.push([from, to]);
    from = last + 1;
  }
  return open;
}

/** Which of these ranges are open still: what declaring them gone would change. */
export function openWithin(progress: Progress, ranges: readonly Range[]): readonly Range[] {
  const { through, beyond } = progress;
  const closed: readonly Range[] = [[0, through], ...beyond];
  return merged(ranges).flatMap(([from, to]) => {
    const open: Range[] = [];
    let next = from;
    for (const [first, last] of closed) {
      if (last < next) continue;
      if (first > to) break;
      if (first > next) open.push([next, first - 1]);
      next = last + 1;
    }
    return next <= to ? [...open, [next, to] as const] : open;
  });
}

/**
 * What a receipt may say: everything through `through` is closed, but `missing`. The list holds `maxMissing` numbers at
 * the most; one that had to be cut says nothing of what lies beyond it, so `through` stops there.
 */
export function confirmed(progress: Progress): { readonly through: number; readonly missing: readonly number[] } {
  const missing: number[] = [];
  for (const [from, to] of openRanges(progress, maxMissing + 1)) {
    for (let seq = from; seq <= to; seq++) {
      if (missing.length === maxMissing) return { through: missing.at(-1) ?? 0, missing };
      missing.push(seq);
    }
  }
  return { through: progress.top, missing };
}

/** Numbers in ranges. */
export const sizeOf = (ranges: readonly Range[]): number => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
