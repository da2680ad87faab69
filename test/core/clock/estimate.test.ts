import test from 'ava';
import { doubtfulMs, flagClock, looseBound } from '../../../daemons/core/clock/bound.ts';
import {
  advance,
  type ClockInput,
  type ClockState,
  floorAt,
  freshClock,
  tell,
} from '../../../daemons/core/clock/estimate.ts';
import type { ClockNews } from '../../../daemons/core/ports/clock.ts';
import type { ClockPair, TimeFix } from '../../../daemons/core/ports/time-source.ts';
import { decodeTelemetry } from '../../../daemons/core/telemetry/decode.ts';
import { encodeTelemetry } from '../../../daemons/core/telemetry/encode.ts';
import type { Stamp } from '../../../daemons/core/values/stamp.ts';

const trueMs = Date.UTC(2026, 10, 24);
const twoWeeksMs = 14 * 86_400_000;
const boot = 'boot-1';

/** `seconds` after the boot, at true time zero = `trueMs`; the system's clock is off by `offMs`. */
const at = (seconds: number, offMs = 0): ClockPair => ({
  monoNs: seconds * 1e9,
  systemMs: trueMs + seconds * 1000 + offMs,
});
const unset = (seconds: number): ClockPair => ({ monoNs: seconds * 1e9, systemMs: seconds * 1000 });
const fix = (source: string, seconds: number, uncertaintyMs: number, offMs = 0): TimeFix => ({
  source,
  monoNs: seconds * 1e9,
  wallMs: trueMs + seconds * 1000 + offMs,
  uncertaintyMs,
  steers: source !== 'gnss',
});

function play(state: ClockState, inputs: readonly ClockInput[]): [ClockState, ClockNews[]] {
  const news: ClockNews[] = [];
  let now = state;
  for (const input of inputs) {
    const [next, ...said] = advance(now, input);
    now = next;
    news.push(...said);
  }
  return [now, news];
}
const types = (news: readonly ClockNews[]): string[] => news.map(({ type }) => type);

test('without a source the time is the system’s and its bound is unknown', (t) => {
  t.deepEqual(tell(freshClock(boot, null), at(5)), {
    wallMs: trueMs + 5000,
    uncertaintyMs: null,
    synced: false,
    source: 'system',
    disputed: false,
  });
});

test('a box without a battery clock that boots in 1970 goes on from the floor, without a bound', (t) => {
  const state = freshClock(boot, { monoNs: 5e9, wallMs: trueMs });
  const told = tell(state, unset(1005));
  t.is(told.source, 'floor');
  t.is(told.uncertaintyMs, null);
  t.true(Math.abs(told.wallMs - (trueMs + 1_000_000)) <= 101);
});

test('a system clock set two weeks back without a source is not believed before the floor', (t) => {
  const state = freshClock(boot, { monoNs: 0, wallMs: trueMs });
  t.true(tell(state, at(100, -twoWeeksMs)).wallMs >= trueMs);
  t.is(tell(state, at(100, twoWeeksMs)).wallMs, trueMs + 100_000 + twoWeeksMs);
});

test('the first fix of a boot is told as a correction, with how far the clock moved', (t) => {
  const [state, news] = play(freshClock(boot, null), [{ kind: 'fix', fix: fix('gnss', 10, 4), at: unset(10) }]);
  t.deepEqual(types(news), ['clock-corrected']);
  t.deepEqual(news[0]?.detail, {
    boot,
    monoNs: 10e9,
    wallMs: trueMs + 10_000,
    uncertaintyMs: 5,
    source: 'gnss',
    stepMs: trueMs,
  });
  t.deepEqual(tell(state, unset(10)), {
    wallMs: trueMs + 10_000,
    uncertaintyMs: 5,
    synced: true,
    source: 'gnss',
    disputed: false,
  });
});

test('a bound grows with the oscillator while the source is silent, and the source stops counting as synchronising', (t) => {
  const [state] = play(freshClock(boot, null), [{ kind: 'fix', fix: fix('gnss', 0, 4), at: at(0) }]);
  t.like(tell(state, at(100)), { uncertaintyMs: 20, synced: true });
  t.like(tell(state, at(86_400)), { uncertaintyMs: 10_000, synced: false });
});

test('GPS first, then NTP that agrees: the better bound is told, nothing is corrected a second time', (t) => {
  const [state, news] = play(freshClock(boot, null), [
    { kind: 'fix', fix: fix('gnss', 10, 90), at: at(10) },
    { kind: 'fix', fix: fix('chrony', 20, 3, 40), at: at(20, 40) },
  ]);
  t.deepEqual(types(news), ['clock-corrected']);
  t.like(tell(state, at(20, 40)), { source: 'chrony', uncertaintyMs: 5, wallMs: trueMs + 20_040, disputed: false });
});

test('GPS and NTP that contradict each other are both in the bound, and an event says so once', (t) => {
  const [state, news] = play(freshClock(boot, null), [
    { kind: 'fix', fix: fix('gnss', 10, 10), at: at(10) },
    { kind: 'fix', fix: fix('chrony', 20, 20, twoWeeksMs), at: at(20, twoWeeksMs) },
    { kind: 'fix', fix: fix('gnss', 21, 10), at: at(21) },
  ]);
  t.deepEqual(types(news), ['clock-corrected', 'clock-disputed']);
  const { wallMs, uncertaintyMs, disputed } = tell(state, at(21));
  t.true(disputed);
  t.true(Math.abs(wallMs - (trueMs + 21_000)) <= (uncertaintyMs ?? 0));
  t.true(Math.abs(wallMs - (trueMs + 21_000 + twoWeeksMs)) <= (uncertaintyMs ?? 0));
});

