import test from 'ava';
import { historyOf } from '../../../daemons/core/calibration/history.ts';
import type { CalibrationRecord, Unsealed } from '../../../daemons/core/ports/calibrations.ts';
import { adjustmentOf, bumpOf, checkOf } from '../../support/calibration-records.ts';

const sealed = (record: Unsealed): CalibrationRecord => ({ ...record, seal: null }) as CalibrationRecord;
const zero = { applied: 0, uApplied: 0, read: 0.4, uRead: 0.03, shown: 0.1, uShown: 0.05 };
const span = (read: number, shown: number) => ({ applied: 25, uApplied: 0.5, read, uRead: 0.03, shown, uShown: 0.6 });

test('sensitivity, zero and T90 of a part over its life, oldest first, whatever the order of the records', (t) => {
  const records = [
    sealed(checkOf('later', { atMs: 3000, points: [zero, span(15.4, 18.75)], verdict: 'failed', reasons: ['weak'] })),
    sealed(adjustmentOf('first', { atMs: 1000 })),
    sealed(bumpOf('bump', { atMs: 2000 })),
    sealed(adjustmentOf('of another', { serial: 'SN-2', atMs: 1500 })),
  ];
  const [one, other] = historyOf(records);
  t.is(historyOf(records).length, 2);
  t.is(other?.serial, 'SN-2');
  t.deepEqual(
    one?.series.sensitivity?.map(({ atMs, value, record }) => [atMs, Number(value.toFixed(6)), record]),
    [
      [1000, 0.8, 'first'],
      [3000, 0.6, 'later'],
    ],
  );
  t.is(Number(one?.sensitivityLeft?.toFixed(6)), 0.75);
  t.deepEqual(
    one?.series.zero?.map(({ value }) => value),
    [0.4, 0.4],
  );
  t.like(one?.series['span-as-found']?.[0], { value: 0.75, record: 'later' });
  t.like(one?.series.t90?.[0], { atMs: 2000, value: 18, kind: 'bump' });
  t.deepEqual(one?.failures, [{ atMs: 3000, record: 'later', reasons: ['weak'] }]);
});

test('what an adjustment found counts before what it left', (t) => {
  const record = sealed(adjustmentOf('a', { asFound: [zero, span(10.4, 12.5)] }));
  t.is(Number(historyOf([record])[0]?.series.sensitivity?.[0]?.value.toFixed(6)), 0.4);
});

test('exposure joins the history of its part', (t) => {
  const exposed = { serial: 'SN-1', quantity: 'ammonia', atMs: 5000, doseHours: 12, condensationHours: 3 };
  const [one] = historyOf([sealed(adjustmentOf('a'))], [exposed, { ...exposed, serial: 'SN-9' }]);
  t.deepEqual(
    one?.series.dose?.map(({ value }) => value),
    [12],
  );
  t.deepEqual(
    one?.series.condensation?.map(({ value }) => value),
    [3],
  );
});
