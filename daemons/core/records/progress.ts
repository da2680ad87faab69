/**
 * How far one stream of one spool is complete at the centre, kept from commit to commit: no look at what is stored, so a
 * watermark costs the same at the millionth envelope as at the first. What it knows is a lower bound of what is closed (came, or will
 * never come): an island that had to be forgotten is asked for again, and its repeat is noted again.
 */
import { gapsIn, type Range, union } from '../spool/ranges.ts';
import { maxMissing } from '../wire/messages.ts';

export type { Range };

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
  const [first, ...rest] = union([[0, through], ...beyond, ...ranges]);
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
  const closed: readonly Range[] = [[0, progress.through], ...progress.beyond];
  return union(ranges).flatMap((range) => gapsIn(range, closed));
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
