import test from 'ava';
import fc from 'fast-check';
import { backoff, spreadOf } from '../../../daemons/core/flow/backoff.ts';

/** Numbers in [0, 1), always the same for a seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Moments of the tries of `boxes` in the first `forMs` after all lost a broker that does not come back, in order. */
function tries(boxes: number, pace: Parameters<typeof backoff>[0], forMs: number): number[] {
  const random = numbers(7);
  const moments: number[] = [];
  for (let box = 0; box < boxes; box++) {
    let atMs = 0;
    for (const delay of backoff(pace, random)) {
      atMs += delay;
      if (atMs > forMs) break;
      moments.push(atMs);
    }
  }
  return moments.sort((a, b) => a - b);
}

/** The most tries in any second, wherever that second begins. */
function peakPerS(moments: readonly number[]): number {
  let first = 0;
  return moments.reduce((peak, moment, i) => {
    while (moment - (moments[first] ?? 0) >= 1000) first += 1;
    return Math.max(peak, i - first + 1);
  }, 0);
}

test('a fleet that lost one broker never tries more often than the limit, in no second of a quarter of an hour', (t) => {
  for (const [fleet, limit] of [
    [5000, 200],
    [5000, 50],
    [300, 20],
  ] as const) {
    const pace = { firstMs: 250, mostMs: 60_000, spreadMs: spreadOf(fleet, limit) };
    const peak = peakPerS(tries(fleet, pace, 900_000));
    t.true(peak <= limit, `${fleet} boxes: ${peak} tries in a second, the limit is ${limit}`);
    t.true(peak > limit / 3, `${fleet} boxes: ${peak}, far below ${limit}: boxes wait longer than they must`);
  }
});

test('without spreading the same fleet tries all at once', (t) => {
  t.true(peakPerS(tries(5000, { firstMs: 250, mostMs: 60_000 }, 60_000)) > 5000);
});

test('a box alone does not wait for a fleet', (t) => {
  t.is(spreadOf(1, 200), 0);
});

test('every box tries within the window, and then again after one to two of it', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 100_000 }), fc.nat(), (spreadMs, seed) => {
      const delays = backoff({ firstMs: 250, mostMs: 1000, spreadMs }, numbers(seed));
      t.true(delays.next().value < spreadMs);
      for (let i = 0; i < 20; i++) {
        const delay = delays.next().value;
        t.true(delay >= spreadMs && delay <= 2 * spreadMs);
      }
    }),
  );
});
