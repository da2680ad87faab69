import { seeded, uniform } from '../../daemons/tools/simulate/random.ts';

/** Numbers in [0, 1), the same in every run with the same seed. */
export function numbersOf(seed: number): () => number {
  let random = seeded(seed);
  return () => {
    const [number, next] = uniform(random);
    random = next;
    return number;
  };
}
