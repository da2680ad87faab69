import test from 'ava';
import { sensirionCommand } from '../../../daemons/core/codecs/sensirion.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { decode as decodeScd, scd4x } from '../../../daemons/gas/drivers/scd4x.ts';
import { climateWords, decode as decodeSgp, sgp4x } from '../../../daemons/gas/drivers/sgp4x.ts';
import { sht4x } from '../../../daemons/gas/drivers/sht4x.ts';
import { benchBus, benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import type { SimulatedPart } from '../../../daemons/tools/simulate/devices/ads1115.ts';
import { simulatedScd4x, simulatedSgp4x } from '../../../daemons/tools/simulate/devices/sensirion-gas.ts';
import { simulatedSht4x } from '../../../daemons/tools/simulate/devices/sht4x.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');
const sound = { voc: 30_000, nox: 15_000, selfTest: 0xd400 } as const;
const sgp41 = { model: 'sgp41', warmUpS: 0, selfTestPass: 0xd400 } as const;

test('SGP40: the measuring frame at 50 % and 25 C is the published one (datasheet table 11; sensing.md 2.2)', (t) => {
  t.deepEqual(climateWords(50, 25), [0x8000, 0x6666]);
  t.is(hex(sensirionCommand(0x260f, ...climateWords(50, 25))), '260f8000a2666693');
});

test('SGP4x: the climate is clamped to what its words can say', (t) => {
  t.deepEqual(climateWords(0, -45), [0, 0]);
  t.deepEqual(climateWords(120, 200), [65535, 65535]);
});

test('SGP41: two ticks decode; either end of the scale is saturated, a flipped bit is no value', (t) => {
  t.deepEqual(decodeSgp(bytes('8000 a2 6666 93'), 'sgp41'), [
    { channel: 'voc', value: 0x8000, flags: [] },
    { channel: 'nox', value: 0x6666, flags: [] },
  ]);
  t.like(decodeSgp(bytes('ffff ac'), 'sgp40')[0], { value: 65535, flags: ['saturated'] });
  t.throws(() => decodeSgp(bytes('8000 a2 6766 93'), 'sgp41'), { message: /checksum/ });
});

test('SGP41: its NOx pixel is conditioned for ten seconds, and no longer when nobody comes to read', async (t) => {
  const clock = benchClock(0);
  const part = simulatedSgp4x({ model: 'sgp41', ...sound });
  const driver = await sgp4x.open(benchBus(new Map([[0x59, part]]), clock), sgp41, clock);
  t.true(clock.now().wallMs >= 10_000);
  await driver.read();
  t.is(Math.round(part.conditionedMs() / 1000), 10);
  await clock.sleep(3_600_000, 'a long period');
  await driver.read();
  t.is(Math.round(part.conditionedMs() / 1000), 10);
});

test('SGP41: a bus that spoils an answer while it is conditioned does not leave its pixel hot', async (t) => {
  const clock = benchClock(0);
  const part = simulatedSgp4x({ model: 'sgp41', ...sound });
  const bus = benchBus(new Map([[0x59, part]]), clock);
  let reads = 0;
  const spoiling = {
    ...bus,
    read: async (address: number, length: number) =>
      (await bus.read(address, length)).map((byte) => (++reads > 12 ? byte ^ 1 : byte)),
  };
  await t.throwsAsync(sgp4x.open(spoiling, sgp41, clock), { message: /checksum/ });
  await clock.sleep(3_600_000, 'nobody comes back');
  await bus.write(0x59, sensirionCommand(0x280e));
  t.true(part.conditionedMs() > 0 && part.conditionedMs() < 10_000, `${part.conditionedMs()} ms`);
});

test('SGP41: the humidity of the SHT4x on its bus reaches it; without one, or with a dead one, values say uncompensated', async (t) => {
  const read = async (climate: SimulatedPart | null, asked: boolean) => {
    const clock = benchClock(0);
    const parts = new Map<number, SimulatedPart>([[0x59, simulatedSgp4x({ model: 'sgp41', ...sound })]]);
    if (climate) parts.set(0x44, climate);
    const options = asked ? { ...sgp41, climate: { sht4x: 0x44 as const } } : sgp41;
    return (await (await sgp4x.open(benchBus(parts, clock), options, clock)).read())[0];
  };
  const humid = simulatedSht4x(() => ({ temperatureC: 25, relativePercent: 80 }));
  t.deepEqual(await read(humid, true), { channel: 'voc', value: 30_000 - 30, flags: [] });
  t.deepEqual(await read(null, true), { channel: 'voc', value: 30_000, flags: ['uncompensated'] });
  t.deepEqual(await read(humid, false), { channel: 'voc', value: 30_000, flags: ['uncompensated'] });
});

