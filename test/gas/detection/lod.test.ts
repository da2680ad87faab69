import test from 'ava';
import fc from 'fast-check';
import type { Board } from '../../../daemons/core/config/box.ts';
import { isBelowLod } from '../../../daemons/core/values/lod.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { parseEnvelope } from '../../../daemons/core/wire/envelope.ts';
import { type Conversion, calibrate, freshCalibrate } from '../../../daemons/gas/calibrate.ts';
import { correct } from '../../../daemons/gas/climate-correction.ts';
import { plan } from '../../../daemons/gas/conversions.ts';
import { lodOf, lodOfBlank, lodOfChannel } from '../../../daemons/gas/detection/lod.ts';
import { evidenceOf } from '../../../daemons/gas/evidence-of.ts';
import { recordOf } from '../../../daemons/gas/procedures/record-of.ts';
import { proceduresSection } from '../../../daemons/gas/procedures/section.ts';
import { openSession } from '../../../daemons/gas/procedures/session.ts';
import { normal, seeded } from '../../../daemons/tools/simulate/random.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';
import { recordOf as adjusted } from '../../support/flagged-line.ts';
import { reading } from '../../support/readings.ts';

test('the LOD is 3.3 times the spread of the blank over the sensitivity', (t) => {
  let random = seeded(4);
  const blank = Array.from({ length: 5000 }, () => {
    const [value, next] = normal(random);
    random = next;
    return 7 + 2 * value;
  });
  const lod = lodOf(blank, 4)?.lod ?? 0;
  t.true(Math.abs(lod - 1.65) < 0.05, `${lod}`);
  t.is(lodOf(blank.slice(0, 9), 4), null);
  t.is(lodOf(blank, 0), null);
  t.is(lodOf([], 4), null);
  t.deepEqual(lodOfBlank({ spread: 2, n: 40 }, -4), { lod: 1.65, n: 40 });
});

test('below the LOD is below, a negative too; an LOD that is not known says nothing', (t) => {
  t.deepEqual(
    [isBelowLod(-0.3, 0.5), isBelowLod(0.49, 0.5), isBelowLod(0.5, 0.5), isBelowLod(null, 0.5)],
    [true, true, false, false],
  );
  for (const unknown of [null, undefined]) t.false(isBelowLod(-0.3, unknown));
});

const blank = { spread: 0.1, n: 30 };
const record = (more: object = {}, coefficient = 2) => {
  const { fit, ...one } = adjusted('nh3', more);
  return { ...one, fit: { ...fit, terms: [{ channel: 'nh3/ammonia', coefficient }] } };
};
const of = (about: Partial<Parameters<typeof lodOfChannel>[0]>, stated: number | null) =>
  lodOfChannel({ record: record({ blank }), factoryU: null, uInputs: [0.01], ...about }, stated);

test('of a channel it is that of its own zero gas or what is stated, whichever is larger, and never made up', (t) => {
  t.is(of({}, null)?.toFixed(3), '0.660');
  t.is(of({}, 0.5)?.toFixed(3), '0.660');
  t.is(of({}, 0.9), 0.9);
  t.is(of({ record: record({ blank: { spread: 0, n: 30 } }) }, null)?.toFixed(3), '0.066');
  t.is(of({ record: record({ blank: { spread: 0.1, n: 9 } }) }, null), null);
  t.is(of({ record: record() }, null), null);
  t.is(of({ record: null, factoryU: 0.2 }, 0.4), 0.4);
  // Nothing says what its readings mean: what a datasheet says of ppm is not for them.
  t.is(of({ record: null }, 0.4), null);
});

test('a fit of several channels has no blank of its own', (t) => {
  const one = record({ blank });
  const terms = [...one.fit.terms, { channel: 'nh3/other', coefficient: 1 }];
  t.is(of({ record: { ...one, fit: { ...one.fit, terms } } }, null), null);
});

const quantities = [
  { quantity: 'ammonia', unit: 'ppm', channel: 'nh3/ammonia', lod: { value: 0.3, source: 'datasheet' } },
  { quantity: 'isobutylene', unit: 'ppm', channel: 'pid/pid' },
];
const board = {
  quantities,
  array: [],
  sensors: [
    { id: 'nh3', serial: 'S-nh3' },
    { id: 'pid', serial: 'S-pid' },
  ],
} as unknown as Board;
const measured = (conversions: readonly Conversion[], sensor: string, channel: string, value: number) =>
  calibrate(freshCalibrate(conversions), reading(sensor, channel, value))[1] as Measurement;

