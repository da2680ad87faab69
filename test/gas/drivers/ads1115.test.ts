import test from 'ava';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { I2c } from '../../../daemons/core/ports/i2c.ts';
import { ads1115, command, inputNames } from '../../../daemons/gas/drivers/ads1115.ts';
import { benchBus, benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { simulatedAds1115 } from '../../../daemons/tools/simulate/devices/ads1115.ts';

const held = [123.4, 201.7, 0, 240.2];
const between = (input: string): number => {
  const [plus = 0, minus] = input.split('-').map((name) => held[Number(name[1])] ?? 0);
  return plus - (minus ?? 0);
};

test('MUX codes 000 to 111 are the four pairs and the four inputs against ground (SBAS444 table 8)', (t) => {
  const codes = Object.fromEntries(
    inputNames.map((name) => [name, (command(name, { fullScaleMv: 4096, rate: 128 }) >> 12) & 7]),
  );
  t.deepEqual(codes, { 'a0-a1': 0, 'a0-a3': 1, 'a1-a3': 2, 'a2-a3': 3, a0: 4, a1: 5, a2: 6, a3: 7 });
});

test('every pair at every gain reads what a simulated part of other hands holds, to its resolution', async (t) => {
  const clock = benchClock(0);
  for (const fullScaleMv of [6144, 4096, 2048, 1024, 512, 256] as const) {
    const bus = benchBus(new Map([[0x48, simulatedAds1115((channel) => held[channel] ?? 0)]]), clock);
    const driver = await ads1115.open(bus, { address: 0x48, fullScaleMv, rate: 8, channels: [...inputNames] }, clock);
    for (const { channel, value } of await driver.read())
      t.true(Math.abs((value ?? Number.NaN) - between(channel)) <= fullScaleMv / 32768 / 2 + 1e-9, channel);
  }
});

test('an input with a full scale of its own is read and described with it', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x48, simulatedAds1115(() => 300)]]), clock);
  const options = {
    address: 0x48,
    fullScaleMv: 512,
    fullScales: { a1: 256 },
    rate: 860,
    channels: ['a0', 'a1'],
  } as const;
  const driver = await ads1115.open(bus, { ...options, channels: ['a0', 'a1'] }, clock);
  const [first, second] = await driver.read();
  t.deepEqual(first, { channel: 'a0', value: 300, flags: [] });
  t.deepEqual(second?.flags, ['saturated']);
  t.deepEqual(
    driver.channels.map(({ range }) => range[1]),
    [512, 256],
  );
});

test('the OS bit is asked until the conversion is done, also by a part whose oscillator is slow', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x48, simulatedAds1115(() => 100, 0.9)]]), clock);
  const driver = await ads1115.open(bus, { address: 0x48, fullScaleMv: 4096, rate: 128, channels: ['a0'] }, clock);
  t.is((await driver.read())[0]?.value, 100);
  t.true(clock.now().wallMs >= 1000 / (0.9 * 128));
});

test('two drivers on one converter, read at once, never get the value of the other', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x48, simulatedAds1115((channel) => held[channel] ?? 0)]]), clock);
  const one = (channels: readonly ('a0' | 'a3')[]) =>
    ads1115.open(bus, { address: 0x48, fullScaleMv: 256, rate: 860, channels: [...channels] }, clock);
  const [first, second] = [await one(['a0', 'a3']), await one(['a3', 'a0'])];
  for (const samples of await Promise.all([first.read(), second.read(), first.read()]))
    for (const { channel, value } of samples)
      t.true(Math.abs((value ?? Number.NaN) - between(channel)) <= 256 / 65536 + 1e-9, `${channel} ${value}`);
});

test('a part that never sets OS is a timeout that names the input, after a bounded time', async (t) => {
  const clock = benchClock(0);
  const stuck: I2c = { write: async () => {}, read: async () => Uint8Array.of(0, 0), close: async () => {} };
  const driver = await ads1115.open(stuck, { address: 0x48, fullScaleMv: 4096, rate: 8, channels: ['a0-a3'] }, clock);
  const error = await t.throwsAsync(driver.read(), { message: /a0-a3/ });
  t.true(isFault(error) && error.kind === 'timeout');
  t.true(clock.now().wallMs < 1000);
});

test('a part that lost its power in mid-conversion is at rest with the settings of a reset: a fault, and never 0 mV', async (t) => {
  const clock = benchClock(0);
  let part = simulatedAds1115(() => 100);
  const bus: I2c = {
    write: async (_, bytes) => {
      part.write(bytes, clock.now().wallMs);
      if (bytes.length === 3) part = simulatedAds1115(() => 100);
    },
    read: async (_, length) => part.read(length, clock.now().wallMs) ?? new Uint8Array(),
    close: async () => {},
  };
  const driver = await ads1115.open(bus, { address: 0x48, fullScaleMv: 4096, rate: 128, channels: ['a1'] }, clock);
  const error = await t.throwsAsync(driver.read(), { message: /0x8583.*0xd383.*lost its power/ });
  t.true(isFault(error) && error.kind === 'protocol');
});
