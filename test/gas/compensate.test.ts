import test from 'ava';
import { runStep } from '../../daemons/core/flow/scan.ts';
import { absoluteHumidity, compensate, dividerOhm, freshClimate } from '../../daemons/gas/compensate.ts';
import { reading } from '../support/readings.ts';

const element = {
  quantity: 'mox-1',
  channel: 'mox-a/a0',
  loadOhm: 10_000,
  supplyMv: 3300,
  r0Ohm: 20_000,
  perDegree: -0.01,
  perLnHumidity: -0.3,
};
const climate = { temperature: 'air/temperature', humidity: 'air/humidity' };
const step = compensate([element], climate);

test('absolute humidity agrees with published values', (t) => {
  // Saturated air holds 17.3 g/m3 at 20 C and 4.85 g/m3 at 0 C (standard psychrometric tables).
  t.true(Math.abs(absoluteHumidity(20, 100) - 17.3) < 0.1);
  t.true(Math.abs(absoluteHumidity(0, 100) - 4.85) < 0.05);
});

test('a divider at half its supply holds its load resistance, and the rails hold none', (t) => {
  t.is(dividerOhm(1650, element), 10_000);
  t.is(dividerOhm(0, element), null);
  t.is(dividerOhm(3300, element), null);
});

test('an element in its own reference climate and at R0 reads a ratio of one', (t) => {
  const outMv = (3300 * 10_000) / (10_000 + 20_000);
  const relative = (10 / absoluteHumidity(20, 100)) * 100;
  const [, out] = runStep(step, freshClimate(), [
    reading('air', 'temperature', 20),
    reading('air', 'humidity', relative),
    reading('mox-a', 'a0', outMv),
  ]);
  const ratio = out.find((one) => one.channel === 'mox-1');
  t.true(Math.abs((ratio?.value ?? 0) - 1) < 1e-9);
  t.deepEqual(ratio?.flags, []);
});

test('temperature and humidity are divided out', (t) => {
  const factor = Math.exp(-0.01 * 15 + -0.3 * Math.log(absoluteHumidity(35, 60) / 10));
  const ohm = 20_000 * factor * 0.5;
  const [, out] = runStep(step, freshClimate(), [
    reading('air', 'temperature', 35),
    reading('air', 'humidity', 60),
    reading('mox-a', 'a0', (3300 * 10_000) / (10_000 + ohm)),
  ]);
  t.true(Math.abs((out.at(-1)?.value ?? 0) - 0.5) < 1e-9);
});

test('without a climate the ratio goes on, flagged', (t) => {
  const [, out] = runStep(step, freshClimate(), [reading('mox-a', 'a0', 1100)]);
  t.deepEqual(
    out.map((one) => one.channel),
    ['a0', 'mox-1'],
  );
  t.deepEqual(out[1]?.flags, ['uncompensated']);
});

test('a climate that was lost uncompensates again', (t) => {
  const [, out] = runStep(step, freshClimate(), [
    reading('air', 'temperature', 20),
    reading('air', 'humidity', 50),
    reading('air', 'temperature', null),
    reading('mox-a', 'a0', 1100),
  ]);
  t.true(out.at(-1)?.flags.includes('uncompensated'));
});

test('a voltage at the rail is a gap that says out of range', (t) => {
  const [, out] = runStep(step, freshClimate(), [reading('mox-a', 'a0', 3300)]);
  t.like(out.at(-1), { channel: 'mox-1', value: null });
  t.true(out.at(-1)?.flags.includes('out-of-range'));
});
