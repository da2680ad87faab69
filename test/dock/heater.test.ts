import test from 'ava';
import fc from 'fast-check';
import { dockSection } from '../../daemons/dock/config.ts';
import { type HeaterRule, heats } from '../../daemons/dock/heater.ts';
import { advance, freshLine, type LineInput, type LineSaid, outputsOf } from '../../daemons/dock/line.ts';
import { eventOf } from '../../daemons/dock/said.ts';
import { freshDock } from '../../daemons/dock/state.ts';

const rule: HeaterRule = { onBelowC: 3, offAboveC: 6, onAbovePercent: 85, offBelowPercent: 75, mostC: 35 };
const section = dockSection.parse({
  motor: { travelMs: 10_000, maxA: 6, inrushMs: 400, restA: 0.5, minV: 22 },
  weather: { maxWindMs: 10 },
  ready: { batteryPercent: 80, uHorizontalM: 5, calibrationAgeH: 24, freeMB: 1 },
  heater: rule,
});
const dock = { ...freshDock, mode: 'closed', seen: { ...freshDock.seen, power: true } } as const;
const at = (temperatureC: number, humidityPercent: number) => ({ temperatureC, humidityPercent });
const on = (was: boolean, t: number, rh: number): boolean => heats(was, dock, { air: at(t, rh), rule });

test('on below the one limit or above the other, off only when both are left behind', (t) => {
  t.true(on(false, 2, 50));
  t.true(on(true, 5, 50), 'between the limits it stays as it was');
  t.false(on(false, 5, 50));
  t.false(on(true, 7, 50));
  t.true(on(false, 20, 90));
  t.true(on(true, 20, 80));
  t.false(on(true, 20, 70));
  t.false(on(true, 36, 99), 'never above the most');
});

test('off in an emergency, without power, and where the air is not known, whatever was before', (t) => {
  const cold = { air: at(-10, 95), rule };
  t.false(heats(true, { ...dock, mode: 'emergency' }, cold));
  t.false(heats(true, { ...dock, seen: { ...dock.seen, stopPressed: true } }, cold));
  t.false(heats(true, { ...dock, seen: { ...dock.seen, power: false } }, cold));
  t.false(heats(true, dock, { air: null, rule }));
  t.false(heats(true, dock, { air: at(Number.NaN, 99), rule }));
  t.false(heats(true, dock, { ...cold, rule: undefined }));
});

function run(inputs: readonly LineInput[]) {
  let state = freshLine;
  const said: LineSaid[] = [];
  for (const one of inputs) {
    const [next, more] = advance(state, one, 0, section);
    state = next;
    said.push(...more);
  }
  return { state, said };
}
const level = (name: 'atClosed' | 'stopPressed' | 'seated', is: boolean): LineInput => ({
  is: 'level',
  name,
  level: is,
});
const air = (t: number, rh: number): LineInput => ({ is: 'air', air: at(t, rh), why: '' });
const unknown: LineInput = { is: 'air', air: null, why: 'the SHT4x did not answer within 500 ms' };
const home: readonly LineInput[] = [
  ...[level('atClosed', true), level('seated', true), { is: 'back', what: 'lines', why: '' } as const],
  { is: 'supply', volts: 24, amps: 0.05 },
];

test('in the line: it heats in the cold, a part that hangs and an emergency switch it off, and each is told once', (t) => {
  const cold = run([...home, air(1, 60)]);
  t.true(outputsOf(cold.state.dock, cold.state).heater);
  const hung = run([...home, air(1, 60), unknown, unknown]);
  t.false(outputsOf(hung.state.dock, hung.state).heater);
  const told = hung.said.filter(({ is }) => is === 'heater' || is === 'air-lost');
  t.deepEqual(
    told.map(({ is }) => is),
    ['heater', 'air-lost', 'heater'],
  );
  t.regex(
    told.map((one) => eventOf(one).message).join('\n'),
    /is on: 1.0 C, 60 % relative humidity\n.*500 ms.*heater is off/,
  );
  const pressed = run([...home, air(1, 60), level('stopPressed', true)]);
  t.is(pressed.state.dock.mode, 'emergency');
  t.false(outputsOf(pressed.state.dock, pressed.state).heater);
});

test('a heater that reads on while it is off is a relay that sticks', (t) => {
  let state = run([...home, air(20, 50)]).state;
  const said: LineSaid[] = [];
  for (const ms of [0, 300, 900]) {
    const [next, more] = advance(state, { is: 'read-back', levels: { heater: true } }, ms, section);
    state = next;
    said.push(...more);
  }
  t.like(
    said.find(({ is }) => is === 'relay-stuck'),
    { why: 'the output heater reads on while it is off' },
  );
});

test('whatever the air does, within its limits the heater does not change, and it never heats what is hot', (t) => {
  const airs = fc.tuple(fc.integer({ min: -30, max: 60 }), fc.integer({ min: 0, max: 100 }));
  fc.assert(
    fc.property(fc.array(airs, { maxLength: 60 }), (all) => {
      let was = false;
      for (const [temperature, rh] of all) {
        const now = on(was, temperature, rh);
        if (temperature > rule.mostC) t.false(now);
        const isBetween = temperature >= rule.onBelowC && temperature <= rule.offAboveC && rh <= rule.onAbovePercent;
        if (isBetween) t.is(now, was);
        was = now;
      }
    }),
    { numRuns: 200 },
  );
});
