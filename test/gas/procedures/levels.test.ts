import test from 'ava';
import type { Adjustment } from '../../../daemons/core/values/calibration.ts';
import { fitTwoPoint } from '../../../daemons/gas/fit.ts';
import { fitOf } from '../../../daemons/gas/procedures/fitted.ts';
import { type GasChoice, refusalOf } from '../../../daemons/gas/procedures/gases.ts';
import { apply, begin, options, rig, stageOf } from '../../support/procedure-rig.ts';

const gas = (applied: number) => ({ applied, uApplied: Math.max(0.01, 0.01 * applied) });
const tolerances = { tolerance: 0.1, zeroTolerance: 2.5, unit: 'ppm' };
const manyLevels = { gases: { ...options.gases, further: [gas(50), gas(100)] } };

test('further levels are taken after zero and span, and all of them make the fit', (t) => {
  const one = rig(manyLevels);
  begin(one);
  for (const ppm of [0, 25, 0, 25, 50, 100]) apply(one, ppm);
  t.is(stageOf(one), 'as-left');
  t.true((one.state.fit?.spans[1] ?? 0) > 99);
  apply(one, 10);
  t.deepEqual(one.outputs, [{ type: 'keep' }]);
  t.deepEqual(
    one.state.taken.filter(({ stage }) => stage === 'adjust-level').map(({ applied }) => applied),
    [50, 100],
  );
});

test('a level that is off the line ends it, and says which one', (t) => {
  const one = rig(manyLevels);
  begin(one);
  // The cylinder of 100 holds 80.
  for (const ppm of [0, 25, 0, 25, 50, 80]) apply(one, ppm);
  t.is(one.state.ending?.reason, 'levels');
  t.regex(one.state.ending?.why ?? '', /the point at \d+ is .* standard uncertainties off the line/);
  t.deepEqual(one.outputs, []);
});

/** As it was two years ago, when the instrument read zero + 1.1 times the gas. */
const before = {
  fit: fitTwoPoint('nh3/ammonia', { ...gas(0), read: 0, uRead: 0.01 }, { ...gas(25), read: 27.5, uRead: 0.01 }),
} as Adjustment;
const gainOnly = {
  gases: { ...options.gases, zero: null },
  fit: fitOf({ channel: 'nh3/ammonia', before, gainOnly: true, tolerances }),
};

/** The rig shows what it reads: so does a box whose calibration is the line y = x. */
test('a gain alone asks for span and second level, and is adjusted where both agree', (t) => {
  const one = rig(gainOnly, 0.8, 0);
  begin(one);
  t.deepEqual(
    one.proc.stages.map(({ name }) => name).filter((name) => /as-|adjust/.test(name)),
    ['as-found-span', 'adjust-span', 'as-left'],
  );
  for (const ppm of [25, 25, 10]) apply(one, ppm);
  t.deepEqual(one.outputs, [{ type: 'keep' }]);
  const coefficient = one.state.fit?.terms[0]?.coefficient ?? 0;
  t.true(Math.abs(coefficient - 1.25 / 1.1) < 0.01, String(coefficient));
});

test('a gain alone that is wrong at its second level is refused in words', (t) => {
  const one = rig(gainOnly, 0.8, 0);
  begin(one);
  for (const ppm of [25, 25, 14]) apply(one, ppm);
  t.is(one.state.ending?.reason, 'levels');
  t.regex(
    one.state.ending?.why ?? '',
    /one gain: times 1\.\d+, and at the second level .* the previous calibration stands/,
  );
  t.deepEqual(one.outputs, []);
});

test('a gain alone without a second level, and two gases of one level, are refused before anything begins', (t) => {
  const cylinder = (id: string, applied: number) => ({
    id,
    gas: 'ammonia',
    applied,
    unit: 'ppm',
    lot: 'L',
    certificate: 'C',
    expiresMs: 1e15,
    balance: null,
    humidity: null,
    uRelative: null,
    for: [],
  });
  const use = { quantity: 'ammonia', unit: 'ppm', metalOxide: false, nowMs: 0 };
  const choice: GasChoice = {
    kind: 'adjustment',
    zero: null,
    span: cylinder('b', 25),
    further: [],
    second: null,
    gainOnly: true,
    reason: null,
  };
  t.regex(refusalOf(choice, use) ?? '', /choose gas at a second level/);
  t.is(refusalOf({ ...choice, second: cylinder('c', 10) }, use), null);
  const whole = { ...choice, zero: cylinder('a', 0), gainOnly: false, further: [cylinder('d', 26)] };
  t.regex(refusalOf(whole, use) ?? '', /d is at the same level as b/);
});
