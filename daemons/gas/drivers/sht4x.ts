/** Sensirion SHT4x, temperature and relative humidity (datasheet SHT4x, version 6). */
import { z } from 'zod';
import { words } from '../../core/codecs/sensirion.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { alone } from '../part-turns.ts';

/** Table 8: measuring commands and their longest duration in ms (table 5). */
const precisions = {
  high: { command: 0xfd, durationMs: 8.3 },
  medium: { command: 0xf6, durationMs: 4.5 },
  low: { command: 0xe0, durationMs: 1.6 },
} as const;
const marginMs = 2;

const config = z.strictObject({
  address: z.literal([0x44, 0x45, 0x46]).describe('68, 69 or 70 (0x44 to 0x46) by the part number'),
  precision: z.enum(['high', 'medium', 'low']).default('high'),
});
type Config = z.infer<typeof config>;

const channels: readonly Channel[] = [
  { name: 'temperature', unit: 'C', range: [-40, 125], resolution: 175 / 65535 },
  { name: 'humidity', unit: '%', range: [0, 100], resolution: 125 / 65535 },
];

/** Six bytes: T = -45 + 175 S/65535 in C, RH = -6 + 125 S/65535 in %, clamped to 0..100 as the datasheet asks (4.6). */
export function decode(bytes: Uint8Array): Sample[] {
  const [t = 0, rh = 0] = words(bytes, 2);
  const temperature = -45 + (175 * t) / 65535;
  const humidity = Math.min(100, Math.max(0, -6 + (125 * rh) / 65535));
  return [
    {
      channel: 'temperature',
      value: temperature,
      flags: temperature < -40 || temperature > 125 ? ['out-of-range'] : [],
    },
    { channel: 'humidity', value: humidity, flags: [] },
  ];
}

export const sht4x: DriverModule<'i2c', Config> = {
  part: 'sht4x',
  port: 'i2c',
  config,
  channels: () => channels,
  open: async (bus, { address, precision }, clock) => ({
    channels,
    read: () =>
      alone(bus, address, async () => {
        const { command, durationMs } = precisions[precision];
        await bus.write(address, Uint8Array.of(command));
        await clock.sleep(durationMs + marginMs, 'sht4x measurement');
        return decode(await bus.read(address, 6));
      }),
  }),
};
