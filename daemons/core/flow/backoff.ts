export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * Delays before each next try: doubling up to `mostMs`, each drawn evenly between half and all of it, so that a thousand
 * boxes that lost the same broker do not come back in the same second. Endless; `random` gives numbers in [0, 1).
 */
export function* backoff({ firstMs, mostMs }: Backoff, random: () => number): Generator<number, never> {
  let nextMs = firstMs;
  for (;;) {
    yield nextMs * (0.5 + 0.5 * random());
    nextMs = Math.min(mostMs, nextMs * 2);
  }
}
