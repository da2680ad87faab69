/** TI ADS1115, four-channel 16-bit converter (SBAS444). Channels in millivolts against ground. */
import { z } from 'zod';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { I2c } from '../../core/ports/i2c.ts';

const conversion = 0x00;
const configuration = 0x01;
/** Table 8: PGA code by full scale in millivolts. */
const gains: Readonly<Record<number, number>> = { 6144: 0, 4096: 1, 2048: 2, 1024: 3, 512: 4, 256: 5 };
/** Table 8: DR code by samples a second. */
const rates: Readonly<Record<number, number>> = { 8: 0, 16: 1, 32: 2, 64: 3, 128: 4, 250: 5, 475: 6, 860: 7 };
/** MUX 100 to 111: AINx against ground. */
const inputs = { a0: 4, a1: 5, a2: 6, a3: 7 } as const;
const startBit = 1 << 15;
const singleShot = 1 << 8;
const comparatorOff = 0b11;
/** The part's own oscillator may be 10 % slow (section 7.5); beyond twice the time it does not convert. */
const patience = 2;

const config = z.strictObject({
  address: z.int().min(0x48).max(0x4b).describe('72 to 75 (0x48 to 0x4b) by the ADDR pin'),
  fullScaleMv: z.literal([6144, 4096, 2048, 1024, 512, 256]).describe('full scale in millivolts'),
  rate: z.literal([8, 16, 32, 64, 128, 250, 475, 860]).default(128).describe('samples a second'),
  channels: z
    .array(z.enum(['a0', 'a1', 'a2', 'a3']))
    .min(1)
    .max(4)
    .describe('inputs in use, in order'),
});
type Config = z.infer<typeof config>;

/** Config register of one single-shot conversion. */
export function command(
  input: keyof typeof inputs,
  { fullScaleMv, rate }: Pick<Config, 'fullScaleMv' | 'rate'>,
): number {
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

const channels = ({ channels: used, fullScaleMv }: Config): Channel[] =>
  used.map((name) => ({ name, unit: 'mV', range: [-fullScaleMv, fullScaleMv], resolution: fullScaleMv / 32768 }));

async function register(bus: I2c, address: number, pointer: number): Promise<Uint8Array> {
  await bus.write(address, Uint8Array.of(pointer));
  return bus.read(address, 2);
}

export const ads1115: DriverModule<'i2c', Config> = {
  part: 'ads1115',
  port: 'i2c',
  config,
  channels,
  open: async (bus, options, clock) => ({
    channels: channels(options),
    read: async () => {
      const samples: Sample[] = [];
      const convertMs = 1000 / options.rate;
      for (const input of options.channels) {
        const word = command(input, options);
        await bus.write(options.address, Uint8Array.of(configuration, word >> 8, word & 255));
        const giveUpNs = clock.now().monoNs + patience * (convertMs + 5) * 1e6;
        await clock.sleep(convertMs, 'ads1115 conversion');
        while ((((await register(bus, options.address, configuration))[0] ?? 0) & 0x80) === 0) {
          if (clock.now().monoNs > giveUpNs)
            throw new Fault('timeout', `ADS1115 at ${options.address} does not finish a conversion of ${input}`);
          await clock.sleep(1, 'ads1115 conversion');
        }
        samples.push(decode(input, await register(bus, options.address, conversion), options.fullScaleMv));
      }
      return samples;
    },
  }),
};
