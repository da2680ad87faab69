import test from 'ava';
import fc from 'fast-check';
import { drift } from '../../../daemons/core/clock/bound.ts';
import { type Correction, correct, correctionOf } from '../../../daemons/core/clock/correct.ts';
import type { Stamp } from '../../../daemons/core/values/stamp.ts';

const boot = 'boot-1';
const trueMs = Date.UTC(2026, 10, 24);
const twoWeeksMs = 14 * 86_400_000;
const stampAt = (seconds: number, wallMs = 0, uncertaintyMs: number | null = null): Stamp => ({
  wallMs,
  monoNs: seconds * 1e9,
  boot,
  synced: uncertaintyMs !== null,
  uncertaintyMs,
});
const anchor = (source: string, seconds: number, uncertaintyMs: number, offMs = 0): Correction => ({
  boot,
  source,
  monoNs: seconds * 1e9,
  wallMs: trueMs + seconds * 1000 + offMs,
  uncertaintyMs,
});

test('a time in 1970 is corrected by what was learnt later in the boot, as far as the oscillator can be trusted', (t) => {
  const { wallMs, uncertaintyMs } = correct(stampAt(10, 10_000), [anchor('gnss', 3610, 5)]);
  t.is(wallMs, trueMs + 10_000);
  t.true(Math.abs((uncertaintyMs ?? 0) - 365) < 1e-6);
});

test('corrections of another boot say nothing, and without any a time is as it was claimed', (t) => {
  const other = { ...anchor('gnss', 20, 5), boot: 'boot-2' };
  t.deepEqual(correct(stampAt(10, 10_000), [other]), { wallMs: 10_000, uncertaintyMs: null, disputed: false });
});

test('a bound stated at the time stands when nothing contradicts it', (t) => {
  const claim = stampAt(10, trueMs + 10_004, 5);
  t.deepEqual(correct(claim, [anchor('gnss', 3610, 5)]), {
    wallMs: trueMs + 10_004,
    uncertaintyMs: 5,
    disputed: false,
  });
});

test('a bound stated at the time falls when a later correction contradicts it', (t) => {
  const { wallMs } = correct(stampAt(10, trueMs + 10_000 - twoWeeksMs, 5), [anchor('gnss', 60, 5)]);
  t.is(wallMs, trueMs + 10_000);
});

test('of one source that contradicts itself the latest word counts', (t) => {
  const { wallMs, uncertaintyMs, disputed } = correct(stampAt(10), [
    anchor('gnss', 20, 5, -twoWeeksMs),
    anchor('gnss', 60, 5),
  ]);
  t.is(wallMs, trueMs + 10_000);
  t.true((uncertaintyMs ?? 0) < 11);
  t.false(disputed);
});

test('two sources that contradict each other: the later one is believed, and the bound holds the other', (t) => {
  const { wallMs, uncertaintyMs, disputed } = correct(stampAt(10), [
    anchor('chrony', 20, 5, -twoWeeksMs),
    anchor('gnss', 60, 5),
  ]);
  t.true(disputed);
  t.is(wallMs, trueMs + 10_000);
  t.true((uncertaintyMs ?? 0) >= twoWeeksMs);
});

test('a suspend between a time and its correction is counted', (t) => {
  const asleep: Correction = { boot, monoNs: 30e9, suspendedMs: 3_600_000, uncertaintyMs: 20 };
  const found = anchor('gnss', 60, 5, 3_600_000);
  t.is(correct(stampAt(10), [asleep, found]).wallMs, trueMs + 10_000);
  t.is(correct(stampAt(40), [asleep, found]).wallMs, trueMs + 40_000 + 3_600_000);
});

test('events that cannot be read as a correction are none', (t) => {
  const detail = { boot, monoNs: 1, wallMs: 2, uncertaintyMs: 3, source: 'gnss' };
  t.like(correctionOf({ type: 'clock-corrected', detail }), detail);
  t.is(correctionOf({ type: 'clock-corrected', detail: { ...detail, uncertaintyMs: -1 } }), null);
  t.is(correctionOf({ type: 'health', detail }), null);
});

/** Seconds of a boot, in whole milliseconds: closer than that a double of nanoseconds cannot tell two moments apart. */
const moment = fc.integer({ min: 0, max: 40 * 86_400_000 }).map((ms) => ms / 1000);

/**
 * A boot with an oscillator that is wrong within `drift`, suspends, true sources, one that lies, and times at random.
 * Lies are larger than any drift here: a small one cannot be told from a bad oscillator.
 */
const boots = fc.record({
  rate: fc.double({ min: -drift, max: drift, noNaN: true }),
  times: fc.array(moment, { minLength: 2, maxLength: 20 }),
  truths: fc.array(
    fc.record({
      seconds: moment,
      uncertaintyMs: fc.double({ min: 0, max: 5000, noNaN: true }),
      error: fc.double({ min: -1, max: 1, noNaN: true }),
      source: fc.constantFrom('gnss', 'chrony'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  lies: fc.array(
    fc.record({
      seconds: moment,
      offMs: fc.constantFrom(-twoWeeksMs, twoWeeksMs, -trueMs),
    }),
    { maxLength: 2 },
  ),
  suspends: fc.array(
    fc.record({
      seconds: moment,
      ms: fc.double({ min: 200, max: 1e8, noNaN: true }),
    }),
    { maxLength: 2 },
  ),
});

test('whatever the oscillator, suspends and one lying source did: the truth is in the interval and the order stands', (t) => {
  fc.assert(
    fc.property(boots, ({ rate, times, truths, lies, suspends }) => {
      const slept = (seconds: number): number =>
        suspends.reduce((sum, one) => sum + (one.seconds <= seconds ? one.ms : 0), 0);
      const truth = (seconds: number): number => trueMs + seconds * 1000 * (1 + rate) + slept(seconds);
      const corrections: Correction[] = [
        ...truths.map(({ seconds, uncertaintyMs, error, source }) => ({
          boot,
          source,
          monoNs: seconds * 1e9,
          wallMs: truth(seconds) + error * uncertaintyMs,
          uncertaintyMs,
        })),
        ...lies.map(({ seconds, offMs }) => ({
          boot,
          source: 'liar',
          monoNs: seconds * 1e9,
          wallMs: truth(seconds) + offMs,
          uncertaintyMs: 1,
        })),
        ...suspends.map(({ seconds, ms }) => ({ boot, monoNs: seconds * 1e9, suspendedMs: ms, uncertaintyMs: 20 })),
      ];
      const ordered = times.toSorted((a, b) => a - b);
      const found = ordered.map((seconds) => correct(stampAt(seconds), corrections));
      for (const [i, { wallMs, uncertaintyMs }] of found.entries()) {
        const is = truth(ordered[i] ?? 0);
        if (uncertaintyMs === null || Math.abs(wallMs - is) > uncertaintyMs + 0.01) return false;
        if (i > 0 && wallMs < (found[i - 1]?.wallMs ?? 0) - 0.01) return false;
      }
      return true;
    }),
    {
      numRuns: 2000,
      examples: [
        [
          {
            // On the edge of what agrees, where rounding answered differently for two stamps.
            rate: 0.00009999996815535095,
            times: [0.04341906738281251, 0],
            truths: [
              { seconds: 7436.540473508799, uncertaintyMs: 0, error: 0, source: 'gnss' },
              { seconds: 0, uncertaintyMs: 0, error: 0, source: 'gnss' },
            ],
            lies: [],
            suspends: [],
          },
        ],
      ],
    },
  );
  t.pass();
});
