/** Bosch BME280 and BMP280, temperature, pressure and (BME280) humidity (BST-BME280-DS001, BST-BMP280-DS001). */
import * as z from 'zod';
import {
  type Bme280Trim,
  bme280Trim,
  fineTemperature,
  pressurePa,
  relativePercent,
  temperatureC,
  trimBlocks,
} from '../../core/codecs/bme280.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { untilReady } from '../../core/flow/until-ready.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { I2c } from '../../core/ports/i2c.ts';
import { readRegisters, readTrim } from '../registers.ts';

/** Section 5.3: registers. */
const register = {
  id: 0xd0,
  reset: 0xe0,
  ctrlHum: 0xf2,
  status: 0xf3,
  ctrlMeas: 0xf4,
  data: 0xf7,
};
/** Section 5.4.1; 0x56 and 0x57 are early samples of the BMP280. */
const ids: Readonly<Record<number, Config['model']>> = { 96: 'bme280', 88: 'bmp280', 86: 'bmp280', 87: 'bmp280' };
const resetWord = 0xb6;
const resetMs = 3;
const measuring = 0x08;
const forced = 0b01;
/** Section 5.4.3 and 5.4.5: oversampling code by factor. */
const codes: Readonly<Record<number, number>> = { 1: 1, 2: 2, 4: 3, 8: 4, 16: 5 };
/** Section 4: what the registers hold when nothing was measured since reset. */
const skipped = { long: 0x80000, short: 0x8000 };

const config = onDemand(() =>
  z.strictObject({
    model: z.enum(['bme280', 'bmp280']),
    address: z.literal([0x76, 0x77]).describe('118 or 119 (0x76 or 0x77) by the SDO pin'),
    oversampling: z.literal([1, 2, 4, 8, 16]).default(1),
  }),
);
type Config = z.infer<typeof config>;

const outputs = {
  temperature: { name: 'temperature', unit: 'C', range: [-40, 85], resolution: 0.01 },
  pressure: { name: 'pressure', unit: 'Pa', range: [30_000, 110_000], resolution: 0.18 },
  humidity: { name: 'humidity', unit: '%', range: [0, 100], resolution: 0.008 },
} as const satisfies Record<string, Channel>;
const channels = ({ model }: Pick<Config, 'model'>): Channel[] => {
  const { temperature, pressure, humidity } = outputs;
  return model === 'bme280' ? [temperature, pressure, humidity] : [temperature, pressure];
};

/** Appendix 9.1: the longest measurement in ms. */
const longestMs = ({ oversampling, model }: Config): number =>
  1.25 + 2.3 * oversampling + (2.3 * oversampling + 0.575) + (model === 'bme280' ? 2.3 * oversampling + 0.575 : 0);

/**
 * The data registers from 0xF7 (8 bytes, 6 of a BMP280) to values. Errors: Fault `protocol` when they hold what stands
 * in them after a reset: the part lost its power since it was set up.
 */
export function decode(bytes: Uint8Array, trim: Bme280Trim, model: Config['model']): Sample[] {
  const long = (at: number): number =>
    ((bytes[at] ?? 0) << 12) | ((bytes[at + 1] ?? 0) << 4) | ((bytes[at + 2] ?? 0) >> 4);
  const [p, t, h] = [long(0), long(3), ((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)];
  if (t === skipped.long || p === skipped.long || (model === 'bme280' && h === skipped.short))
    throw new Fault('protocol', `${model.toUpperCase()}: nothing was measured; the part was reset and is set up again`);
  const fine = fineTemperature(t, trim);
  const values = {
    temperature: temperatureC(fine),
    pressure: pressurePa(p, fine, trim),
    humidity: relativePercent(h, fine, trim),
  };
  return channels({ model }).map(({ name, range: [low, high] }) => {
    const value = values[name as keyof typeof values];
    if (value === null) return { channel: name, value, flags: ['not-a-number'] };
    return { channel: name, value, flags: value < low || value > high ? ['out-of-range'] : [] };
  });
}

async function identify(bus: I2c, { address, model }: Config): Promise<void> {
  const [id = 0] = await readRegisters(bus, address, register.id, 1);
  if (ids[id] === model) return;
  const found = ids[id]?.toUpperCase() ?? 'none of this family';
  throw new Fault('refused', `chip id 0x${id.toString(16)} is ${found}; the board file says ${model.toUpperCase()}`);
}

async function measured(bus: I2c, clock: Clock, options: Config): Promise<Uint8Array> {
  const { address, oversampling, model } = options;
  const code = codes[oversampling] ?? 1;
  if (model === 'bme280') await bus.write(address, Uint8Array.of(register.ctrlHum, code));
  await bus.write(address, Uint8Array.of(register.ctrlMeas, (code << 5) | (code << 2) | forced));
  const what = 'bme280 measurement';
  const withinMs = longestMs(options);
  await clock.sleep(withinMs, what);
  const done = await untilReady(clock, { withinMs, everyMs: 1, what }, async () =>
    ((await readRegisters(bus, address, register.status, 1))[0] ?? 0) & measuring ? null : true,
  );
  if (done === null) throw new Fault('timeout', `${model.toUpperCase()} does not finish a measurement`);
  return readRegisters(bus, address, register.data, model === 'bme280' ? 8 : 6);
}

export const bme280: DriverModule<'i2c', Config> = {
  part: 'bme280',
  port: 'i2c',
  config,
  channels,
  open: async (bus, options, clock) => {
    await identify(bus, options);
    await bus.write(options.address, Uint8Array.of(register.reset, resetWord));
    await clock.sleep(resetMs, 'bme280 reset');
    const trim = bme280Trim(await readTrim(bus, options.address, trimBlocks[options.model]));
    return {
      channels: channels(options),
      read: async () => decode(await measured(bus, clock, options), trim, options.model),
    };
  },
  presence: {
    seats: ([0x76, 0x77] as const).flatMap((address) =>
      (['bme280', 'bmp280'] as const).map((model) => config.parse({ address, model })),
    ),
    identify: async (bus, options) => {
      await identify(bus, options);
      return null;
    },
  },
};
