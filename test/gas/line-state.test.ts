import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { loadBox } from '../../daemons/core/config/box.ts';
import { parseValue } from '../../daemons/core/config/parse.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import { gasSection } from '../../daemons/gas/config.ts';
import { plan } from '../../daemons/gas/conversions.ts';
import { gasLine } from '../../daemons/gas/line.ts';
import { freeze, frozenState, thaw } from '../../daemons/gas/line-state.ts';
import { reading } from '../support/readings.ts';

const { board, profile } = loadBox(path.join(import.meta.dirname, '../../firmware-configs'), 'post-1');
const plain = parseValue('gas', profile.gas ?? {}, gasSection);
/** With a rule on a change beside those of the profile, quick enough for a short list of readings. */
const section = {
  ...plain,
  safety: {
    silentS: 30,
    limits: [{ quantity: 'ammonia', unit: 'ppm', a1: 500, a2: 2000, stel: 900, stelShare: 0.5, source: 'a test' }],
  },
  change: { ...plain.change, blockSamples: 4, learnBlocks: 1, of: 3, least: 2 },
  rules: [
    ...plain.rules.map((one) => ({ ...one, principle: 'electrochemical' as const })),
    {
      kind: 'change',
      family: 'evidence' as const,
      severity: 'warning' as const,
      score: { change: 'ammonia' },
      on: 3,
      off: 1,
      raiseAfter: 1,
      clearAfter: 1,
      principle: 'metal-oxide' as const,
    },
  ],
};
/** One quantity of two channels beside those of the board. */
const twoChannels = {
  sensor: 'mox-a',
  quantity: 'ammonia',
  unit: 'ppm',
  inputs: ['mox-a/a0', 'mox-b/a1'],
  uInputs: [1, 1],
  record: null,
  factoryU: null,
};
const { conversions } = plan(board, new Map(), { inForce: () => null });
const line = gasLine({
  device: 'post-1',
  where: null,
  section,
  board,
  conversions: [...conversions, twoChannels],
  model: null,
});

const channels = ['mox-a', 'mox-b'].flatMap((sensor) =>
  ['a0', 'a1', 'a2', 'a3'].map((name) => [sensor, name] as const),
);
const all = [...channels, ['air', 'temperature'], ['air', 'humidity'], ['nh3', 'ammonia']] as const;
const value = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: 0.1, max: 4000, noNaN: true }) },
  { weight: 2, arbitrary: fc.constant(3) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const someReadings = fc
  .array(fc.tuple(fc.constantFrom(...all), value), { minLength: 20, maxLength: 300 })
  .map((some) => some.map(([[sensor, name], one], i): Reading => reading(sensor, name, one, i / 10)));

const run = (readings: readonly Reading[], from = line.fresh()) => {
  const step = line.advance(from, readings);
  return { state: step.state, alerts: step.finding.alerts, measurements: step.measurements };
};

test('a line that goes on from its frozen state goes on as if nothing had been, wherever it is cut', (t) => {
  fc.assert(
    fc.property(someReadings, fc.nat(300), (readings, at) => {
      const cut = Math.min(at, readings.length);
      const whole = run(readings);
      const first = run(readings.slice(0, cut));
      const text = JSON.stringify(freeze(first.state));
      const second = run(readings.slice(cut), thaw(frozenState.parse(JSON.parse(text)), line.fresh(), board.array));
      t.deepEqual([...first.alerts, ...second.alerts], whole.alerts);
      t.deepEqual([...first.measurements, ...second.measurements], whole.measurements);
      t.deepEqual(freeze(second.state), freeze(whole.state));
    }),
    { numRuns: 60 },
  );
});

test('batches of any size come to the same', (t) => {
  fc.assert(
    fc.property(someReadings, fc.integer({ min: 1, max: 20 }), (readings, size) => {
      const whole = run(readings);
      let state = line.fresh();
      const alerts = [];
      for (let i = 0; i < readings.length; i += size) {
        const step = run(readings.slice(i, i + size), state);
        state = step.state;
        alerts.push(...step.alerts);
      }
      t.deepEqual(alerts, whole.alerts);
      t.deepEqual(freeze(state), freeze(whole.state));
    }),
    { numRuns: 60 },
  );
});
