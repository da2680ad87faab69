/** Senseair S8, carbon dioxide, Modbus RTU at 9600 8N1 (Modbus on Senseair S8, TDE2067; product specification PSP107). */
import * as z from 'zod';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Flag } from '../../core/values/flags.ts';
import { modbusMaster } from '../modbus-master.ts';

/** TDE2067 table 3: input registers 1 to 4 are meter status, alarm status, output status and CO2 in ppm. */
const measurement = { table: 'input', start: 0, count: 4 } as const;
/** Holding register 32: hours of automatic baseline correction, 0 for none. */
const baselineHours = { table: 'holding', start: 0x1f, count: 1 } as const;
/** Input register 1, by bit. */
const status: readonly (readonly [bit: number, flag: Flag])[] = [
  [0, 'instrument-fault'],
  [1, 'instrument-fault'],
  [2, 'instrument-fault'],
  [3, 'instrument-fault'],
  [4, 'instrument-fault'],
  [5, 'out-of-range'],
  [6, 'instrument-fault'],
];

const config = onDemand(() =>
  z.strictObject({
    unit: z
      .union([z.int().min(1).max(247), z.literal(254)])
      .default(254)
      .describe('Modbus unit id; 254 is any, for a sensor alone on its line'),
    baseline: z
      .enum(['off', 'keep'])
      .default('off')
      .describe("off: the sensor's own baseline correction is switched off; keep: as it is set in the sensor"),
    fullScalePpm: z.int().min(1000).max(32_000).default(10_000).describe('by the model, for example 2000 or 10000'),
    warmUpS: z.int().min(0).max(3600).describe('seconds after opening before the value counts'),
    timeoutMs: z.int().min(50).max(10_000).default(500).describe('milliseconds for a whole answer'),
  }),
);
type Config = z.infer<typeof config>;

const channels = ({ fullScalePpm }: Pick<Config, 'fullScalePpm'>): Channel[] => [
  { name: 'co2', unit: 'ppm', range: [0, fullScalePpm], resolution: 1 },
];

/** The four input registers to a value. A sensor that reports a fault of its own gives none. */
export function decode(registers: readonly number[], { fullScalePpm }: Pick<Config, 'fullScalePpm'>): Sample {
  const [meter = 0, , , word = 0] = registers;
  const ppm = (word << 16) >> 16;
  const found = new Set(status.filter(([bit]) => meter & (1 << bit)).map(([, flag]) => flag));
  if (found.has('instrument-fault')) return { channel: 'co2', value: null, flags: ['instrument-fault'] };
  return { channel: 'co2', value: ppm, flags: found.size > 0 || ppm < 0 || ppm > fullScalePpm ? ['out-of-range'] : [] };
}

export const senseairS8: DriverModule<'serial', Config> = {
  part: 'senseair-s8',
  port: 'serial',
  config,
  channels,
  open: async (port, options, clock, aloneNs) => {
    const master = modbusMaster({ ...options, clock });
    await port.transact(async (line) => {
      await master.settle(line, aloneNs);
      const [hours = 0] = await master.ask(line, baselineHours);
      // It takes its lowest value of a week for fresh air: a steady source would be learned away. The sensor keeps the
      // setting through power cuts and its memory wears, so it is written only when it differs.
      if (options.baseline !== 'off' || hours === 0) return;
      await master.write(line, baselineHours.start, 0);
      const [left = 0] = await master.ask(line, baselineHours);
      if (left !== 0) throw new Fault('refused', `its baseline correction stays at ${left} h; 0 was written`);
    });
    const warmNs = clock.now().monoNs + options.warmUpS * 1e9;
    return {
      channels: channels(options),
      read: () =>
        port.transact(async (line) => {
          const sample = decode(await master.ask(line, measurement), options);
          const cold: readonly Flag[] = clock.now().monoNs < warmNs ? ['warming-up'] : [];
          return [{ ...sample, flags: [...sample.flags, ...cold] }];
        }),
    };
  },
};