test('a negative value stays as it is from the calibration to the alert, with the limit beside it', (t) => {
  const found = { ...record({}), fit: { ...record().fit, intercept: -0.4 } };
  const { conversions } = plan(board, new Map(), { inForce: (sensor) => (sensor === 'nh3' ? found : null) });
  const one = measured(conversions, 'nh3', 'ammonia', 0.05);
  t.is(one.value?.toFixed(3), '-0.300');
  t.is(one.lod, 0.3);
  const evidence = evidenceOf(one);
  t.deepEqual([evidence.value, evidence.lod], [one.value, 0.3]);
  // Through the wire as it is.
  const { because } = sampleAlert('a1');
  const { text } = alertArrival(sampleAlert('a1', { because: { ...because, evidence: [evidence] } }), 1);
  const { body } = parseEnvelope(text) as { readonly body: { readonly because: typeof because } };
  t.deepEqual(body.because.evidence, [JSON.parse(JSON.stringify(evidence))]);
  // Where no limit is known none is said.
  const other = measured(conversions, 'pid', 'pid', 0.05);
  t.false('lod' in other);
  t.false('lod' in evidenceOf(other));
});

test('what the air does to a value it does to its limit', (t) => {
  const tables = {
    u: 0,
    temperature: [
      { c: 20, span: 1, zero: 0 },
      { c: 40, span: 2, zero: 0 },
    ],
  } as never;
  const now = { temperatureC: 40, humidityGm3: 8, pressureHpa: 1013 };
  const one = { ...measured(plan(board, new Map(), { inForce: () => record() }).conversions, 'nh3', 'ammonia', 1) };
  const step = correct(new Map([['nh3/ammonia', { tables, madeIn: null }]]));
  const [, corrected] = step(now, one);
  t.deepEqual([corrected?.value, corrected?.lod], [1, 0.15]);
});

test('the record of an adjustment keeps the noise of its zero gas, and the limit follows from it', (t) => {
  const cylinder = (applied: number) => ({
    ...{ id: `g-${applied}`, gas: 'ammonia', applied, unit: 'ppm', lot: 'l', certificate: 'c', expiresMs: 9e12 },
    ...({ balance: null, humidity: null, uRelative: 0.01, for: [] } as const),
  });
  const target = {
    ...{ target: 'nh3/ammonia', sensor: 'nh3', serial: 'S-nh3', part: 'x', quantity: 'ammonia', unit: 'ppm' },
    ...{ channel: 'nh3/ammonia', resolution: 0.001, t90S: 2, metalOxide: false, samplingLine: null, alarm: null },
  };
  const [zero, span] = [cylinder(0), cylinder(25)];
  const choice = { kind: 'adjustment' as const, zero, span, further: [], second: null, gainOnly: false, reason: null };
  const about = { id: 'p-1', target, choice, by: 't-17', before: null, section: proceduresSection.parse({}) };
  const session = openSession(about as never, 0);
  const give = (input: Parameters<typeof session.machine.step>[1]): void => {
    [session.state] = session.machine.step(session.state, input);
  };
  let nowMs = 0;
  const flow = (seconds: number, ppm: number): void => {
    for (let i = 0; i < 10 * seconds; i++) {
      nowMs += 100;
      const raw = 0.5 * ppm + (i % 2 === 0 ? 0.02 : -0.02);
      give({ type: 'reading', atMs: nowMs, raw, value: raw, u: 0.1 });
    }
  };
  const next = (): void => give({ type: 'next', atMs: nowMs });
  for (let i = 0; i < 2; i++) next();
  flow(10, 0);
  for (const ppm of [0, 25, 0, 25]) {
    next();
    flow(12, ppm);
  }
  const conditions = { temperatureC: null, relativePercent: null, pressureHpa: null, flowMlMin: null };
  const made = recordOf(session, { atMs: 1, validDays: 90, conditions, commissionedT90S: null });
  if (made.record !== 'adjustment') return t.fail();
  t.is(made.blank?.n, 20);
  t.true(Math.abs((made.blank?.spread ?? 0) - 0.021) < 0.001, `${made.blank?.spread}`);
  const lod = lodOfChannel({ record: made, factoryU: null, uInputs: [0.0003] }, null);
  // 3.3 times 0.021 of the instrument's units, two ppm to each.
  t.true(Math.abs((lod ?? 0) - 0.139) < 0.005, `${lod}`);
  return undefined;
});

test('whatever the blank, a limit is above zero and what is shown as below it is less than it', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 10, noNaN: true }),
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      (spread, n, coefficient, value) => {
        const lod = of({ record: record({ blank: { spread, n } }, coefficient), uInputs: [0] }, null);
        return lod === null ? !isBelowLod(value, lod) : lod > 0 && isBelowLod(value, lod) === value < lod;
      },
    ),
  );
  t.pass();
});
