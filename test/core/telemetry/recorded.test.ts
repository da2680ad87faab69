import test from 'ava';
import fc from 'fast-check';
import { runStep } from '../../../daemons/core/flow/scan.ts';
import { decodeTelemetry } from '../../../daemons/core/telemetry/decode.ts';
import { encodeTelemetry } from '../../../daemons/core/telemetry/encode.ts';
import { asRecorded, freshRecorded } from '../../../daemons/core/telemetry/recorded.ts';
import { trim } from '../../../daemons/core/telemetry/trim.ts';
import type { Reading } from '../../../daemons/core/values/reading.ts';
import { reading } from '../../support/readings.ts';

/** Looks at several sensors, in any order, on clocks that tremble, jump and lose their source. */
const looks = fc
  .array(
    fc.record({
      sensor: fc.constantFrom('a', 'b', 'c'),
      stepNs: fc.integer({ min: -4e6, max: 3e9 }),
      trembleMs: fc.integer({ min: -4, max: 4 }),
      jumpMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -1e9, max: 1e9 })),
      synced: fc.boolean(),
      values: fc.array(fc.oneof(fc.constant(null), fc.double()), { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((all): Reading[] => {
    let [monoNs, offsetMs] = [5e12, 1_790_000_000_000];
    return all.flatMap(({ sensor, stepNs, trembleMs, jumpMs, synced, values }) => {
      monoNs += stepNs;
      offsetMs += jumpMs;
      const wallMs = offsetMs + monoNs / 1e6 + trembleMs;
      const at = { wallMs, monoNs, boot: 'boot-1', synced, uncertaintyMs: synced ? 4 : null };
      return values.map((value, i): Reading => ({ sensor, channel: `c${i}`, at, value, unit: 'V', flags: [] }));
    });
  });

test('what the line computes on comes back from telemetry to the last bit, in the order in which it came', (t) => {
  fc.assert(
    fc.property(looks, (readings) => {
      const [, known] = runStep(asRecorded, freshRecorded(), readings);
      const back = decodeTelemetry(encodeTelemetry({ readings: known, measurements: [], run: { id: 'r', first: 7 } }));
      t.deepEqual(back.readings, known);
      t.deepEqual(back.run, { id: 'r', first: 7 });
    }),
  );
});

test('a reading that was recorded is recorded as it is', (t) => {
  fc.assert(
    fc.property(looks, (readings) => {
      const [, once] = runStep(asRecorded, freshRecorded(), readings);
      t.deepEqual(runStep(asRecorded, freshRecorded(), once)[1], once);
    }),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (value) => t.is(trim(trim(value, 6), 6), trim(value, 6))),
    { numRuns: 5000 },
  );
});

test('what is no number becomes a gap that says so', (t) => {
  const [, known] = runStep(asRecorded, freshRecorded(), [reading('a', 'x', Number.NaN), reading('a', 'x', -0)]);
  t.deepEqual(
    known.map(({ value, flags }) => [value, flags]),
    [
      [null, ['not-a-number']],
      [0, []],
    ],
  );
});

test('an order that does not fit the columns is refused', (t) => {
  const body = encodeTelemetry({ readings: [reading('a', 'x', 1)], measurements: [], run: { id: 'r', first: 0 } });
  t.is(decodeTelemetry(body).readings.length, 1);
  const two = encodeTelemetry({
    readings: [reading('a', 'x', 1), reading('b', 'x', 1)],
    measurements: [],
    run: { id: 'r', first: 0 },
  });
  t.is(decodeTelemetry(two).readings[1]?.sensor, 'b');
});
