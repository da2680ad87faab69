import test from 'ava';
import fc from 'fast-check';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import { connectGpioTcp } from '../../../daemons/core/adapters/gpio.tcp.ts';
import { runStep } from '../../../daemons/core/flow/scan.ts';
import type { Fault } from '../../../daemons/core/ports/fault.ts';
import { freshLoop, type LoopLook, looked, vehicleLoop } from '../../../daemons/gas/drivers/vehicle-loop.ts';
import { lazyDriver } from '../../../daemons/gas/lazy-driver.ts';
import { alarmPanelLines } from '../../support/alarm-panel.ts';
import { stampAt } from '../../support/readings.ts';

const chatter = { edges: 4, withinS: 2 };
/** A look each second at a line that turned so often before it, and stands at `level`; the turns lie 1 ms apart. */
const look = (second: number, turns: number, level: boolean, missed: number | null = 0): LoopLook => ({
  edges: Array.from({ length: turns }, (_, i) => ({
    level: (turns - i) % 2 === 1 ? level : !level,
    at: stampAt(second - (turns - i) / 1000),
    missed: i === 0 ? missed : 0,
  })),
  level,
  nowNs: stampAt(second).monoNs,
});
const told = (...looks: LoopLook[]) =>
  runStep((state, one: LoopLook) => looked(state, one, chatter), freshLoop, looks)[1];

test('the level is told, and each change with the look after it', (t) => {
  t.deepEqual(told(look(1, 0, false), look(2, 1, true), look(3, 0, true), look(4, 1, false)), [
    false,
    true,
    true,
    false,
  ]);
});

test('a gap between two vehicles that lies between two looks is told, and then the second vehicle', (t) => {
  t.deepEqual(told(look(1, 1, true), look(2, 2, true), look(3, 0, true)), [true, false, true]);
});

test('a vehicle that came and went between two looks is told', (t) => {
  t.deepEqual(told(look(1, 0, false), look(2, 2, false), look(3, 0, false)), [false, true, false]);
});

test('a line that turns more often than traffic is a gap until it has been quiet for as long, and so is one whose edges were dropped', (t) => {
  const looks = [look(1, 0, false), look(2, 5, true), look(3, 0, true), look(4, 0, true), look(5, 1, false)];
  t.deepEqual(told(...looks), [false, null, null, true, false]);
  t.deepEqual(told(look(1, 0, false), look(2, 1, true, 400)), [false, null]);
  t.deepEqual(told(look(1, 0, false), look(2, 1, true, null)), [false, true]);
});

test('what is told when the line stands still is its level, whatever it did before, and memory is bounded', (t) => {
  const one = fc.record({ turns: fc.nat(40), level: fc.boolean() });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 30 }), fc.boolean(), (before, level) => {
      const looks = before.map(({ turns, level: to }, i) => look(i + 1, turns, to));
      const at = looks.length + chatter.withinS;
      const [state, all] = runStep((now, each: LoopLook) => looked(now, each, chatter), freshLoop, [
        ...looks,
        ...[1, 2, 3].map((after) => look(at + after, 0, level)),
      ]);
      return all.at(-1) === level && state.recent.length <= chatter.edges + 1;
    }),
  );
  t.pass();
});

test('options are strict, and a line is never named by the number of a chip', (t) => {
  t.like(vehicleLoop.config.parse({ line: { name: 'LOOP' } }), { activeLow: false, bias: 'as-is', debounceMs: 50 });
  t.false(vehicleLoop.config.safeParse({ line: { gpiochip: 0, offset: 1 } }).success);
  t.false(vehicleLoop.config.safeParse({ line: { name: 'LOOP' }, chatter: { edges: 1 } }).success);
});

test('a sensor on a simulated line: its level turned round, a level in between, absent when the lines go away, and there again', async (t) => {
  const lines = await alarmPanelLines(['LOOP']);
  const [host = '', port] = lines.tcp.split(':');
  const gpio = connectGpioTcp({ host, port: Number(port) }, systemClock());
  t.teardown(async () => {
    await gpio.close();
    lines.close();
  });
  const options = { line: { name: 'LOOP' }, activeLow: true };
  const sensor = { id: 'loop', part: 'vehicle-loop', port: 'gpio', options };
  const driver = lazyDriver(sensor, { i2c: new Map(), serial: new Map(), gpio }, systemClock());
  const occupied = async (): Promise<unknown> => (await driver.read())[0]?.value;
  t.is(await occupied(), 1);
  lines.hold('LOOP', true);
  t.is(await occupied(), 0);
  lines.hold('LOOP', false);
  lines.hold('LOOP', true);
  // Its edges were sent before the answer to a later look.
  t.deepEqual([await occupied(), await occupied()], [1, 0]);
  lines.away(true);
  const kind = async (): Promise<string> => ((await driver.read().catch((error: unknown) => error)) as Fault).kind;
  t.deepEqual([await kind(), await kind()], ['absent', 'absent']);
  lines.away(false);
  t.is(await occupied(), 0);
  t.throws(() => lazyDriver({ ...sensor, port: 'main' }, { i2c: new Map(), serial: new Map(), gpio }, systemClock()), {
    message: 'sensor loop: vehicle-loop needs a port of kind gpio; "main" is not one',
  });
});
