import { deflateRawSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { decodeTelemetry } from '../../../daemons/core/telemetry/decode.ts';
import { encodeTelemetry } from '../../../daemons/core/telemetry/encode.ts';
import type { Flag } from '../../../daemons/core/values/flags.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { stampAt } from '../../support/readings.ts';

const flags = fc.constantFrom<readonly Flag[]>([], [], ['timeout'], ['simulated', 'stuck']);
const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const measurement = (seconds: number): fc.Arbitrary<Measurement> =>
  fc.record({
    sensor: fc.constantFrom('a', 'b'),
    quantity: fc.constantFrom('x', 'y'),
    at: fc.constant(stampAt(seconds)),
    value: fc.option(number),
    unit: fc.constant('ppm'),
    u: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
    flags,
    calibration: fc.option(fc.constantFrom('c1', 'c2')),
  });

test('what is decoded is what was encoded, to six digits, in order, with gaps and flags', (t) => {
  fc.assert(
    fc.property(
      fc
        .array(fc.nat(100), { minLength: 1, maxLength: 50 })
        .chain((steps) => fc.tuple(...steps.map((_, i) => measurement(i)))),
      (measurements) => {
        const readings = measurements.map(({ sensor, quantity, at, value, unit, flags: marks }) => ({
          sensor,
          channel: quantity,
          at,
          value,
          unit,
          flags: marks,
        }));
        const back = decodeTelemetry(encodeTelemetry({ readings, measurements }));
        t.is(back.readings.length, readings.length);
        t.is(back.measurements.length, measurements.length);
        for (const sensor of ['a', 'b'])
          for (const quantity of ['x', 'y'])
            for (const cal of ['c1', 'c2', null]) {
              const of = (all: readonly Measurement[]): readonly Measurement[] =>
                all.filter((one) => one.sensor === sensor && one.quantity === quantity && one.calibration === cal);
              const [was, is] = [of(measurements), of(back.measurements)];
              t.deepEqual(
                is.map((one) => [one.at.wallMs, [...one.flags], one.unit]),
                was.map((one) => [one.at.wallMs, [...one.flags], one.unit]),
              );
              was.forEach((one, i) => {
                const got = is[i];
                t.is(got?.value === null, one.value === null);
                t.is(got?.u === null, one.u === null);
                t.true(Math.abs((got?.value ?? 0) - (one.value ?? 0)) <= Math.abs(one.value ?? 0) * 1e-5);
                t.true(Math.abs((got?.u ?? 0) - (one.u ?? 0)) <= (one.u ?? 0) * 1e-2);
              });
            }
      },
    ),
    { numRuns: 60 },
  );
});

test('data that is no batch is refused by name, and a bomb does not inflate', (t) => {
  const body = {
    ...encodeTelemetry({
      readings: [{ sensor: 'a', channel: 'x', at: stampAt(0), value: 1, unit: 'V', flags: [] }],
      measurements: [],
    }),
  };
  for (const data of [
    '',
    'AAAA',
    deflateRawSync('{"no":1}').toString('base64'),
    deflateRawSync(Buffer.alloc(40_000_000)).toString('base64'),
  ])
    t.throws(() => decodeTelemetry({ ...body, data }), { instanceOf: Fault });
});

test('a hundred readings of a steady sensor cost under ten bytes each', (t) => {
  const measurements = Array.from(
    { length: 100 },
    (_, i): Measurement => ({
      sensor: 'nh3',
      quantity: 'ammonia',
      at: stampAt(i),
      value: 1.2 + 0.01 * Math.sin(i),
      unit: 'ppm',
      u: 0.05,
      flags: [],
      calibration: 'c1',
    }),
  );
  t.true(encodeTelemetry({ readings: [], measurements }).data.length < 1000);
});
