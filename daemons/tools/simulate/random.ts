/**
 * Random numbers as plain state: the same seed gives the same numbers in every run (Mulberry32, public domain,
 * T. Ettinger). Not for secrets.
 */
export interface Random {
  readonly state: number;
}

/** Nearby seeds are spread, so that they give unlike numbers. */
export const seeded = (seed: number): Random => ({ state: Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) >>> 0 });

/** A number in [0, 1) and the next state. */
export function uniform({ state }: Random): readonly [number, Random] {
  const next = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(next ^ (next >>> 15), next | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return [((t ^ (t >>> 14)) >>> 0) / 2 ** 32, { state: next }];
}

/** A number of mean 0 and standard deviation 1 (Box-Muller), and the next state. */
export function normal(random: Random): readonly [number, Random] {
  const [u, second] = uniform(random);
  const [v, third] = uniform(second);
  return [Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v), third];
}
