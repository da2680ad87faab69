/** Draws from a seeded sequence, by nothing that a processor could round its own way: what is drawn is the same on every machine. */
import { type Random, seeded, uniform } from './random.ts';

export interface Dice {
  between(low: number, high: number): number;
  /** Whole numbers, both ends in. */
  whole(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(of: readonly T[]): T;
  /** By weight: the index. */
  weighted(weights: readonly number[]): number;
  /** Mean 0, standard deviation 1: the sum of four even draws, which ends at 3.5. */
  bell(): number;
}

export function diceOf(seed: number): Dice {
  let random: Random = seeded(seed);
  const next = (): number => {
    const [value, after] = uniform(random);
    random = after;
    return value;
  };
  return {
    between: (low, high) => low + (high - low) * next(),
    whole: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (probability) => next() < probability,
    pick: (of) => of[Math.floor(of.length * next())] as (typeof of)[number],
    weighted: (weights) => {
      let left = next() * weights.reduce((all, one) => all + one, 0);
      const found = weights.findIndex((weight) => {
        left -= weight;
        return left < 0;
      });
      return found === -1 ? weights.length - 1 : found;
    },
    bell: () => (next() + next() + next() + next() - 2) * 1.7320508075688772,
  };
}
