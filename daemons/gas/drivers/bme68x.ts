/** Bosch BME680 and BME688, a heated metal-oxide layer with its climate (BST-BME680-DS001, BST-BME688-DS000). */
import * as z from 'zod';
import * as bosch from '../../core/codecs/bme68x.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { untilReady } from '../../core/flow/until-ready.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { I2c } from '../../core/ports/i2c.ts';
import type { Flag } from '../../core/values/flags.ts';
import { readRegisters, readTrim } from '../registers.ts';

/** Memory map (section 5.2). */
const register = {
  id: 0xd0,
  variant: 0xf0,
  reset: 0xe0,
  heat: 0x5a,
  wait: 0x64,
  gas0: 0x70,
  gas1: 0x71,
  hum: 0x72,
  measure: 0x74,
  field: 0x1d,
};
const chipId = 0x61;
const variants: Readonly<Record<Config['model'], number>> = { bme680: 0, bme688: 1 };
const resetWord = 0xb6;
const resetMs = 10;
/** Bit run_gas of the two variants (5.3.3.6): with profile 0. */
const runGas = { bme680: 0x10, bme688: 0x20 } as const;
/** Forced mode, every oversampling at 1 (5.3.1). */
const oversampleOnce = 1;
const forced = (oversampleOnce << 5) | (oversampleOnce << 2) | 0b01;
/** Three conversions of 1.963 ms, the switching between them and the wake-up, in ms. */
const climateMs = 3 * 1.963 + 0.477 * 9 + 1;
const bits = { fresh: 0x80, gasValid: 0x20, heatStable: 0x10 };
/** BME688 datasheet, 3.6.5: until the first temperature is known the heater is set for this air. */
const firstAmbientC = 25;
const fieldBytes = 17;

const config = onDemand(() =>
  z.strictObject({
    model: z.enum(['bme680', 'bme688']),
    address: z.literal([0x76, 0x77]).describe('118 or 119 (0x76 or 0x77) by the SDO pin'),
    heater: z
      .strictObject({
        temperatureC: z.int().min(200).max(400).describe('of the heated plate'),
        durationMs: z
          .int()
          .min(1)
          .max(4032)
          .describe('until the resistance is read; 20 to 30 ms are needed to get hot'),
      })
      .describe('the heater profile of each look'),
  }),
);
type Config = z.infer<typeof config>;

const channels: readonly Channel[] = [
  { name: 'temperature', unit: 'C', range: [-40, 85], resolution: 0.01 },
  { name: 'pressure', unit: 'Pa', range: [30_000, 110_000], resolution: 0.18 },
  { name: 'humidity', unit: '%', range: [0, 100], resolution: 0.008 },
  { name: 'gas', unit: 'ohm', range: [100, 105_000_000], resolution: 0 },
];

/**
 * One field of data (17 bytes from 0x1D) to values. Without `gas_valid` there is no resistance; without `heat_stab` the
 * plate was not at its temperature, and the value says so.
 */
export function decode(field: Uint8Array, trim: bosch.Bme68xTrim, model: Config['model']): Sample[] {
  if (field.length !== fieldBytes)
    throw new Fault('protocol', `${field.length} bytes; a field of a ${model.toUpperCase()} has ${fieldBytes}`);
  const byte = (at: number): number => field[at] ?? 0;
  const long = (at: number): number => (byte(at) << 12) | (byte(at + 1) << 4) | (byte(at + 2) >> 4);
  const fine = bosch.fineTemperature(long(5), trim);
  const at = model === 'bme688' ? 15 : 13;
  const adc = (byte(at) << 2) | (byte(at + 1) >> 6);
  const state = byte(at + 1);
  const range = state & 15;
  const ohm = model === 'bme688' ? bosch.gasOhmHigh(adc, range) : bosch.gasOhmLow(adc, range, trim);
  const values = [
    fine / 5120,
    bosch.pressurePa(long(2), fine, trim),
    bosch.relativePercent((byte(8) << 8) | byte(9), fine, trim),
    state & bits.gasValid ? ohm : null,
  ];
  return channels.map(({ name, range: [low, high] }, i) => {
    const value = values[i] ?? null;
    const cold: readonly Flag[] = name !== 'gas' || state & bits.heatStable ? [] : ['heater'];
    if (value === null) return { channel: name, value, flags: cold.length > 0 ? cold : ['instrument-fault'] };
    if (!Number.isFinite(value)) return { channel: name, value: null, flags: ['not-a-number'] };
    return { channel: name, value, flags: value < low || value > high ? [...cold, 'out-of-range'] : cold };
  });
}

async function identify(bus: I2c, { address, model }: Config): Promise<void> {
  const [id = 0] = await readRegisters(bus, address, register.id, 1);
  const [variant = 0] = await readRegisters(bus, address, register.variant, 1);
  if (id !== chipId || variant !== variants[model])
    throw new Fault(
      'refused',
      `chip id 0x${id.toString(16)}, variant ${variant}; a ${model.toUpperCase()} has 0x61 and ${variants[model]}`,
    );
}

export const bme68x: DriverModule<'i2c', Config> = {
  part: 'bme68x',
  port: 'i2c',
  config,
  channels: () => channels,
  open: async (bus, options, clock) => {
    const { address, model, heater } = options;
    await identify(bus, options);
    await bus.write(address, Uint8Array.of(register.reset, resetWord));
    await clock.sleep(resetMs, 'bme68x reset');
    const trim = bosch.bme68xTrim(await readTrim(bus, address, bosch.trimBlocks));
    let ambientC = firstAmbientC;
    const set = (at: number, value: number): Promise<void> => bus.write(address, Uint8Array.of(at, value));

    async function field(): Promise<Uint8Array> {
      await set(register.heat, bosch.heaterCode(heater.temperatureC, ambientC, trim));
      await set(register.wait, bosch.heatingTimeCode(heater.durationMs));
      await set(register.gas0, 0);
      await set(register.gas1, runGas[model]);
      await set(register.hum, oversampleOnce);
      await set(register.measure, forced);
      return answer(bus, clock, options);
    }
    return {
      channels,
      read: async () => {
        const samples = decode(await field(), trim, model);
        ambientC = samples[0]?.flags.length === 0 ? (samples[0].value ?? ambientC) : ambientC;
        return samples;
      },
    };
  },
  presence: {
    seats: ([0x76, 0x77] as const).flatMap((address) =>
      (['bme680', 'bme688'] as const).map((model) => ({
        ...{ address, model, heater: { temperatureC: 320, durationMs: 150 } },
      })),
    ),
    identify: async (bus, options) => {
      await identify(bus, options);
      return null;
    },
  },
};

/** Errors: Fault `timeout` when no fresh field comes in twice the time that one takes. */
async function answer(bus: I2c, clock: Clock, { address, model, heater }: Config): Promise<Uint8Array> {
  const longestMs = climateMs + heater.durationMs * 1.1 + 5;
  const what = 'bme68x measurement';
  await clock.sleep(longestMs, what);
  const fresh = await untilReady(clock, { withinMs: longestMs, everyMs: 2, what }, async () => {
    const field = await readRegisters(bus, address, register.field, fieldBytes);
    return (field[0] ?? 0) & bits.fresh ? field : null;
  });
  if (fresh === null) throw new Fault('timeout', `${model.toUpperCase()} does not finish a measurement`);
  return fresh;
}
