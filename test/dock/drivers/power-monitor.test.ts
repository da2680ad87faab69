import test from 'ava';
import { systemClock } from '../../../daemons/core/adapters/clock.system.ts';
import type { I2c } from '../../../daemons/core/ports/i2c.ts';
import { decode, powerMonitors } from '../../../daemons/dock/drivers/power-monitor.ts';

/** Volts and amperes of two words. */
const values = (part: 'ina226' | 'ina219', shunt: number, bus: number, milliohm: number): (number | null)[] =>
  decode(part, { shunt, bus }, milliohm).map(({ value }) => value);

test('INA226: the words of the design example of its datasheet, 10 A through 2 milliohm at 11.98 V', (t) => {
  t.deepEqual(values('ina226', 0x1f40, 0x2570, 2), [11.98, 10]);
});

test('INA226: -80 mV is 0x8300', (t) => {
  t.deepEqual(values('ina226', 0x8300, 0, 1), [0, -80]);
});

test('INA219: the words of the example of its datasheet, 20 mV at 11.98 V', (t) => {
  t.deepEqual(values('ina219', 0x07d0, 0x5d98, 2), [11.98, 10]);
});

test('a shunt voltage at its full scale, and an overflow that the part tells, are saturated', (t) => {
  const flags = (...args: Parameters<typeof decode>): unknown => decode(...args)[1]?.flags;
  for (const shunt of [0x7fff, 0x8000, 0x8001]) t.deepEqual(flags('ina226', { shunt, bus: 0 }, 2), ['saturated']);
  t.deepEqual(flags('ina226', { shunt: 0x7f00, bus: 0 }, 2), []);
  t.deepEqual(flags('ina219', { shunt: 32_000, bus: 0 }, 2), ['saturated']);
  t.deepEqual(flags('ina219', { shunt: 100, bus: 1 }, 2), ['saturated']);
  t.deepEqual(flags('ina219', { shunt: 100, bus: 2 }, 2), []);
});

/** A bus with one part of registers. */
const busOf = (registers: Readonly<Record<number, number>>): I2c => {
  let pointer = 0;
  return {
    write: async (_, [first = 0]) => {
      pointer = first;
    },
    read: async () => Uint8Array.of((registers[pointer] ?? 0) >> 8, (registers[pointer] ?? 0) & 0xff),
    close: async () => {},
  };
};

test('another part at the address of an INA226 is not read as one', async (t) => {
  const options = { address: 0x40, shuntMilliohm: 2 };
  await t.throwsAsync(powerMonitors.ina226.open(busOf({ 254: 0x1234 }), options, systemClock()), { message: /0x1234/ });
  const well = await powerMonitors.ina226.open(busOf({ 254: 0x5449, 1: 0x1f40, 2: 0x2570 }), options, systemClock());
  t.deepEqual(
    (await well.read()).map(({ value }) => value),
    [11.98, 10],
  );
});
