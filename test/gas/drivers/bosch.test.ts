import test from 'ava';
import * as bosch from '../../../daemons/core/codecs/bme68x.ts';
import {
  bme280Trim,
  fineTemperature,
  pressurePa,
  relativePercent,
  temperatureC,
} from '../../../daemons/core/codecs/bme280.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { I2c } from '../../../daemons/core/ports/i2c.ts';
import { bme68x, decode as decode68x } from '../../../daemons/gas/drivers/bme68x.ts';
import { bme280, decode as decode280 } from '../../../daemons/gas/drivers/bme280.ts';
import { benchBus, benchClock } from '../../../daemons/tools/evaluate/i2c-bench.ts';
import { simulatedBme280 } from '../../../daemons/tools/simulate/devices/bosch.ts';
import { simulatedBme68x } from '../../../daemons/tools/simulate/devices/bosch-gas.ts';

const example = {
  t: [27504, 26435, -1000],
  p: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000],
  h: [75, 353, 0, 340, 0, 30],
};
const near = (a: number | null | undefined, b: number, within: number): boolean =>
  Math.abs((a ?? Number.NaN) - b) <= within;
const air = { temperatureC: 23.4, pressurePa: 93_250, relativePercent: 41.5, gasOhm: 84_000 };
const kindOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no fault',
    (error: unknown) => (isFault(error) ? error.kind : String(error)),
  );

test('BMP280: the datasheet example comes out to the bit: t_fine 128422, 25.08 C, 100653.25 Pa (3.12; sensing.md 2.2)', (t) => {
  const fine = fineTemperature(519888, example);
  t.is(fine, 128422);
  t.is(temperatureC(fine), 25.08);
  // 100653.25 is the example's rounding to hundredths of 25767233 / 256.
  t.true(near(pressurePa(415148, fine, example), 100653.25, 0.02), String(pressurePa(415148, fine, example)));
});

test('BME280: integer and floating-point humidity agree over the whole range (BST-BME280-DS001, 4.2.3 and 8.1)', async (t) => {
  const clock = benchClock(0);
  for (const percent of [0.5, 10, 35.25, 60, 99]) {
    for (const temperature of [-30, 0, 25, 60]) {
      const held = { ...air, relativePercent: percent, temperatureC: temperature };
      const bus = benchBus(new Map([[0x76, simulatedBme280('bme280', () => held)]]), clock);
      const driver = await bme280.open(bus, { model: 'bme280', address: 0x76, oversampling: 1 }, clock);
      const [temp, pressure, humidity] = (await driver.read()).map(({ value }) => value);
      t.true(near(temp, temperature, 0.011), `${temp}`);
      t.true(near(pressure, air.pressurePa, 1), `${pressure}`);
      t.true(near(humidity, percent, 0.03), `${humidity} for ${percent} at ${temperature}`);
    }
  }
});

test('BME280: the humidity trims share a byte and keep their signs (table 16)', (t) => {
  const blocks = new Uint8Array(32);
  blocks.set([0x13, 0x39, 0x01, 0x00, 0xff, 0xef, 0xfe, 0x9c], 24);
  t.deepEqual(bme280Trim(blocks).h, [0x13, 0x139, 0, -1, (-2 << 4) | 0xe, -100]);
  t.deepEqual(bme280Trim(blocks.subarray(0, 24)).h, []);
});

test('BME280: humidity is held to 0..100 and nothing throws on readings at either end', (t) => {
  for (const adc of [0, 1, 0x7fff, 0xffff]) {
    const value = relativePercent(adc, 128422, example);
    t.true(value >= 0 && value <= 100);
  }
  t.is(pressurePa(415148, 128422, { ...example, p: [0, ...example.p.slice(1)] }), null);
});

test('BME280 and BMP280 are told apart by their chip id, in words', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x76, simulatedBme280('bmp280', () => air)]]), clock);
  const error = await t.throwsAsync(bme280.open(bus, { model: 'bme280', address: 0x76, oversampling: 1 }, clock));
  t.regex(error?.message ?? '', /chip id 0x58 is BMP280; the board file says BME280/);
  const driver = await bme280.open(bus, { model: 'bmp280', address: 0x76, oversampling: 16 }, clock);
  t.deepEqual(
    (await driver.read()).map(({ channel }) => channel),
    ['temperature', 'pressure'],
  );
});

test('BME280: what stands in its registers after a reset is no measurement', (t) => {
  const unmeasured = Uint8Array.of(0x80, 0, 0, 0x80, 0, 0, 0x80, 0);
  const error = t.throws(() => decode280(unmeasured, example, 'bme280'));
  t.true(isFault(error) && error.kind === 'protocol');
});

