/** TI ADS1115, 16-bit converter with four inputs (SBAS444). Channels in millivolts, against ground or between two inputs. */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { untilReady } from '../../core/flow/until-ready.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { I2c } from '../../core/ports/i2c.ts';
import { inTurn } from '../in-turn.ts';
import { alone } from '../part-turns.ts';
import { readRegisters } from '../registers.ts';

const conversion = 0x00;
const configuration = 0x01;
/** Table 8: PGA code by full scale in millivolts. */
const gains: Readonly<Record<number, number>> = { 6144: 0, 4096: 1, 2048: 2, 1024: 3, 512: 4, 256: 5 };
/** Table 8: DR code by samples a second. */
const rates: Readonly<Record<number, number>> = { 8: 0, 16: 1, 32: 2, 64: 3, 128: 4, 250: 5, 475: 6, 860: 7 };
/** Table 8: MUX code by what is measured: two inputs against each other, or one against ground. */
const inputs = { 'a0-a1': 0, 'a0-a3': 1, 'a1-a3': 2, 'a2-a3': 3, a0: 4, a1: 5, a2: 6, a3: 7 } as const;
export const inputNames = ['a0', 'a1', 'a2', 'a3', 'a0-a1', 'a0-a3', 'a1-a3', 'a2-a3'] as const;
export type Input = (typeof inputNames)[number];
const startBit = 1 << 15;
const singleShot = 1 << 8;
const comparatorOff = 0b11;
/** The part's own oscillator may be 10 % slow (section 7.5); beyond twice the time it does not convert. */
const patience = 2;

export const addressShape = z.int().min(0x48).max(0x4b).describe('72 to 75 (0x48 to 0x4b) by the ADDR pin');
export const fullScaleShape = z.literal([6144, 4096, 2048, 1024, 512, 256]);
export const rateShape = z.literal([8, 16, 32, 64, 128, 250, 475, 860]).default(128).describe('samples a second');

const config = onDemand(() =>
  z.strictObject({
    address: addressShape,
    fullScaleMv: fullScaleShape.describe('full scale in millivolts'),
    fullScales: z
      .partialRecord(z.enum(inputNames), fullScaleShape)
      .optional()
      .describe('full scale in millivolts of single inputs that differ from the others'),
    rate: rateShape,
    channels: z.array(z.enum(inputNames)).min(1).max(8).describe('inputs in use, in order'),
  }),
);
type Config = z.infer<typeof config>;

/** How one conversion is made. */
export interface Conversion {
  readonly address: number;
  readonly fullScaleMv: number;
  readonly rate: number;
}

/** Config register of one single-shot conversion. */
export function command(input: Input, { fullScaleMv, rate }: Pick<Conversion, 'fullScaleMv' | 'rate'>): number {
  return (
    startBit |
    (inputs[input] << 12) |
    ((gains[fullScaleMv] ?? 0) << 9) |
    singleShot |
    ((rates[rate] ?? 0) << 5) |
    comparatorOff
  );
}

/** The conversion register in millivolts; at either end of the scale the true voltage may lie beyond. */
export function decode(channel: string, bytes: Uint8Array, fullScaleMv: number): Sample {
  if (bytes.length !== 2)
    throw new Fault('protocol', `ADS1115 gave ${bytes.length} bytes; its conversion register has 2`);
  const code = ((((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) << 16) >> 16;
  return {
    channel,
    value: (code * fullScaleMv) / 32768,
    flags: code === 32767 || code === -32768 ? ['saturated'] : [],
  };
}

const scaleOf = (input: Input, { fullScaleMv, fullScales }: Config): number => fullScales?.[input] ?? fullScaleMv;

const channels = (options: Config): Channel[] =>
  options.channels.map((name) => {
    const fullScaleMv = scaleOf(name, options);
    return { name, unit: 'mV', range: [-fullScaleMv, fullScaleMv], resolution: fullScaleMv / 32768 };
  });

/**
 * One single-shot conversion in millivolts. The OS bit is asked until the part says that it is done, and it must still have the settings that it
 * was given: one that lost its power meanwhile is at rest with those of a reset (0x8583, table 8), and its 0 mV is no reading. Unseen where both are
 * the same: a0-a1 at 2048 mV and 128 samples/s. Errors: Fault `timeout` for a part that is never done, `protocol` for other settings.
 */
export function convert(bus: I2c, clock: Clock, input: Input, how: Conversion): Promise<Sample> {
  const { address, rate, fullScaleMv } = how;
  const word = command(input, how);
  const convertMs = 1000 / rate;
  return alone(bus, address, async () => {
    await bus.write(address, Uint8Array.of(configuration, word >> 8, word & 255));
    const what = 'ads1115 conversion';
    await clock.sleep(convertMs, what);
    const withinMs = patience * (convertMs + 5) - convertMs;
    const settings = await untilReady(clock, { withinMs, everyMs: 1, what }, async () => {
      const [high = 0, low = 0] = await readRegisters(bus, address, configuration, 2);
      return high & 0x80 ? (high << 8) | low : null;
    });
    if (settings === null) throw new Fault('timeout', `ADS1115 at ${address} does not finish a conversion of ${input}`);
    if (settings !== word)
      throw new Fault(
        'protocol',
        `ADS1115 at ${address} has other settings (0x${settings.toString(16)}) than it was given for ${input} (0x${word.toString(16)}): it lost its power, or something else writes to it`,
      );
    return decode(input, await readRegisters(bus, address, conversion, 2), fullScaleMv);
  });
}

/** It tells no name: that its register of settings can be read is all there is. */
export const answers = async (bus: I2c, { address }: { readonly address: number }): Promise<null> => {
  await readRegisters(bus, address, configuration, 2);
  return null;
};

export const ads1115: DriverModule<'i2c', Config> = {
  part: 'ads1115',
  port: 'i2c',
  config,
  channels,
  open: inTurn({
    channels,
    all: (options) => options.channels,
    read: ({ bus, clock }, input, options) =>
      convert(bus, clock, input, { ...options, fullScaleMv: scaleOf(input, options) }),
  }),
  presence: {
    seats: [0x48, 0x49, 0x4a, 0x4b].map((address) => ({
      ...{ address, fullScaleMv: 4096, rate: 128, channels: ['a0', 'a1', 'a2', 'a3'] },
    })),
    identify: answers,
  },
};
