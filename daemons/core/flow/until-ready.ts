import type { Clock } from '../ports/clock.ts';

export interface Readiness {
  /** What the part may take, from now on. */
  readonly withinMs: number;
  /** Between two questions. */
  readonly everyMs: number;
  /** What is waited for, as the clock's sleep names it. */
  readonly what: string;
}

/**
 * Asks a part until it gives something else than null. Null when it is late: it was asked after its time and still was not
 * ready. A question before that time whose answer came after it says nothing: this process stood still, or the bus was busy.
 * Errors: those of `ask`.
 */
export async function untilReady<T>(
  clock: Clock,
  { withinMs, everyMs, what }: Readiness,
  ask: () => Promise<T | null>,
): Promise<T | null> {
  const giveUpNs = clock.now().monoNs + withinMs * 1e6;
  for (;;) {
    const askedNs = clock.now().monoNs;
    const said = await ask();
    if (said !== null || askedNs > giveUpNs) return said;
    await clock.sleep(everyMs, what);
  }
}