test('a trimming value that a broken bus spoils once is noticed, of either family', async (t) => {
  const clock = benchClock(0);
  const spoilOnce = (bus: I2c): I2c => {
    let done = false;
    return {
      ...bus,
      read: async (address, length) => {
        const bytes = await bus.read(address, length);
        if (done || length < 20) return bytes;
        done = true;
        return bytes.map((byte, i) => (i === 3 ? byte ^ 0x40 : byte));
      },
    };
  };
  const one = spoilOnce(benchBus(new Map([[0x76, simulatedBme280('bme280', () => air)]]), clock));
  t.is(await kindOf(bme280.open(one, { model: 'bme280', address: 0x76, oversampling: 1 }, clock)), 'checksum');
  const two = spoilOnce(benchBus(new Map([[0x77, simulatedBme68x('bme688', () => air)]]), clock));
  const heater = { temperatureC: 320, durationMs: 100 };
  t.is(await kindOf(bme68x.open(two, { model: 'bme688', address: 0x77, heater }, clock)), 'checksum');
});

test('BME680 and BME688: both published forms of the compensation agree, gas resistance over four decades', async (t) => {
  const clock = benchClock(0);
  for (const model of ['bme680', 'bme688'] as const) {
    for (const gasOhm of [2000, 15_000, 84_000, 900_000, 8_000_000]) {
      for (const [temperature, percent] of [
        [-10, 20],
        [23.4, 41.5],
        [45, 80],
      ] as const) {
        const held = { ...air, gasOhm, temperatureC: temperature, relativePercent: percent };
        const bus = benchBus(new Map([[0x77, simulatedBme68x(model, () => held)]]), clock);
        const heater = { temperatureC: 320, durationMs: 100 };
        const driver = await bme68x.open(bus, { model, address: 0x77, heater }, clock);
        const samples = await driver.read();
        const [temp, pressure, humidity, gas] = samples.map(({ value }) => value);
        t.true(near(temp, temperature, 0.02), `${temp}`);
        t.true(near(pressure, air.pressurePa, 8), `${pressure}`);
        t.true(near(humidity, percent, 0.1), `${humidity} for ${percent}`);
        t.true(near(gas, gasOhm, gasOhm * 0.002), `${model} ${gas} for ${gasOhm}`);
        t.deepEqual(
          samples.flatMap(({ flags }) => flags),
          [],
        );
      }
    }
  }
});

test('BME688: the gas formula of its range 0 at the middle of the scale is 64 Mohm (sensing.md 2.2)', (t) => {
  t.is(bosch.gasOhmHigh(512, 0), 64_000_000);
  t.is(bosch.gasOhmHigh(512, 15), 1953.125);
});

test('BME688: without gas_valid there is no resistance, without heat_stab it says that the plate was not hot', async (t) => {
  const trim = bosch.bme68xTrim(new Uint8Array(42));
  const field = new Uint8Array(17);
  const gas = (state: number) => {
    field.set([0x80, state], 15);
    return decode68x(field, trim, 'bme688')[3];
  };
  t.like(gas(0x30 | 5), { channel: 'gas', value: bosch.gasOhmHigh(512, 5), flags: [] });
  t.like(gas(0x20 | 5), { value: bosch.gasOhmHigh(512, 5), flags: ['heater'] });
  t.like(gas(0x10 | 5), { value: null, flags: ['instrument-fault'] });
  t.like(gas(5), { value: null, flags: ['heater'] });
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x77, simulatedBme68x('bme688', () => air)]]), clock);
  const short = { temperatureC: 320, durationMs: 10 };
  const driver = await bme68x.open(bus, { model: 'bme688', address: 0x77, heater: short }, clock);
  t.deepEqual((await driver.read())[3]?.flags, ['heater']);
});

test('BME68x: the heater codes of both published forms agree, and the heating time rounds up, never down', (t) => {
  const trim = { t: [0, 0, 0], p: [], h: [], g: [-30, -5969, 18], heatRange: 1, heatValue: 50, rangeError: 0 } as const;
  const integer = (target: number, ambient: number): number => {
    const first = Math.trunc((ambient * 18) / 1000) * 256;
    const second = (-30 + 784) * Math.trunc((Math.trunc(((-5969 + 154009) * target * 5) / 100) + 3276800) / 10);
    const third = Math.trunc((first + Math.trunc(second / 2)) / 5);
    return Math.trunc(((Math.trunc(third / (131 * 50 + 65536)) - 250) * 34 + 50) / 100);
  };
  for (const target of [200, 300, 320, 400])
    t.true(Math.abs(bosch.heaterCode(target, 25, trim) - integer(target, 25)) <= 1, `${target}`);
  for (const ms of [1, 25, 63, 64, 100, 252, 253, 1000, 4032]) {
    const code = bosch.heatingTimeCode(ms);
    const heats = (code & 63) * 4 ** (code >> 6);
    t.true(heats >= ms && heats < ms * 1.1 + 4, `${ms} becomes ${heats}`);
  }
});

test('a BME680 in the place of a BME688 is refused by its variant', async (t) => {
  const clock = benchClock(0);
  const bus = benchBus(new Map([[0x77, simulatedBme68x('bme680', () => air)]]), clock);
  const heater = { temperatureC: 320, durationMs: 100 };
  t.is(await kindOf(bme68x.open(bus, { model: 'bme688', address: 0x77, heater }, clock)), 'refused');
});
