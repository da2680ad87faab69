import test from 'ava';
import fc from 'fast-check';
import { compensation } from '../../daemons/core/config/compensation.ts';
import { runStep } from '../../daemons/core/flow/scan.ts';
import type { Measurement } from '../../daemons/core/values/measurement.ts';
import { type Air, airThen, correct, corrected, noAir } from '../../daemons/gas/climate-correction.ts';
import { absoluteHumidity } from '../../daemons/gas/compensate.ts';
import { adjustmentOf } from '../support/calibration-records.ts';
import { stampAt } from '../support/readings.ts';

const tables = compensation.parse({
  source: 'a sheet, table 1',
  u: 0.02,
  temperature: [
    { c: -20, span: 0.6, zero: -1 },
    { c: 20, span: 1, zero: 0 },
    { c: 40, span: 1.2, zero: 4 },
  ],
  humidity: [
    { gm3: 0, span: 1 },
    { gm3: 20, span: 0.8 },
  ],
  pressure: { exponent: 1 },
});
const air: Air = { temperatureC: 20, humidityGm3: 0, pressureHpa: 1013.25 };

test('in the air of its calibration a value stays as it is', (t) => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  fc.assert(
    fc.property(
      number(-20, 40),
      number(0, 20),
      number(700, 1100),
      number(-5, 500),
      (temperatureC, humidityGm3, pressureHpa, value) => {
        const here = { temperatureC, humidityGm3, pressureHpa };
        const is = corrected(value, { tables, madeIn: here, now: here })?.value ?? Number.NaN;
        t.true(Math.abs(is - value) <= 1e-9 * (1 + Math.abs(value)));
      },
    ),
  );
});

test('what another air made of it is taken out again: zero, then answer', (t) => {
  // 50 at 30 C: 1.1 of the answer and 2 more without gas; at 810.6 hPa four fifths of it.
  const warm = corrected(50 * 1.1 + 2, { tables, madeIn: air, now: { ...air, temperatureC: 30 } });
  t.true(Math.abs((warm?.value ?? 0) - 50) < 1e-9);
  const high = corrected(50 * 0.8, { tables, madeIn: air, now: { ...air, pressureHpa: 810.6 } });
  t.true(Math.abs((high?.value ?? 0) - 50) < 1e-9);
});

test('beyond the tables the last row counts and the value is flagged, without known air it is flagged and left', (t) => {
  t.true(corrected(50, { tables, madeIn: air, now: { ...air, temperatureC: 60 } })?.outside);
  t.is(corrected(50, { tables, madeIn: noAir, now: air }), null);
  t.is(corrected(50, { tables, madeIn: air, now: noAir }), null);
  t.truthy(corrected(50, { tables, madeIn: null, now: air }), 'a part as it came, at the reference of its sheet');
});

test('a part that was calibrated with dry gas was calibrated in dry air, whatever the weather was', (t) => {
  const record = adjustmentOf('a', {
    conditions: { temperatureC: 25, relativePercent: 60, pressureHpa: 900, flowMlMin: 500 },
  });
  t.deepEqual(airThen(record), { temperatureC: 25, humidityGm3: 0, pressureHpa: 900 });
  const humid = { ...record, gases: record.gases.map((one) => ({ ...one, humidity: 'humid' as const })) };
  t.is(airThen(humid).humidityGm3, absoluteHumidity(25, 60));
  t.deepEqual(airThen({ ...record, conditions: null }), noAir);
});

const measured = (sensor: string, quantity: string, value: number | null): Measurement => ({
  sensor,
  quantity,
  at: stampAt(0),
  value,
  unit: '',
  u: 1,
  flags: [],
  calibration: null,
});

test('the air of the line is followed in the order of its measurements', (t) => {
  const step = correct(new Map([['nh3/ammonia', { tables, madeIn: air }]]));
  const [, out] = runStep(step, noAir, [
    measured('nh3', 'ammonia', 50),
    measured('air', 'temperature', 20),
    measured('air', 'absolute-humidity', 0),
    measured('air', 'pressure', 1013.25),
    measured('nh3', 'ammonia', 50),
    measured('air', 'absolute-humidity', 20),
    measured('nh3', 'ammonia', 40),
    measured('pid', 'voc', 7),
  ]);
  const of = out.filter(({ sensor }) => sensor !== 'air');
  t.deepEqual(
    of.map(({ value }) => Number(value?.toFixed(9))),
    [50, 50, 50, 7],
  );
  t.deepEqual(
    of.map(({ flags }) => flags),
    [['uncompensated'], [], [], []],
  );
  t.deepEqual(
    of.map(({ u }) => Number(u?.toFixed(6))),
    [1, Math.hypot(1, 1), Math.hypot(1.25, 1), 1].map((u) => Number(u.toFixed(6))),
  );
});

test('tables that do not rise, or correct nothing, are mistakes with their place', (t) => {
  const falling = compensation.safeParse({
    source: 's',
    temperature: [
      { c: 20, span: 1 },
      { c: 0, span: 1 },
    ],
  });
  t.regex(falling.error?.issues[0]?.message ?? '', /must rise/);
  t.regex(compensation.safeParse({ source: 's' }).error?.issues[0]?.message ?? '', /corrects nothing/);
  t.false(compensation.safeParse({ source: '', pressure: { exponent: 1 } }).success, 'without a source it is nobody’s');
});
