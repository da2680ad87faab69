/** Sensirion SGP40 and SGP41, metal-oxide raw signals for VOC and NOx (datasheets SGP40 version 1.2, SGP41 version 1.0). */
import * as z from 'zod';
import { sensirionCommand, serialOf, words } from '../../core/codecs/sensirion.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import type { I2c } from '../../core/ports/i2c.ts';
import { joinFlags } from '../../core/values/flags.ts';
import { busClimate, busClimateShape } from '../bus-climate.ts';

const address = 0x59;
/** The command tables of both datasheets: commands with the longest time in ms until their answer. */
const measure = { sgp40: { code: 0x260f, waitMs: 30 }, sgp41: { code: 0x2619, waitMs: 50 } } as const;
const marginMs = 5;
const conditioning = { code: 0x2612, waitMs: 50 };
const heaterOff = 0x3615;
const selfTest = { code: 0x280e, waitMs: 320 };
/** SGP41 datasheet 3.1: the NOx pixel is conditioned for 10 s after power-on and damaged by more. */
const conditioningRounds = 10;
const roundMs = 1000;

/** Table 10 of the SGP40, table 11 of the SGP41: three words. */
const serialNumber = { code: 0x3682, waitMs: 1, count: 3 };

const config = onDemand(() =>
  z.strictObject({
    model: z.enum(['sgp40', 'sgp41']),
    climate: busClimateShape,
    selfTestPass: z.int().min(0).max(0xffff).default(0xd400).describe("the self test's word of a sound part"),
    warmUpS: z.int().min(0).max(3600).describe('seconds after opening before a value counts'),
  }),
);
type Config = z.infer<typeof config>;

const outputs = { sgp40: ['voc'], sgp41: ['voc', 'nox'] } as const;
const channels = ({ model }: Config): Channel[] =>
  outputs[model].map((name) => ({ name, unit: 'tick', range: [0, 65535], resolution: 1 }));

const word = (share: number): number => Math.max(0, Math.min(65535, Math.round(share * 65535)));

/** The climate as the part wants it: relative humidity in %, temperature in C. 50 % and 25 C are 0x8000 and 0x6666. */
export const climateWords = (relativePercent: number, temperatureC: number): [number, number] => [
  word(relativePercent / 100),
  word((temperatureC + 45) / 175),
];
const noClimate = climateWords(50, 25);

/** Raw signals in ticks, in the order of the model's outputs; a signal at either end of its scale is saturated. */
export function decode(bytes: Uint8Array, model: Config['model']): Sample[] {
  const names = outputs[model];
  const ticks = words(bytes, names.length);
  return names.map((channel, i) => {
    const value = ticks[i] ?? 0;
    return { channel, value, flags: value === 0 || value === 65535 ? ['saturated'] : [] };
  });
}

interface Asking {
  readonly code: number;
  readonly waitMs: number;
  readonly count: number;
  readonly args?: readonly number[];
}

async function ask(bus: I2c, clock: Clock, { code, waitMs, count, args = [] }: Asking): Promise<Uint8Array> {
  await bus.write(address, sensirionCommand(code, ...args));
  await clock.sleep(waitMs + marginMs, 'sgp4x answer');
  return bus.read(address, count * 3);
}

/** Errors: Fault `refused` for a part that finds a broken pixel in itself. */
async function test(bus: I2c, clock: Clock, { model, selfTestPass }: Config): Promise<void> {
  const [said = 0] = words(await ask(bus, clock, { ...selfTest, count: 1 }), 1);
  const hex = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;
  if (said !== selfTestPass)
    throw new Fault(
      'refused',
      `${model.toUpperCase()}: the self test gives ${hex(said)}, a sound part ${hex(selfTestPass)}`,
    );
}

/** Ends after exactly its rounds: the caller measures at once, which ends the conditioning in the part. */
async function condition(bus: I2c, clock: Clock): Promise<void> {
  try {
    for (let round = 0; round < conditioningRounds; round++) {
      const sentMs = clock.now().monoNs / 1e6;
      words(await ask(bus, clock, { ...conditioning, count: 1, args: noClimate }), 1);
      await clock.sleep(roundMs - (clock.now().monoNs / 1e6 - sentMs), 'sgp41 conditioning');
    }
  } catch (error) {
    // Nobody may come back within 10 s: the pixel is not left hot. A bus that is gone takes no command either.
    await bus.write(address, sensirionCommand(heaterOff)).catch((second: unknown) => {
      if (!isFault(second)) throw second;
    });
    throw error;
  }
}

export const sgp4x: DriverModule<'i2c', Config> = {
  part: 'sgp4x',
  port: 'i2c',
  config,
  channels,
  open: async (bus, options, clock) => {
    const { model, climate, warmUpS } = options;
    await test(bus, clock, options);
    if (model === 'sgp41') await condition(bus, clock);
    const warmNs = clock.now().monoNs + warmUpS * 1e9;
    const climateNow = await busClimate(bus, climate, clock);
    return {
      channels: channels(options),
      read: async () => {
        const air = await climateNow();
        const { code, waitMs } = measure[model];
        const asking = {
          code,
          waitMs,
          count: outputs[model].length,
          args: air ? climateWords(air.relativePercent, air.temperatureC) : noClimate,
        };
        const samples = decode(await ask(bus, clock, asking), model);
        const cold = clock.now().monoNs < warmNs ? (['warming-up'] as const) : [];
        const blind = air === null ? (['uncompensated'] as const) : [];
        return samples.map((one) => ({ ...one, flags: joinFlags(joinFlags(one.flags, cold), blind) }));
      },
    };
  },
  presence: {
    // An SGP40 answers alike: which of the two it is stands on the part.
    seats: [{ model: 'sgp41', selfTestPass: 0xd400, warmUpS: 300 }],
    identify: async (bus, _options, clock) => serialOf(await ask(bus, clock, serialNumber)),
  },
};
