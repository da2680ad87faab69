/** TI INA226 (SBOS547A) and INA219 (SBOS448G): voltage of a supply, and the current through a shunt, over I2C. */
import * as z from 'zod';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { I2c } from '../../core/ports/i2c.ts';

const [shuntRegister, busRegister, makerRegister] = [0x01, 0x02, 0xfe];
/** "TI" in ASCII; the INA219 has no such register. */
const maker = 0x5449;

const config = z.strictObject({
  address: z.int().min(0x40).max(0x4f).describe('64 to 79 (0x40 to 0x4f) by the pins A0 and A1'),
  shuntMilliohm: z.number().positive().max(1000).describe('resistance of the shunt in milliohm'),
});
export type PowerMonitorConfig = z.infer<typeof config>;

type Part = 'ina226' | 'ina219';
/** Both convert without end after they are powered, which is all that is asked of them: nothing is written. */
const steps = {
  ina226: { shuntUv: 2.5, busMv: 1.25, fullScaleMv: 81.92, fullBusV: 40.96 },
  // After power-up: 320 mV and 32 V full scale; the bus voltage stands in the upper 13 bits.
  ina219: { shuntUv: 10, busMv: 4, fullScaleMv: 320, fullBusV: 32 },
} as const;

const signed = (word: number): number => (word << 16) >> 16;

/** Two registers, as they stand, in volts and amperes. */
export function decode(
  part: Part,
  words: { readonly shunt: number; readonly bus: number },
  shuntMilliohm: number,
): Sample[] {
  const { shuntUv, busMv, fullScaleMv } = steps[part];
  const shuntMv = (signed(words.shunt) * shuntUv) / 1000;
  const volts = ((part === 'ina219' ? words.bus >>> 3 : words.bus & 0x7fff) * busMv) / 1000;
  // The INA219 tells an overflow of its arithmetic in bit 0 of the bus voltage.
  const saturated = Math.abs(shuntMv) >= fullScaleMv - shuntUv / 1000 || (part === 'ina219' && (words.bus & 1) === 1);
  return [
    { channel: 'voltage', value: volts, flags: [] },
    { channel: 'current', value: shuntMv / shuntMilliohm, flags: saturated ? ['saturated'] : [] },
  ];
}

const channelsOf =
  (part: Part) =>
  ({ shuntMilliohm }: PowerMonitorConfig): readonly Channel[] => {
    const { shuntUv, busMv, fullScaleMv, fullBusV } = steps[part];
    const most = fullScaleMv / shuntMilliohm;
    return [
      { name: 'voltage', unit: 'V', range: [0, fullBusV], resolution: busMv / 1000 },
      { name: 'current', unit: 'A', range: [-most, most], resolution: shuntUv / 1000 / shuntMilliohm },
    ];
  };

async function word(bus: I2c, address: number, register: number): Promise<number> {
  await bus.write(address, Uint8Array.of(register));
  const [high = 0, low = 0] = await bus.read(address, 2);
  return (high << 8) | low;
}

const monitor = (part: Part): DriverModule<'i2c', PowerMonitorConfig> => ({
  part,
  port: 'i2c',
  config,
  channels: channelsOf(part),
  open: async (bus, options) => {
    const { address, shuntMilliohm } = options;
    const found = part === 'ina226' ? await word(bus, address, makerRegister) : maker;
    if (found !== maker)
      throw new Fault(
        'protocol',
        `the part at ${address} says 0x${found.toString(16)} for its maker; an INA226 says 0x5449`,
      );
    return {
      channels: channelsOf(part)(options),
      read: async () =>
        decode(
          part,
          { shunt: await word(bus, address, shuntRegister), bus: await word(bus, address, busRegister) },
          shuntMilliohm,
        ),
    };
  },
});

export const powerMonitors = { ina226: monitor('ina226'), ina219: monitor('ina219') } as const;
