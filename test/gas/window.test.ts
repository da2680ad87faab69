import test from 'ava';
import { runStep } from '../../daemons/core/flow/scan.ts';
import type { Measurement } from '../../daemons/core/values/measurement.ts';
import { freshWindow, median, type WindowOptions, window } from '../../daemons/gas/window.ts';
import { stampAt } from '../support/readings.ts';

const options: WindowOptions = {
  samples: 4,
  array: ['mox-1', 'mox-2'],
  temperature: 'temperature',
  humidity: 'absolute-humidity',
  learnWindows: 2,
  band: 0.1,
  follow: 0.5,
};
const one = (quantity: string, value: number | null, seconds: number): Measurement => ({
  sensor: 'array',
  quantity,
  at: stampAt(seconds),
  value,
  unit: '1',
  u: null,
  flags: value === null ? ['timeout'] : [],
  calibration: null,
});
const full = (level: number, from: number): Measurement[] =>
  Array.from({ length: 4 }, (_, i) => [one('mox-1', level, from + i), one('mox-2', level * 2, from + i)]).flat();
const run = (measurements: readonly Measurement[]) =>
  runStep(window(options), freshWindow(options, null), measurements);

test('the first windows teach the baseline and are not judged', (t) => {
  const [state, out] = run([...full(1, 0), ...full(1.1, 4)]);
  t.deepEqual(out, []);
  t.deepEqual(
    state.baseline.levels.map((level) => Number(level.toFixed(3))),
    [1.05, 2.1],
  );
});

test('a window is given when every element is full', (t) => {
  const [, out] = run([...full(1, 0), ...full(1, 4), ...full(1, 8)]);
  t.is(out.length, 1);
  t.deepEqual(
    out[0]?.window.ratios.map((ratios) => [...ratios]),
    [
      [1, 1, 1, 1],
      [2, 2, 2, 2],
    ],
  );
  t.deepEqual([...(out[0]?.window.baseline ?? [])], [1, 2]);
});

test('a quiet window moves the baseline, a window out of its band leaves it', (t) => {
  const [quiet] = run([...full(1, 0), ...full(1, 4), ...full(1.05, 8)]);
  t.deepEqual(
    quiet.baseline.levels.map((level) => Number(level.toFixed(4))),
    [1.025, 2.05],
  );
  const [loud] = run([...full(1, 0), ...full(1, 4), ...full(0.5, 8), ...full(0.5, 12), ...full(0.5, 16)]);
  t.deepEqual(loud.baseline.levels, [1, 2]);
});

test('a baseline that was recalled is used at once: a restart in a plume does not learn the plume', (t) => {
  const fresh = freshWindow(options, { learned: 2, levels: [1, 2] });
  const [state, out] = runStep(window(options), fresh, full(0.4, 0));
  t.is(out.length, 1);
  t.deepEqual(state.baseline.levels, [1, 2]);
});

test('a recalled baseline of another array is not used', (t) => {
  t.is(freshWindow(options, { learned: 2, levels: [1, 2, 3] }).baseline.learned, 0);
});

test('gaps stay gaps in the window, and their flag goes on', (t) => {
  const gappy = full(1, 8).map((measurement, i) =>
    i === 2 ? { ...measurement, value: null, flags: ['timeout'] as const } : measurement,
  );
  const [, out] = run([...full(1, 0), ...full(1, 4), ...gappy]);
  t.deepEqual(out[0]?.flags, ['timeout']);
  t.deepEqual([...(out[0]?.window.ratios[0] ?? [])], [1, Number.NaN, 1, 1]);
});

test('the median passes over gaps', (t) => {
  t.is(median(Float64Array.of(3, Number.NaN, 1)), 2);
  t.is(median(Float64Array.of(Number.NaN)), Number.NaN);
});

test('air that did not come from the inlet teaches the baseline nothing', (t) => {
  const blind = (some: readonly Measurement[]): Measurement[] =>
    some.map((each) => ({ ...each, flags: ['line-blocked', 'not-measured'] }));
  t.is(run(blind([...full(1, 0), ...full(1, 4)]))[0].baseline.learned, 0);
  const [state, out] = run([...full(1, 0), ...full(1, 4), ...blind(full(1.08, 8))]);
  t.deepEqual(state.baseline.levels, [1, 2]);
  t.is(out.length, 1, 'it is looked at all the same');
});
