/** Any analyzer that speaks Modbus RTU or Modbus TCP: its register map is data in the board file. */
import { z } from 'zod';
import type { Table } from '../../core/codecs/modbus-rtu.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { modbusMaster } from '../modbus-master.ts';

const widths = { u16: 1, i16: 1, u32: 2, i32: 2, f32: 2 } as const;
const config = z.strictObject({
  unit: z.int().min(1).max(247).describe('Modbus unit id, 1 to 247'),
  framing: z
    .enum(['rtu', 'tcp'])
    .optional()
    .describe('rtu (if absent): a serial line, also one through a transparent gateway; tcp: Modbus TCP, port 502'),
  timeoutMs: z.int().min(20).max(10_000).default(500).describe('milliseconds for a whole answer'),
  channels: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9-]{1,32}$/),
        register: z
          .int()
          .min(0)
          .max(65535)
          .describe("address from 0, as on the wire: a manual's 30001 is input register 0"),
        table: z.enum(['holding', 'input']),
        type: z.enum(['u16', 'i16', 'u32', 'i32', 'f32']),
        order: z.enum(['high-first', 'low-first']).default('high-first').describe('which of two registers comes first'),
        scale: z.number().default(1).describe('value = scale * raw + offset'),
        offset: z.number().default(0),
        unit: z.string().min(1).max(16),
        range: z.tuple([z.number(), z.number()]).describe('possible values in that unit; others are flagged'),
      }),
    )
    .min(1)
    .max(64),
});
type Config = z.infer<typeof config>;
type Map1 = Config['channels'][number];

/** One channel from its registers (one or two words, as they came). NaN is a gap that says so; infinity as well. */
export function decode(map: Map1, registers: readonly number[]): Sample {
  const [first = 0, second = 0] = registers;
  const view = new DataView(new ArrayBuffer(4));
  view.setUint16(0, map.order === 'low-first' ? second : first);
  view.setUint16(2, map.order === 'low-first' ? first : second);
  const raw = {
    u16: first,
    i16: (first << 16) >> 16,
    u32: view.getUint32(0),
    i32: view.getInt32(0),
    f32: view.getFloat32(0),
  }[map.type];
  if (!Number.isFinite(raw)) return { channel: map.name, value: null, flags: ['not-a-number'] };
  const value = map.scale * raw + map.offset;
  return { channel: map.name, value, flags: value < map.range[0] || value > map.range[1] ? ['out-of-range'] : [] };
}

interface Run {
  readonly table: Table;
  readonly start: number;
  readonly count: number;
}

/** The fewest requests that cover a map: registers that touch are asked for together. */
export function runs(maps: readonly Map1[]): Run[] {
  const found: { table: Table; start: number; count: number }[] = [];
  for (const one of maps.toSorted((a, b) => a.table.localeCompare(b.table) || a.register - b.register)) {
    const last = found.at(-1);
    const end = one.register + widths[one.type];
    if (last && last.table === one.table && one.register <= last.start + last.count && end - last.start <= 125) {
      last.count = Math.max(last.count, end - last.start);
    } else found.push({ table: one.table, start: one.register, count: widths[one.type] });
  }
  return found;
}

const channels = (options: Config): Channel[] =>
  options.channels.map(({ name, unit, range, scale, type }) => ({
    name,
    unit,
    range,
    resolution: type === 'f32' ? 0 : Math.abs(scale),
  }));

export const modbusAnalyzer: DriverModule<'serial', Config> = {
  part: 'modbus-analyzer',
  port: 'serial',
  config,
  channels,
  open: async (port, options, clock) => {
    const master = modbusMaster({ ...options, clock });
    await port.transact(master.settle);
    return {
      channels: channels(options),
      read: () =>
        port.transact(async (line) => {
          const samples: Sample[] = [];
          for (const run of runs(options.channels)) {
            const registers = await master.ask(line, run);
            for (const map of options.channels) {
              const at = map.register - run.start;
              if (map.table === run.table && at >= 0 && at + widths[map.type] <= run.count)
                samples.push(decode(map, registers.slice(at, at + 2)));
            }
          }
          return samples;
        }),
    };
  },
};
