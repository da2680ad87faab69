import { deflateRawSync } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { decodeTelemetry } from '../../../daemons/core/telemetry/decode.ts';
import { encodeTelemetry } from '../../../daemons/core/telemetry/encode.ts';
import { trim } from '../../../daemons/core/telemetry/trim.ts';
import type { TelemetryBody } from '../../../daemons/core/values/envelope.ts';
import type { Flag } from '../../../daemons/core/values/flags.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import type { Reading } from '../../../daemons/core/values/reading.ts';
import type { Stamp } from '../../../daemons/core/values/stamp.ts';
import { stampAt } from '../../support/alerts.ts';

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }),
  fc.constant(0),
);
const value = fc.option(number, { nil: null });
const flags: fc.Arbitrary<readonly Flag[]> = fc.subarray(['simulated', 'timeout', 'extrapolated', 'clock']);
const name = fc.constantFrom('a', 'b', 'c', '__proto__');
const calibration = fc.option(fc.constantFrom('cal-1', 'cal-2'), { nil: null });
const unit = fc.constantFrom('ppm', 'mV');
const delayMs = fc.constantFrom(0, 2500);
const requiredKeys: Exclude<keyof Measurement, 'at' | 'lod'>[] = [
  'sensor',
  'quantity',
  'value',
  'unit',
  'u',
  'flags',
  'calibration',
];

/** Times of one boot: the monotonic clock goes on, the wall clock may jump. */
const stamps = fc
  .array(
    fc.record({
      stepNs: fc.integer({ min: 0, max: 3e9 }),
      jumpMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: -1e9, max: 1e9 })),
      synced: fc.boolean(),
      uncertaintyMs: fc.constantFrom(null, 4, 12.5),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps): Stamp[] => {
    let [monoNs, offsetMs] = [5e12, 1_790_000_000_000];
    return steps.map(({ stepNs, jumpMs, synced, uncertaintyMs }) => {
      monoNs += stepNs;
      offsetMs += jumpMs;
      return { wallMs: Math.floor(offsetMs + monoNs / 1e6), monoNs, boot: 'boot-1', synced, uncertaintyMs };
    });
  });

const batch = stamps.chain((times) =>
  fc.record({
    readings: fc
      .array(fc.record({ sensor: name, channel: name, value, unit, flags }), { minLength: 1, maxLength: times.length })
      .map((list): Reading[] => list.map((one, i) => ({ ...one, at: times[i] ?? stampAt(0) }))),
    measurements: fc
      .array(
        fc.record(
          { sensor: name, quantity: name, value, unit, u: value, flags, calibration, delayMs },
          { requiredKeys },
        ),
        {
          maxLength: times.length,
        },
      )
      .map((list): Measurement[] => list.map((one, i) => ({ ...one, at: times[i] ?? stampAt(0) }))),
  }),
);

const near = (a: number | null, b: number | null, digits: number): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) <= Math.abs(a) * 0.50001 * 10 ** (1 - digits) + Number.MIN_VALUE;
const sameTime = (a: Stamp, b: Stamp): boolean =>
  Math.abs(a.monoNs - b.monoNs) <= 0.5e6 + 1 &&
  Math.abs(a.wallMs - b.wallMs) <= 3 &&
  a.boot === b.boot &&
  a.synced === b.synced &&
  a.uncertaintyMs === b.uncertaintyMs;
const byName = <V extends { sensor: string }>(list: readonly V[], nameOf: (one: V) => string): Map<string, V[]> =>
  Map.groupBy(list, (one) => `${one.sensor}/${nameOf(one)}`);

/** What of `sent` does not come back: empty when the rounding is kept. */
function lost({
  readings,
  measurements,
}: {
  readings: readonly Reading[];
  measurements: readonly Measurement[];
}): string[] {
  const body = encodeTelemetry({ readings, measurements });
  const got = decodeTelemetry(body);
  const found: string[] = body.values === readings.length + measurements.length ? [] : ['count'];
  const compare = <V extends Reading | Measurement>(before: V[], after: V[], same: (a: V, b: V) => boolean): void => {
    if (before.length !== after.length) found.push(`${before.length} became ${after.length}`);
    for (const [i, one] of before.entries()) {
      const other = after[i];
      const whole =
        other &&
        near(one.value, other.value, 6) &&
        sameTime(one.at, other.at) &&
        one.unit === other.unit &&
        one.flags.join() === other.flags.join() &&
        same(one, other);
      if (!whole) found.push(`${JSON.stringify(one)} became ${JSON.stringify(other)}`);
    }
  };
  const backReadings = byName(got.readings, ({ channel }) => channel);
  for (const [name, list] of byName(readings, ({ channel }) => channel))
    compare(list, backReadings.get(name) ?? [], () => true);
  const backMeasurements = byName(got.measurements, ({ quantity }) => quantity);
  for (const [name, list] of byName(measurements, ({ quantity }) => quantity))
    compare(
      list,
      backMeasurements.get(name) ?? [],
      (a, b) => near(a.u, b.u, 3) && a.calibration === b.calibration && a.delayMs === b.delayMs,
    );
  return found;
}

