/**
 * Every quality flag through the real line: instruments that speak their bytes to the real drivers, sampling, the clock's word,
 * quality, compensation, calibration, pairs, and out of the telemetry that is kept. One row a flag; the same world without its
 * cause gives none.
 */
import test from 'ava';
import { sample } from '../../../daemons/core/flow/sample.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import type { Flag } from '../../../daemons/core/values/flags.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { lazyDriver } from '../../../daemons/gas/lazy-driver.ts';
import { benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import {
  boardOf,
  calm,
  from,
  type Row,
  recordOf,
  restless,
  seconds,
  startMs,
  type Told,
  told,
} from '../../support/flagged-line.ts';

/** Without the first look, which comes before the climate sensor's first word. */
const ofQuantity = (measurements: readonly Measurement[], quantity: string): readonly Measurement[] =>
  measurements.filter((one) => one.quantity === quantity && one.at.monoNs > 1e9);

const flagsOf = ({ measurements }: Told, quantity: string): ReadonlySet<Flag> =>
  new Set(ofQuantity(measurements, quantity).flatMap(({ flags }) => flags));

const after =
  (what: (t: number) => number) =>
  (t: number): number =>
    t < from ? calm.ammonia(t) : what(t);

const rows: readonly (readonly [Flag, string, Row])[] = [
  ['warming-up', 'ammonia', { quality: { analyzer: { warmUpS: 30 } } }],
  ['out-of-range', 'ammonia', { world: { ammonia: after((t) => 700 + restless(t)) } }],
  ['out-of-range', 'mox-1', { world: { elementMv: (t) => (t < from ? calm.elementMv(t) : 3400 + restless(t)) } }],
  ['saturated', 'ammonia', { world: { ammonia: after((t) => 496 + restless(t)) } }],
  ['flatline', 'ammonia', { world: { ammonia: after((t) => 5 + 0.01 * Math.sin(t * 1.7)) } }],
  ['stuck', 'ammonia', { world: { ammonia: after(() => 5) } }],
  ['spike', 'ammonia', { world: { ammonia: (t) => (Math.round(t) === from ? 60 : calm.ammonia(t)) } }],
  ['rate', 'ammonia', { world: { ammonia: after((t) => 420 + restless(t)) } }],
  [
    'heater',
    'mox-1',
    {
      quality: { element: { heater: { channel: 'heater/a0', low: 100, high: 200 } } },
      world: { heaterMv: (t) => (t < from ? calm.heaterMv(t) : 3 + restless(t)) },
    },
  ],
  ['crc-rate', 'ammonia', { world: { broken: (t) => t >= from && t % 3 === 0 } }],
  ['checksum', 'ammonia', { world: { broken: (t) => t === from } }],
  ['pair-disagreement', 'ammonia', { world: { ammonia: after((t) => 30 + restless(t)) } }],
  ['pair-disagreement', 'ammonia-beside', { world: { ammonia: after((t) => 30 + restless(t)) } }],
  ['calibration-expired', 'ammonia', { record: { validUntilMs: startMs + from * 1000 } }],
  ['uncalibrated', 'ammonia', { record: null }],
  ['single-level', 'ammonia', { record: { levels: 1 } }],
  ['extrapolated', 'ammonia', { record: { fit: { ...recordOf('nh3', {}).fit, spans: [0, 2] } } }],
  ['uncompensated', 'mox-1', { world: { climate: false } }],
  ['not-a-number', 'ammonia', { world: { ammonia: after(() => Number.NaN) } }],
  ['clock', 'ammonia', { world: { uncertaintyMs: null } }],
];

test('the world without a cause gives no flag at all, and every quantity has its values', async (t) => {
  const well = await told({ quality: { element: { heater: { channel: 'heater/a0', low: 100, high: 200 } } } });
  for (const quantity of ['ammonia', 'ammonia-beside', 'mox-1', 'absolute-humidity']) {
    t.true(
      ofQuantity(well.measurements, quantity).filter(({ value }) => value !== null).length > seconds / 2,
      quantity,
    );
    t.deepEqual([...flagsOf(well, quantity)], [], quantity);
  }
});

/** Flags of values that are there: those of a gap tell why it is one. */
const gaps: ReadonlySet<Flag> = new Set(['checksum', 'not-a-number']);

for (const [flag, quantity, row] of rows)
  test(`${flag} reaches what is kept of ${quantity}, and silences nothing`, async (t) => {
    const said = await told(row);
    t.true(flagsOf(said, quantity).has(flag), JSON.stringify([...flagsOf(said, quantity)]));
    const flagged = ofQuantity(said.measurements, quantity).filter(({ flags }) => flags.includes(flag));
    if (flag !== 'out-of-range' || quantity !== 'mox-1')
      t.is(
        flagged.every(({ value }) => value === null),
        gaps.has(flag),
        'a doubtful value is kept, a gap has none',
      );
    if (quantity !== 'ammonia' || gaps.has(flag)) return;
    // The alert that goes on says it of the value that it rests on.
    t.true(said.alerts.length > 0);
    if (flag === 'spike') return;
    t.true(said.alerts.some(({ because }) => because.evidence.some(({ flags }) => flags.includes(flag))));
  });

test('an analyzer that is not there is a gap of its kind on each channel', async (t) => {
  const clock = benchClock(startMs);
  const [one] = boardOf().sensors;
  if (!one) return t.fail();
  const dead = { transact: () => Promise.reject(new Fault('absent', 'unplugged')), close: async () => {} };
  const driver = lazyDriver(one, { i2c: new Map(), serial: new Map([['nh3', dead]]) }, clock);
  const stop = new AbortController();
  const options = { sensor: 'nh3', driver, periodMs: 1000, clock, signal: stop.signal, always: [], onChange: () => {} };
  for await (const batch of sample(options)) {
    t.deepEqual(
      batch.map(({ channel, value, flags }) => [channel, value, flags]),
      [['ammonia', null, ['absent']]],
    );
    stop.abort();
  }
});
