import test from 'ava';
import fc from 'fast-check';
import { freshWear, judgeMs, type WearOptions, type WearState, wearStep } from '../../../daemons/core/wear/budget.ts';
import { lifeYears, storageSection } from '../../../daemons/core/wear/life.ts';
import { watchWear } from '../../../daemons/core/wear/watch.ts';

const options: WearOptions = { mbPerDay: 100, maxHoldMs: 60_000, holdMs: 10_000 };
const bytesIn = (ms: number, mbPerDay: number): number => (mbPerDay * 1e6 * ms) / 86_400_000;

/** Looks every minute for `days` at a daemon that writes `mbOf(hold)` MB a day under the hold it is given. */
function live(
  setup: WearOptions,
  mbOf: (holdMs: number) => number,
  days: number,
): { holds: number[]; state: WearState } {
  let bytes = 0;
  let state = freshWear(setup, 0, 0);
  const holds = [state.holdMs];
  for (let ms = 60_000; ms <= days * 86_400_000; ms += 60_000) {
    bytes += bytesIn(60_000, mbOf(state.holdMs));
    const step = wearStep(setup, state, ms, bytes);
    state = step.state;
    if (step.changed) holds.push(state.holdMs);
  }
  return { holds, state };
}

test('a daemon within its budget keeps the hold of its profile', (t) => {
  t.deepEqual(live(options, () => 99, 3).holds, [10_000]);
});

test('a daemon over its budget holds telemetry twice as long, step by step, up to the stated limit', (t) => {
  t.deepEqual(live(options, () => 1000, 3).holds, [10_000, 20_000, 40_000, 60_000]);
});

test('the burst of a start is not judged before half an hour', (t) => {
  const step = wearStep(options, freshWear(options, 0, 0), judgeMs - 1, 1e9);
  t.is(step.changed, null);
});

test('a daemon that has become quiet goes back to the hold of its profile', (t) => {
  const { state } = live(options, () => 1000, 1);
  let now = state;
  const holds: number[] = [];
  let bytes = state.fromBytes;
  for (let ms = state.fromMs + 60_000; ms < state.fromMs + 86_400_000; ms += 60_000) {
    bytes += bytesIn(60_000, 1);
    const step = wearStep(options, now, ms, bytes);
    now = step.state;
    if (step.changed) holds.push(now.holdMs);
  }
  t.deepEqual(holds, [30_000, 15_000, 10_000]);
});

test('whatever a commit costs, the hold settles and never swings, within the profile’s hold and the limit', (t) => {
  fc.assert(
    fc.property(
      fc.record({
        base: fc.double({ min: 0, max: 200, noNaN: true }),
        perCommit: fc.double({ min: 0, max: 2000, noNaN: true }),
        holdMs: fc.integer({ min: 0, max: 60_000 }),
        maxHoldMs: fc.integer({ min: 0, max: 600_000 }),
      }),
      ({ base, perCommit, holdMs, maxHoldMs }) => {
        const setup = { mbPerDay: 100, maxHoldMs, holdMs };
        const { holds } = live(setup, (hold) => base + (perCommit * 10_000) / Math.max(hold, 1000), 2);
        const ups = holds.slice(1).map((hold, i) => hold > (holds[i] ?? 0));
        return ups.every(Boolean) && holds.every((hold) => hold <= Math.max(holdMs, maxHoldMs));
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

test('the life of a card: its size times its cycles over what is programmed a day; unknown without a size', (t) => {
  const storage = storageSection.parse({ cycles: 500, amplification: 8 });
  t.true(Math.abs((lifeYears(storage, 32e9, 1e9) ?? 0) - 5.476) < 0.001);
  t.is(lifeYears(storage, null, 1e9), null);
  t.true(Math.abs((lifeYears({ ...storage, capacityGb: 16 }, 32e9, 1e9) ?? 0) - 2.738) < 0.001);
});

test('a look tells rates, the hold and the life, and news only when the hold changes', (t) => {
  let bytes = 0;
  const look = watchWear({
    daemon: 'gas',
    counters: { read: () => ({ processBytes: bytes, device: { name: 'card', bytes: 4 * bytes, sizeBytes: 32e9 } }) },
    budget: { mbPerDay: 100, maxHoldMs: 60_000 },
    storage: storageSection.parse({}),
    holdMs: 10_000,
  });
  t.deepEqual(look(0), {
    detail: { mbPerDay: null, deviceMbPerDay: null, budgetMbPerDay: 100, telemetryHoldMs: 10_000, lifeYears: null },
    holdMs: null,
    news: null,
  });
  bytes = bytesIn(3_600_000, 250);
  const { detail, holdMs, news } = look(3_600_000);
  t.deepEqual(detail, {
    mbPerDay: 250,
    deviceMbPerDay: 1000,
    budgetMbPerDay: 100,
    telemetryHoldMs: 20_000,
    lifeYears: 5.5,
  });
  t.is(holdMs, 20_000);
  t.like(news, { type: 'wear-budget', severity: 'warning' });
});
