import test from 'ava';
import fc from 'fast-check';
import { runStep } from '../../daemons/core/flow/scan.ts';
import type { Measurement } from '../../daemons/core/values/measurement.ts';
import { dose, exposedOf, freshDose } from '../../daemons/gas/dose.ts';
import { stampAt } from '../support/readings.ts';

const step = dose({ serials: new Map([['nh3', 'SN-1']]), parts: new Set(['nh3/ammonia']) });
const at = (seconds: number, value: number | null, sensor = 'nh3'): Measurement => ({
  sensor,
  quantity: 'ammonia',
  at: stampAt(seconds),
  value,
  unit: 'ppm',
  u: 0.1,
  flags: [],
  calibration: 'c',
});
const totals = (measurements: readonly Measurement[], relativePercent: number | null = null) =>
  exposedOf(runStep(step, { ...freshDose(), relativePercent }, measurements)[0]).at(-1);

test('a steady gas is counted in unit-hours, and only of quantities that are dosed', (t) => {
  const hour = Array.from({ length: 361 }, (_, i) => at(10 * i, 25));
  t.is(Number(totals(hour)?.doseHours.toFixed(9)), 25);
  t.is(totals([at(0, 25, 'air'), at(10, 25, 'air')]), undefined);
});

test('what is below zero takes nothing back, and a gap counts nothing', (t) => {
  t.is(totals([at(0, -5), at(10, -5), at(20, null)])?.doseHours, 0);
  t.is(totals([at(0, 10), at(400, 10)])?.doseHours, 0);
});

test('hours in wet air are counted, those in dry air are not', (t) => {
  const hour = Array.from({ length: 361 }, (_, i) => at(10 * i, 1));
  t.is(Number(totals(hour, 96)?.condensationHours.toFixed(9)), 1);
  t.is(totals(hour, 60)?.condensationHours, 0);
});

test('a dose never falls, and state that went through JSON goes on the same', (t) => {
  const value = fc.oneof(fc.constant(null), fc.double({ min: -50, max: 500, noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 40 }), fc.nat(), (values, where) => {
      const all = values.map((one, i) => at(30 * i, one));
      const cut = where % all.length;
      const [whole] = runStep(step, freshDose(), all);
      const [half] = runStep(step, freshDose(), all.slice(0, cut));
      const recalled = freshDose((JSON.parse(JSON.stringify(half)) as typeof half).doses);
      t.deepEqual(runStep(step, recalled, all.slice(cut))[0].doses, whole.doses);
      t.true((exposedOf(half).at(-1)?.doseHours ?? 0) <= (exposedOf(whole).at(-1)?.doseHours ?? 0));
    }),
    { numRuns: 50 },
  );
});

test('each day leaves its total for the plot', (t) => {
  const days = Array.from({ length: 3 * 1440 }, (_, i) => at(60 * i, 10));
  const [state] = runStep(step, freshDose(), days);
  const series = exposedOf(state);
  t.true(series.length >= 3);
  t.deepEqual(
    series.map(({ doseHours }) => doseHours),
    series.map(({ doseHours }) => doseHours).toSorted((a, b) => a - b),
  );
});
