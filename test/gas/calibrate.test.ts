import test from 'ava';
import { runStep } from '../../daemons/core/flow/scan.ts';
import type { LinearFit } from '../../daemons/core/values/calibration.ts';
import { type Conversion, calibrate, freshCalibrate } from '../../daemons/gas/calibrate.ts';
import { reading } from '../support/readings.ts';

const fit: LinearFit = {
  kind: 'linear',
  intercept: 1,
  terms: [
    { channel: 'a/x', coefficient: 2 },
    { channel: 'b/y', coefficient: 3 },
  ],
  covariance: [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ],
  residual: 0.5,
  spans: [0, 100],
};
const pair: Conversion = {
  sensor: 'a',
  quantity: 'q',
  unit: 'mg/m3',
  inputs: ['a/x', 'b/y'],
  uInputs: [0, 0],
  factoryU: null,
  record: { id: 'cal-1', validUntilMs: Number.POSITIVE_INFINITY, fit },
};

test('a quantity of two channels is given once both are new', (t) => {
  const [, out] = runStep(calibrate, freshCalibrate([pair]), [
    reading('a', 'x', 1, 0),
    reading('b', 'y', 2, 0),
    reading('a', 'x', 3, 1),
    reading('a', 'x', 4, 1.5),
    reading('b', 'y', 5, 2),
  ]);
  t.deepEqual(
    out.map((one) => one.value),
    [1 + 2 + 6, 1 + 8 + 15],
  );
  t.deepEqual(
    out.map((one) => one.u),
    [0.5, 0.5],
  );
});

test('a gap in one channel is a gap in the quantity, with its reason', (t) => {
  const [, out] = runStep(calibrate, freshCalibrate([pair]), [reading('a', 'x', 1), reading('b', 'y', null)]);
  t.like(out[0], { value: null, u: null, calibration: 'cal-1', flags: ['timeout'] });
});

test('without a record the reading goes on, flagged, with no claim of uncertainty', (t) => {
  const [, out] = calibrate(
    freshCalibrate([{ ...pair, inputs: ['a/x'], uInputs: [0], record: null }]),
    reading('a', 'x', 4.2),
  );
  t.like(out, { value: 4.2, u: null, flags: ['uncalibrated'], calibration: null });
});

test('an expired record still converts: it degrades the claim and silences nothing', (t) => {
  const expired = { ...pair, record: { id: 'cal-0', validUntilMs: 0, fit } };
  const [, out] = runStep(calibrate, freshCalibrate([expired]), [reading('a', 'x', 1), reading('b', 'y', 2)]);
  t.like(out[0], { value: 9, flags: ['calibration-expired'] });
});

test('a value far outside the calibrated span is flagged and not clamped, below zero too', (t) => {
  const [, out] = runStep(calibrate, freshCalibrate([pair]), [reading('a', 'x', -30), reading('b', 'y', 0)]);
  t.like(out[0], { value: -59, flags: ['extrapolated'] });
});

test('a reading that no quantity asks for is passed over', (t) => {
  t.is(calibrate(freshCalibrate([pair]), reading('z', 'z', 1)).length, 1);
});
