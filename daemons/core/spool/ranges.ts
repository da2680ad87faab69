/** Sequence numbers from the first to the second, both included. */
export type Range = readonly [from: number, to: number];

/** Numbers as the fewest ranges, in order. */
export function rangesOf(numbers: Iterable<number>): Range[] {
  return union([...numbers].map((one) => [one, one] as const));
}

/** Ranges that may touch or overlap as the fewest ranges, in order. */
export function union(ranges: readonly Range[]): Range[] {
  const merged: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = merged.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/** What of `from`..`to` is in none of `held`, which must be in order and apart, as `union` gives them. */
export function gapsIn([from, to]: Range, held: readonly Range[]): Range[] {
  const gaps: Range[] = [];
  let next = from;
  for (const [first, last] of held) {
    if (last < next) continue;
    if (first > to) break;
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= to) gaps.push([next, to]);
  return gaps;
}

export const countOf = (ranges: readonly Range[]): number => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
