/** Any analyzer that speaks Modbus RTU or Modbus TCP: its register map is data in the board file. */
import * as z from 'zod';
import type { Table } from '../../core/codecs/modbus-rtu.ts';
import { onDemand } from '../../core/config/on-demand.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { type Flag, noFlags } from '../../core/values/flags.ts';
import { modbusMaster } from '../modbus-master.ts';

const widths = { u16: 1, i16: 1, u32: 2, i32: 2, f32: 2 } as const;
const config = onDemand(() =>
  z.strictObject({
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
          order: z
            .enum(['high-first', 'low-first'])
            .default('high-first')
            .describe('which of two registers comes first'),
          scale: z.number().default(1).describe('value = scale * raw + offset'),
          offset: z.number().default(0),
          unit: z.string().min(1).max(16),
          range: z.tuple([z.number(), z.number()]).describe('possible values in that unit; others are flagged'),
        }),
      )
      .min(1)
      .max(64),
  }),
);
type Config = z.infer<typeof config>;
type Map1 = Config['channels'][number];

/** Two registers as one number; one for all looks, which never wait in between. */
const pair = new DataView(new ArrayBuffer(4));

function rawOf({ type, order }: Map1, first: number, second: number): number {
  if (type === 'u16') return first;
  if (type === 'i16') return (first << 16) >> 16;
  pair.setUint16(0, order === 'low-first' ? second : first);
  pair.setUint16(2, order === 'low-first' ? first : second);
  return type === 'f32' ? pair.getFloat32(0) : type === 'i32' ? pair.getInt32(0) : pair.getUint32(0);
}

/** One channel from its registers (one or two words, as they came) at `at`. NaN is a gap that says so; infinity as well. */
export function decode(map: Map1, registers: readonly number[], at = 0): Sample {
  const raw = rawOf(map, registers[at] ?? 0, registers[at + 1] ?? 0);
  if (!Number.isFinite(raw)) return { channel: map.name, value: null, flags: notANumber };
  const value = map.scale * raw + map.offset;
  return { channel: map.name, value, flags: value < map.range[0] || value > map.range[1] ? outOfRange : noFlags };
}

const notANumber: readonly Flag[] = ['not-a-number'];
const outOfRange: readonly Flag[] = ['out-of-range'];

interface Run {
  readonly table: Table;
  readonly start: number;
  readonly count: number;
}

/** The fewest requests that cover a map: registers that touch are asked for together. */
export function runs(maps: readonly Map1[]): Run[] {
  const found: { table: Table; start: number; count: number }[] = [];
  // Not by localeCompare, whose first call costs a start 10 ms and what it reads of ICU.
  const order = (one: Map1): number => (one.table === 'holding' ? 0 : 1);
  for (const one of maps.toSorted((a, b) => order(a) - order(b) || a.register - b.register)) {
    const last = found.at(-1);
    const end = one.register + widths[one.type];
    if (last && last.table === one.table && one.register <= last.start + last.count && end - last.start <= 125) {
      last.count = Math.max(last.count, end - last.start);
    } else found.push({ table: one.table, start: one.register, count: widths[one.type] });
  }
  return found;
}

/** A run with the channels that are in it, each at its place among the registers. */
interface Asking extends Run {
  readonly maps: readonly { readonly map: Map1; readonly at: number }[];
}

const askings = (maps: readonly Map1[]): Asking[] =>
  runs(maps).map((run) => ({
    ...run,
    maps: maps
      .map((map) => ({ map, at: map.register - run.start }))
      .filter(({ map, at }) => map.table === run.table && at >= 0 && at + widths[map.type] <= run.count),
  }));

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
  open: async (port, options, clock, aloneNs) => {
    const master = modbusMaster({ ...options, clock });
    const all = askings(options.channels);
    await port.transact((line) => master.settle(line, aloneNs));
    return {
      channels: channels(options),
      read: () =>
        port.transact(async (line) => {
          const samples: Sample[] = [];
          for (const asking of all) {
            const registers = await master.ask(line, asking);
            for (const { map, at } of asking.maps) samples.push(decode(map, registers, at));
          }
          return samples;
        }),
    };
  },
};
