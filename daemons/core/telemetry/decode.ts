import { inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { Fault } from '../ports/fault.ts';
import type { TelemetryBody } from '../values/envelope.ts';
import { type Flag, noFlags } from '../values/flags.ts';
import type { Measurement } from '../values/measurement.ts';
import type { Reading } from '../values/reading.ts';
import type { Stamp } from '../values/stamp.ts';
import type { Axis, Columns, FlagRun } from './columns.ts';
import type { RunPlace } from './encode.ts';

/** A body may inflate to this and no further, in bytes: some hundred thousand values. */
const maxBytes = 8_000_000;

const index = z.int().min(0);
const text = z.string().max(128);
const value = z.number().nullable();
// The names of flags are open: a newer box may know more of them.
const flag = z.string().max(32) as z.ZodType<unknown> as z.ZodType<Flag>;
const flags = z.array(z.tuple([index, index, z.array(flag).max(32)])).optional();
const column = { sensor: text, unit: text, axis: index, values: z.array(value), flags };

const shape = z.looseObject({
  v: z.literal(1),
  boot: text,
  clocks: z.array(z.looseObject({ wallMs: z.number(), synced: z.boolean(), uncertaintyMs: value })).min(1),
  axes: z.array(z.looseObject({ ms: z.array(z.number()), clock: z.array(z.tuple([index, index])).optional() })),
  readings: z.array(z.looseObject({ ...column, channel: text })).max(4096),
  run: z.looseObject({ id: text, first: index }).optional(),
  order: z.array(index).optional(),
  measurements: z
    .array(
      z.looseObject({
        ...column,
        quantity: text,
        calibration: text.nullable(),
        u: z.union([z.number(), z.array(value)]).optional(),
        delayMs: z.number().optional(),
      }),
    )
    .max(4096),
});

export interface Telemetry {
  readonly readings: readonly Reading[];
  readonly measurements: readonly Measurement[];
  /** Where its readings stand in what a line has read; null where that is not told. */
  readonly run: RunPlace | null;
}

/**
 * The inverse of `encodeTelemetry`, within its rounding: readings in the order in which they came where that is told, all
 * else channel after channel, each in its own order. Errors: Fault
 * `protocol` for a body that is not what the encoder writes, or that would inflate beyond 8 MB.
 */
export function decodeTelemetry(body: TelemetryBody): Telemetry {
  const columns = inflate(body);
  const stampsOf = stamps(columns, body.from);
  const byColumn = columns.readings.map((one, i): Reading[] => {
    const at = stampsOf(one, `readings.${i}`);
    const flagsAt = spread(one.flags, one.values.length, `readings.${i}.flags`);
    return one.values.map((value, n) => ({
      sensor: one.sensor,
      channel: one.channel,
      at: at[n] ?? body.from,
      value,
      unit: one.unit,
      flags: flagsAt[n] ?? noFlags,
    }));
  });
  const measurements = columns.measurements.flatMap((one, i): Measurement[] => {
    const at = stampsOf(one, `measurements.${i}`);
    const flagsAt = spread(one.flags, one.values.length, `measurements.${i}.flags`);
    const { u } = one;
    if (typeof u === 'object' && u.length !== one.values.length)
      throw wrong(`measurements.${i}.u`, `has ${u.length} entries; values has ${one.values.length}`);
    return one.values.map((value, n) => ({
      sensor: one.sensor,
      quantity: one.quantity,
      at: at[n] ?? body.from,
      value,
      unit: one.unit,
      u: typeof u === 'object' ? (u[n] ?? null) : (u ?? null),
      flags: flagsAt[n] ?? noFlags,
      calibration: one.calibration,
      ...(one.delayMs === undefined ? {} : { delayMs: one.delayMs }),
    }));
  });
  const readings = columns.order ? inOrder(byColumn, columns.order) : byColumn.flat();
  const found = readings.length + measurements.length;
  if (found !== body.values) throw wrong('values', `says ${body.values}; the columns hold ${found}`);
  return { readings, measurements, run: columns.run ?? null };
}

/** The inflated JSON text of a body: what is compared where two encoders must agree, as deflate need not. */
export const columnsText = (body: TelemetryBody): string => JSON.stringify(inflate(body));

function inOrder(columns: readonly (readonly Reading[])[], order: readonly number[]): Reading[] {
  const next = columns.map(() => 0);
  const readings: Reading[] = [];
  for (let i = 0; i < order.length; i += 2) {
    const from = order[i] ?? 0;
    for (let place = from; place < from + (order[i + 1] ?? 0); place++) {
      const reading = columns[place]?.[next[place] ?? 0];
      if (!reading) throw wrong(`order.${i}`, `asks for a value of column ${place} that is not there`);
      next[place] = (next[place] ?? 0) + 1;
      readings.push(reading);
    }
  }
  const left = columns.findIndex((column, i) => (next[i] ?? 0) < column.length);
  if (left >= 0) throw wrong('order', `leaves values of column ${left} out`);
  return readings;
}

function inflate({ data }: TelemetryBody): Columns {
  let parsed: unknown;
  try {
    parsed = JSON.parse(inflateRawSync(Buffer.from(data, 'base64'), { maxOutputLength: maxBytes }).toString());
  } catch (error) {
    throw new Fault('protocol', `telemetry data: ${(error as Error).message}; must be deflated JSON columns`, error);
  }
  const columns = shape.safeParse(parsed);
  if (columns.success) return columns.data as Columns;
  const [issue] = columns.error.issues;
  throw wrong(issue?.path.join('.') || 'the whole', issue?.message ?? 'is not columns');
}

const wrong = (where: string, what: string): Fault => new Fault('protocol', `telemetry data: ${where}: ${what}`);

/** The stamps of a column; those of an axis are made once. */
function stamps({ axes, clocks, boot }: Columns, from: Stamp) {
  const made = new Map<number, readonly Stamp[]>();
  const make = ({ ms, clock = [] }: Axis, where: string): Stamp[] => {
    let sinceMs = 0;
    let next = 0;
    let current = clocks[0];
    return ms.map((step, i) => {
      sinceMs += step;
      const change = clock[next];
      if (change?.[0] === i) {
        current = clocks[change[1]];
        next += 1;
      }
      if (!current) throw wrong(where, 'names a clock that is not under clocks');
      return {
        wallMs: current.wallMs + sinceMs,
        monoNs: from.monoNs + sinceMs * 1e6,
        boot,
        synced: current.synced,
        uncertaintyMs: current.uncertaintyMs,
      };
    });
  };
  return ({ axis, values }: { axis: number; values: readonly unknown[] }, where: string): readonly Stamp[] => {
    const times = axes[axis];
    if (!times) throw wrong(`${where}.axis`, `is ${axis}; there are ${axes.length} axes`);
    if (times.ms.length !== values.length)
      throw wrong(`${where}.values`, `has ${values.length} entries; its axis has ${times.ms.length}`);
    const known = made.get(axis) ?? make(times, `axes.${axis}.clock`);
    made.set(axis, known);
    return known;
  };
}

/** Flags value by value. */
function spread(runs: readonly FlagRun[] | undefined, length: number, where: string): readonly (readonly Flag[])[] {
  if (!runs) return [];
  const all: (readonly Flag[])[] = new Array(length).fill(noFlags);
  for (const [start, count, flags] of runs) {
    if (start + count > length) throw wrong(where, `goes to ${start + count}; there are ${length} values`);
    all.fill(flags, start, start + count);
  }
  return all;
}
