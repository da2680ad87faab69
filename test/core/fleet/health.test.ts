import test from 'ava';
import fc from 'fast-check';
import {
  type Health,
  isDue,
  longestHealth,
  parseHealth,
  type Said,
  usualPace,
} from '../../../daemons/core/fleet/health.ts';

const minuteMs = 60_000;
const monthMinutes = 30 * 24 * 60;
const well: Health = {
  ...{ v: 1, atMs: 0, synced: true, load: 0.2, memoryFree: 0.5, storageFree: 0.5, celsius: 50, throttled: [] },
  ...{
    lifeYears: 9,
    certificateMs: 1e12,
    overdue: [],
    waiting: { tele: 3 },
    drops: 0,
    restarts: { gas: 0 },
    flagged: {},
  },
  versions: { fieldpost: '0.1.0' },
};

/** Minutes at which a box says how it is. */
function saidIn(minutes: number, at: (minute: number) => Health): readonly number[] {
  let said: Said | null = null;
  const when: number[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const health = at(minute);
    if (!isDue(said, health, minute * minuteMs, usualPace)) continue;
    said = { health, monoMs: minute * minuteMs };
    when.push(minute);
  }
  return when;
}

test('a quiet box says it once a day', (t) => {
  t.is(saidIn(monthMinutes, (m) => ({ ...well, atMs: m, load: 0.2 + (m % 7) / 10 })).length, 30);
});

test('what raises an alert is said at once, what merely moves waits for six hours', (t) => {
  t.deepEqual(
    saidIn(600, (m) => (m < 100 ? well : { ...well, overdue: ['nh3/ammonia'] })),
    [0, 100],
  );
  t.deepEqual(
    saidIn(600, (m) => (m < 100 ? well : { ...well, restarts: { gas: 1 } })),
    [0, 100],
  );
  t.deepEqual(
    saidIn(600, (m) => (m < 100 ? well : { ...well, celsius: 71 })),
    [0, 360],
  );
  t.deepEqual(
    saidIn(600, (m) => (m < 100 ? well : { ...well, waiting: { tele: 5000 } })),
    [0, 360],
  );
});

test('whatever a box does, a month of it is a bounded number of reports', (t) => {
  const any = fc.record({
    overdue: fc.constantFrom([], ['a'], ['a', 'b']),
    celsius: fc.constantFrom(20, 40, 90, null),
    load: fc.constantFrom(0, 5),
    synced: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1, maxLength: 50 }), (moods) => {
      const said = saidIn(2 * 24 * 60, (m) => ({ ...well, ...moods[m % moods.length] }));
      t.true(said.length <= 49);
      t.true(said.every((minute, i) => i === 0 || minute - (said[i - 1] ?? 0) >= 60));
    }),
    { numRuns: 50 },
  );
});

test('a report reads back, and one that is none is refused by its path', (t) => {
  const text = JSON.stringify(well);
  t.true(text.length < longestHealth);
  t.deepEqual(parseHealth(text), well);
  t.throws(() => parseHealth(JSON.stringify({ ...well, memoryFree: 3 })), { message: /memoryFree/ });
});
