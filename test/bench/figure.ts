/** Figures of benches have the shape of those of evaluations, so that one reader reads both. */
export type { Figure } from '../../daemons/tools/evaluate/figures.ts';

/** The middle value; NaN of nothing. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2;
}

type Sample = () => number | Promise<number>;

/**
 * Takes samples of A and B in turn, and each goes first every other time: a machine that slows down or speeds up meanwhile
 * does so for both. `rounds` is 7 at least. Gives the medians.
 */
export async function abTurns(a: Sample, b: Sample, rounds = 7): Promise<{ readonly a: number; readonly b: number }> {
  const [ofA, ofB]: [number[], number[]] = [[], []];
  for (let round = 0; round < Math.max(7, rounds); round++) {
    if (round % 2 === 0) ofA.push(await a());
    ofB.push(await b());
    if (round % 2 === 1) ofA.push(await a());
  }
  return { a: median(ofA), b: median(ofB) };
}