test('SHT4x: a sensor of its own and the compensation of another read it at once, and neither is disturbed', async (t) => {
  const clock = benchClock(0);
  const air = simulatedSht4x(() => ({ temperatureC: 25, relativePercent: 80 }));
  const bus = benchBus(
    new Map<number, SimulatedPart>([
      [0x59, simulatedSgp4x({ model: 'sgp41', ...sound })],
      [0x44, air],
    ]),
    clock,
  );
  const gas = await sgp4x.open(bus, { ...sgp41, climate: { sht4x: 0x44 } }, clock);
  const own = await sht4x.open(bus, { address: 0x44, precision: 'high' }, clock);
  const [first, [temperature]] = await Promise.all([gas.read(), own.read()]);
  t.deepEqual(first[0], { channel: 'voc', value: 30_000 - 30, flags: [] });
  t.true(Math.abs((temperature?.value ?? Number.NaN) - 25) < 0.01);
});

test('SGP4x: a part whose self test finds a broken pixel is refused in words', async (t) => {
  const clock = benchClock(0);
  const part = simulatedSgp4x({ model: 'sgp40', ...sound, selfTest: 0x4b00 });
  const error = await t.throwsAsync(
    sgp4x.open(benchBus(new Map([[0x59, part]]), clock), { ...sgp41, model: 'sgp40' }, clock),
  );
  t.true(isFault(error) && error.kind === 'refused');
  t.regex(error?.message ?? '', /SGP40: the self test gives 0x4b00, a sound part 0xd400/);
});

test('SCD4x: the published answer is 500 ppm, 25.0 C, 37 % (datasheet 3.5.2; sensing.md 2.2)', (t) => {
  const [co2, temperature, humidity] = decodeScd(bytes('01f4 33 6667 a2 5eb9 3c'));
  t.is(co2?.value, 500);
  t.true(Math.abs((temperature?.value ?? 0) - 25.003) < 0.001);
  t.true(Math.abs((humidity?.value ?? 0) - 37.0) < 0.01);
  t.throws(() => decodeScd(bytes('01f4 33 6667 a2 5eb8 3c')), { message: /checksum/ });
});

test('SCD4x: its own baseline is off and the pressure of the place is in it before it measures, even if it ran already', async (t) => {
  const clock = benchClock(0);
  const part = simulatedScd4x(() => ({ co2: 700, temperatureC: 20, relativePercent: 50 }));
  const bus = benchBus(new Map([[0x62, part]]), clock);
  await bus.write(0x62, sensirionCommand(0x21b1));
  const driver = await scd4x.open(bus, { pressureHpa: 900, warmUpS: 0 }, clock);
  t.false(part.selfCalibrates());
  t.is(part.pressureHpa(), 900);
  t.deepEqual((await driver.read())[0], { channel: 'co2', value: 700, flags: [] });
});

test('SCD4x: looked at more often than it measures it waits, and never gives a value twice', async (t) => {
  const clock = benchClock(0);
  let co2 = 400;
  const part = simulatedScd4x(() => ({ co2: co2++, temperatureC: 20, relativePercent: 50 }));
  const driver = await scd4x.open(benchBus(new Map([[0x62, part]]), clock), { warmUpS: 6 }, clock);
  const looks = [await driver.read(), await driver.read(), await driver.read()].map(([first]) => first);
  t.deepEqual(
    looks.map((one) => one?.value),
    [400, 401, 402],
  );
  t.deepEqual(
    looks.map((one) => one?.flags),
    [['warming-up', 'uncompensated'], ['uncompensated'], ['uncompensated']],
  );
});

test('SCD4x: a part that was reset and does not measure is a timeout', async (t) => {
  const clock = benchClock(0);
  const part = simulatedScd4x(() => ({ co2: 400, temperatureC: 20, relativePercent: 50 }));
  const bus = benchBus(new Map([[0x62, part]]), clock);
  const driver = await scd4x.open(bus, { warmUpS: 0 }, clock);
  await bus.write(0x62, sensirionCommand(0x3f86));
  await clock.sleep(600, 'stopped');
  const error = await t.throwsAsync(driver.read());
  t.true(isFault(error) && error.kind === 'timeout', String(error));
});
