/** Sensirion SHT4x, temperature and relative humidity (datasheet SHT4x, version 6). */
import * as z from 'zod';
import { serialOf } from '../../core/codecs/sensirion.ts';
import { sht4xAddresses, sht4xAir, sht4xPrecisions, sht4xSerial } from '../../core/codecs/sht4x.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { alone } from '../part-turns.ts';

const marginMs = 2;

const config = onDemand(() =>
  z.strictObject({
    address: z.literal([...sht4xAddresses]).describe('68, 69 or 70 (0x44 to 0x46) by the part number'),
    precision: z.enum(['high', 'medium', 'low']).default('high'),
  }),
);
type Config = z.infer<typeof config>;

const channels: readonly Channel[] = [
  { name: 'temperature', unit: 'C', range: [-40, 125], resolution: 175 / 65535 },
  { name: 'humidity', unit: '%', range: [0, 100], resolution: 125 / 65535 },
];

export function decode(bytes: Uint8Array): Sample[] {
  const { temperatureC: temperature, humidityPercent: humidity } = sht4xAir(bytes);
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
        const { command, durationMs } = sht4xPrecisions[precision];
        await bus.write(address, Uint8Array.of(command));
        await clock.sleep(durationMs + marginMs, 'sht4x measurement');
        return decode(await bus.read(address, 6));
      }),
  }),
  presence: {
    seats: sht4xAddresses.map((address) => ({ address, precision: 'high' })),
    identify: (bus, { address }, clock) =>
      alone(bus, address, async () => {
        await bus.write(address, Uint8Array.of(sht4xSerial.command));
        await clock.sleep(sht4xSerial.durationMs + marginMs, 'sht4x serial number');
        return serialOf(await bus.read(address, 6));
      }),
  },
};
