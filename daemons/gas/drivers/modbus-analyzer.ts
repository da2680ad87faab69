/** Any analyzer that speaks Modbus RTU: its register map is data in the board file. */
import { z } from 'zod';
import { readRequest, readResponse, type Table, wrongResponse } from '../../core/codecs/modbus-rtu.ts';
import type { Channel, DriverModule, Sample } from '../../core/driver.ts';
import { heard } from '../../core/flow/heard.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { SerialLine } from '../../core/ports/serial.ts';

const widths = { u16: 1, i16: 1, u32: 2, i32: 2, f32: 2 } as const;
/** The longest answer is 125 registers; a line that says much more is not answering us. */
const mostBytes = 1024;
/** A line that talks for longer than this many answer times, before anything was asked, is not ours alone. */
const settlePatience = 4;

const config = z.strictObject({
  unit: z.int().min(1).max(247).describe('Modbus unit id, 1 to 247'),
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

interface Asking {
  readonly line: SerialLine;
  readonly clock: Clock;
  readonly options: Config;
}

/**
 * Waits until the line was silent for as long as an answer may take. Modbus has no numbers on its answers: one that comes
 * after its time (of a process that was killed, of a look that gave up) would be taken for the next one.
 * Errors: Fault `protocol` when the line never falls silent.
 */
async function settle({ line, clock, options: { unit, timeoutMs } }: Asking): Promise<void> {
  const giveUpNs = clock.now().monoNs + settlePatience * timeoutMs * 1e6;
  while (await heard(line, timeoutMs)) {
    if (clock.now().monoNs > giveUpNs)
      throw new Fault('protocol', `unit ${unit}: the line is never silent; something talks on it without being asked`);
  }
}

async function ask({ line, clock, options }: Asking, { table, start, count }: Run): Promise<number[]> {
  const { unit, timeoutMs } = options;
  const request = { unit, table, count };
  line.discard();
  await line.write(readRequest(unit, table, start, count));
  const giveUpNs = clock.now().monoNs + timeoutMs * 1e6;
  let received = new Uint8Array(0);
  while (received.length <= mostBytes) {
    const leftMs = (giveUpNs - clock.now().monoNs) / 1e6;
    const more = leftMs > 0 ? await heard(line, leftMs) : null;
    if (more === null) break;
    received = Uint8Array.from([...received, ...more]);
    const registers = readResponse(received, request);
    if (registers) return registers;
  }
  const noise = received.length > 0 ? `; ${received.length} bytes came that are no whole answer` : '';
  throw (
    wrongResponse(received, request) ??
    new Fault('timeout', `unit ${unit} did not answer within ${timeoutMs} ms${noise}`)
  );
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
    await port.transact((line) => settle({ line, clock, options }));
    return {
      channels: channels(options),
      read: () =>
        port.transact(async (line) => {
          const samples: Sample[] = [];
          for (const run of runs(options.channels)) {
            const registers = await ask({ line, clock, options }, run);
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
