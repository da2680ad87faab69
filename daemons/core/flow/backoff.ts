export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
  /** Over this long the first tries of all boxes that lost the same broker are spread; see `spreadOf`. 0: no spreading. */
  readonly spreadMs?: number;
}

/**
 * Delays before each next try: doubling up to `mostMs`, each drawn evenly between half and all of it, so that a thousand
 * boxes that lost the same broker do not come back in the same second. With `spreadMs` the first is drawn evenly from all
 * of that window, and the next ones double from twice the window: at no moment do N boxes try more often than N/window,
 * however long the broker stays away. Endless; `random` gives numbers in [0, 1).
 */
export function* backoff({ firstMs, mostMs, spreadMs = 0 }: Backoff, random: () => number): Generator<number, never> {
  let nextMs = firstMs;
  if (2 * spreadMs > firstMs) {
    yield spreadMs * random();
    nextMs = 2 * spreadMs;
  }
  const top = Math.max(mostMs, 2 * spreadMs);
  for (;;) {
    yield nextMs * (0.5 + 0.5 * random());
    nextMs = Math.min(top, nextMs * 2);
  }
}

/**
 * The window, in ms, over which a fleet must spread its tries so that in no second there are more than `attemptsPerS`.
 * Tries drawn at random crowd by chance: the mean is kept five standard deviations (Poisson) below the limit.
 */
export function spreadOf(fleet: number, attemptsPerS: number): number {
  const root = (Math.sqrt(25 + 4 * attemptsPerS) - 5) / 2;
  return fleet <= 1 ? 0 : (1000 * fleet) / root ** 2;
}
