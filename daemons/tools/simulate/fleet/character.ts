/** What each box of a simulated fleet is like: drawn from the seed, so that a rehearsal can be repeated. */
import { diceOf } from '../dice.ts';

/** What a box does with what it is told to be. `silent` goes away without a word; `waits` has something in the way for a while. */
export const habits = ['plain', 'silent', 'refuses', 'reverts', 'waits'] as const;
export type Habit = (typeof habits)[number];

export interface Link {
  /** On the way in each direction, at the most, in ms. */
  readonly delayMs: number;
  /** The connection breaks about this often; null: it holds. */
  readonly cutEveryS: number | null;
}

export interface Character {
  readonly name: string;
  readonly labels: readonly string[];
  readonly habit: Habit;
  readonly link: Link;
  /** Version of the program that it begins with. */
  readonly executable: string;
  readonly where: { readonly lat: number; readonly lon: number };
  /** For what it draws itself while it runs. */
  readonly seed: number;
}

/** Parts of the fleet, 0 to 1. */
export interface Shares {
  readonly silent: number;
  readonly refuses: number;
  readonly reverts: number;
  readonly waits: number;
  /** Of boxes behind a bad line; three times as many have a slow one. */
  readonly badLinks: number;
}

/** Plainly well: what a bench measures. */
export const noTrouble: Shares = { silent: 0, refuses: 0, reverts: 0, waits: 0, badLinks: 0 };

const good: Link = { delayMs: 0, cutEveryS: null };
const slow: Link = { delayMs: 2000, cutEveryS: null };
const bad: Link = { delayMs: 5000, cutEveryS: 90 };
const regions = ['north', 'south', 'east', 'west'];
const versions = { newest: '0.1.0', before: '0.0.9' };

/** The first of them are the same for every `count`. */
export function charactersOf(count: number, seed: number, shares: Shares): readonly Character[] {
  const digits = Math.max(4, `${count}`.length);
  return Array.from({ length: count }, (_, i): Character => {
    const dice = diceOf(seed * 1_000_003 + i);
    const { silent, refuses, reverts, waits, badLinks } = shares;
    const plain = Math.max(0, 1 - silent - refuses - reverts - waits);
    const worse = Math.min(1, badLinks * 4);
    return {
      name: `box-${`${i + 1}`.padStart(digits, '0')}`,
      habit: habits[dice.weighted([plain, silent, refuses, reverts, waits])] ?? 'plain',
      link: [good, slow, bad][dice.weighted([1 - worse, worse * 0.75, worse * 0.25])] ?? good,
      labels: [dice.pick(regions), dice.pick(['gas', 'gas', 'camera']), ...(i % 50 === 0 ? ['canary'] : [])],
      executable: dice.chance(0.9) ? versions.newest : versions.before,
      where: { lat: 44.5 + dice.between(-1, 1), lon: 73.4 + dice.between(-1.5, 1.5) },
      seed: dice.whole(1, 2 ** 30),
    };
  });
}