for (const [how, stepMs] of [
  ['forth', twoWeeksMs],
  ['back', -twoWeeksMs],
] as const) {
  test(`a source that takes back its word by two weeks ${how} is a correction of what was told`, (t) => {
    const [state, news] = play(freshClock(boot, null), [
      { kind: 'fix', fix: fix('gnss', 10, 10, -stepMs), at: at(10) },
      { kind: 'fix', fix: fix('gnss', 70, 10), at: at(70) },
    ]);
    t.deepEqual(types(news), ['clock-corrected', 'clock-corrected']);
    t.like(news[1], { severity: 'warning' });
    t.is(news[1]?.detail.stepMs, stepMs);
    t.is(tell(state, at(70)).wallMs, trueMs + 70_000);
  });

  test(`a system clock set by two weeks ${how} makes its disciplining source's word void until it is asked again`, (t) => {
    const [state] = play(freshClock(boot, null), [
      { kind: 'fix', fix: fix('chrony', 10, 3), at: at(10) },
      { kind: 'stepped' },
    ]);
    t.like(tell(state, at(20, stepMs)), { wallMs: trueMs + 20_000 + stepMs, uncertaintyMs: null, synced: false });
    const [, news] = play(state, [{ kind: 'fix', fix: fix('chrony', 21, 3, stepMs), at: at(21, stepMs) }]);
    t.deepEqual(types(news), ['clock-corrected']);
  });
}

test('a system clock that somebody sets while GPS is followed moves nothing', (t) => {
  const [state, news] = play(freshClock(boot, null), [
    { kind: 'fix', fix: fix('gnss', 10, 3), at: at(10) },
    { kind: 'stepped' },
  ]);
  t.deepEqual(types(news), ['clock-corrected']);
  t.like(tell(state, at(20, twoWeeksMs)), { wallMs: trueMs + 20_000, synced: true });
});

test('time in suspend, which the monotonic clock does not count, is added and told', (t) => {
  const [state, news] = play(freshClock(boot, null), [
    { kind: 'fix', fix: fix('gnss', 10, 3), at: at(10) },
    { kind: 'suspended', ms: 3_600_000, at: at(20) },
  ]);
  t.deepEqual(types(news), ['clock-corrected', 'clock-suspended']);
  const { wallMs, uncertaintyMs } = tell(state, at(20));
  t.is(wallMs, trueMs + 20_000 + 3_600_000);
  t.is(uncertaintyMs, 50);
  const [, later] = play(state, [{ kind: 'fix', fix: fix('gnss', 30, 3, 3_600_000), at: at(30, 3_600_000) }]);
  t.deepEqual(later, []);
});

test('after 104 days, where nanoseconds no longer fit a double, times are still right to the millisecond', (t) => {
  const days = 400 * 86_400;
  t.true(days * 1e9 > Number.MAX_SAFE_INTEGER);
  const [state] = play(freshClock(boot, null), [{ kind: 'fix', fix: fix('gnss', days, 3), at: at(days) }]);
  t.like(tell(state, at(days + 1)), { wallMs: trueMs + (days + 1) * 1000, uncertaintyMs: 5 });
});

test('the floor is below the true time by the bound, and stands still for nobody', (t) => {
  const [state] = play(freshClock(boot, null), [{ kind: 'fix', fix: fix('gnss', 10, 3), at: at(10) }]);
  t.is(floorAt(state, at(10)), trueMs + 10_000 - 5);
  t.is(floorAt(freshClock(boot, null), at(10)), null);
});

test('a bound is rounded up to 1, 2 or 5, never down', (t) => {
  t.deepEqual([0, 1, 1.1, 4, 5, 6, 99, 100, 101, 1.2e9].map(looseBound), [1, 1, 2, 5, 5, 10, 100, 100, 200, 2e9]);
});

test('a value whose time has no bound, or one beyond ten seconds, carries the flag clock and keeps its value', (t) => {
  const stamp = (uncertaintyMs: number | null): Stamp => ({ wallMs: 0, monoNs: 0, boot, synced: false, uncertaintyMs });
  const value = (uncertaintyMs: number | null) => ({ at: stamp(uncertaintyMs), flags: ['stuck' as const], value: 7 });
  t.deepEqual(
    flagClock([value(null), value(doubtfulMs), value(doubtfulMs + 1)]).map(({ flags, value: kept }) => [
      kept,
      ...flags,
    ]),
    [
      [7, 'stuck', 'clock'],
      [7, 'stuck'],
      [7, 'stuck', 'clock'],
    ],
  );
});

test('a clock that steps two weeks in mid-batch: telemetry keeps every value in its order with the time told then', (t) => {
  const [early] = play(freshClock(boot, null), [{ kind: 'fix', fix: fix('gnss', 0, 3, -twoWeeksMs), at: at(0) }]);
  const [late] = play(early, [{ kind: 'fix', fix: fix('gnss', 5, 3), at: at(5) }]);
  const stamps = Array.from({ length: 10 }, (_, i): Stamp => {
    const { wallMs, uncertaintyMs, synced } = tell(i < 5 ? early : late, at(i));
    return { wallMs, monoNs: i * 1e9, boot, synced, uncertaintyMs };
  });
  const body = encodeTelemetry({
    readings: stamps.map((stamp, i) => ({ sensor: 's', channel: 'c', at: stamp, value: i, unit: '', flags: [] })),
    measurements: [],
  });
  const { readings } = decodeTelemetry(body);
  t.deepEqual(
    readings.map(({ value }) => value),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  t.deepEqual(
    readings.map((one) => one.at.wallMs),
    stamps.map(({ wallMs }) => wallMs),
  );
});