test('a batch comes back within the stated rounding, each channel in its order, gaps and flags kept', (t) => {
  fc.assert(
    fc.property(batch, (sent) => {
      const found = lost(sent);
      if (found.length > 0) throw new Error(found.join('\n'));
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test('trimming keeps the digits that printing would keep', (t) => {
  fc.assert(
    fc.property(number, fc.constantFrom(3, 6), (one, digits) => near(one, trim(one, digits), digits)),
    { numRuns: 500 },
  );
  t.is(trim(1234.56789, 6), 1234.57);
  t.is(trim(0.00012345678, 3), 0.000123);
  t.is(trim(-98765432, 6), -98765400);
});

test('ten channels at one second a reading need less than eight characters a value', (t) => {
  const readings: Reading[] = [];
  for (let s = 0; s < 100; s++)
    for (let c = 0; c < 10; c++)
      readings.push({
        sensor: c < 5 ? 'mox-a' : 'mox-b',
        channel: `a${c % 5}`,
        at: stampAt(1_790_000_000_000 + s * 1000 + ((s * 7) % 3)),
        // A slow wave with the converter's own step: 0.125 mV.
        value: Math.round((900 + c * 40 + 30 * Math.sin(s / 9 + c)) * 8) / 8,
        unit: 'mV',
        flags: [],
      });
  const body = encodeTelemetry({ readings, measurements: [] });
  t.true(body.data.length / readings.length < 8, `${body.data.length / readings.length}`);
});

test('an empty batch and a batch of two boots are mistakes of the caller', (t) => {
  t.throws(() => encodeTelemetry({ readings: [], measurements: [] }), { instanceOf: RangeError });
  const one: Reading = { sensor: 'a', channel: 'b', at: stampAt(1), value: 1, unit: 'V', flags: [] };
  const other = { ...one, at: { ...one.at, boot: 'another' } };
  t.throws(() => encodeTelemetry({ readings: [one, other], measurements: [] }), { instanceOf: RangeError });
});

const bodyOf = (content: string | Buffer, values = 1): TelemetryBody => ({
  encoding: 'columns+deflate-raw+base64',
  from: stampAt(1),
  to: stampAt(2),
  values,
  data: deflateRawSync(content).toString('base64'),
});
const good = {
  v: 1,
  boot: 'b',
  clocks: [{ wallMs: 1, synced: true, uncertaintyMs: null }],
  axes: [{ ms: [0] }],
  readings: [{ sensor: 's', channel: 'c', unit: 'V', axis: 0, values: [1] }],
  measurements: [],
};

test('a body that inflates beyond the limit is refused before it is held', (t) => {
  const error = t.throws(() => decodeTelemetry(bodyOf(Buffer.alloc(50_000_000, 32))), { instanceOf: Fault });
  t.is(error?.kind, 'protocol');
});

test('columns that do not fit together are refused by name', (t) => {
  const refusal = (news: object, values = 1): string =>
    t.throws(() => decodeTelemetry(bodyOf(JSON.stringify({ ...good, ...news }), values)), { instanceOf: Fault })
      ?.message ?? '';
  const [reading] = good.readings;
  t.is(decodeTelemetry(bodyOf(JSON.stringify(good))).readings.length, 1);
  t.regex(refusal({ readings: [{ ...reading, axis: 3 }] }), /readings\.0\.axis: is 3/);
  t.regex(refusal({ readings: [{ ...reading, values: [1, 2] }] }), /readings\.0\.values: has 2 entries/);
  t.regex(refusal({ readings: [{ ...reading, flags: [[0, 9, ['stuck']]] }] }), /readings\.0\.flags: goes to 9/);
  t.regex(refusal({ axes: [{ ms: [0], clock: [[0, 7]] }] }), /axes\.0\.clock/);
  t.regex(refusal({ boot: 7 }), /boot/);
  t.regex(refusal({}, 5), /says 5; the columns hold 1/);
});

test('any bytes in place of a body give columns or a Fault, nothing else', (t) => {
  const body = encodeTelemetry({
    readings: [{ sensor: 's', channel: 'c', at: stampAt(1), value: 1.5, unit: 'V', flags: ['stuck'] }],
    measurements: [],
  });
  const bytes = Buffer.from(body.data, 'base64');
  const spoilt = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((noise) => Buffer.from(noise)),
    fc.tuple(fc.nat(bytes.length - 1), fc.nat(7)).map(([at, bit]) => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      return copy;
    }),
    fc.jsonValue().map((json) => deflateRawSync(JSON.stringify({ ...good, readings: json }))),
  );
  fc.assert(
    fc.property(spoilt, (noise) => {
      try {
        decodeTelemetry({ ...body, data: noise.toString('base64') });
        return true;
      } catch (error) {
        return error instanceof Fault && error.kind === 'protocol';
      }
    }),
    { numRuns: 400 },
  );
  t.pass();
});
