import { deflateRawSync } from 'node:zlib';
import type { TelemetryBody } from '../values/envelope.ts';
import type { Flag } from '../values/flags.ts';
import type { Measurement } from '../values/measurement.ts';
import type { Reading } from '../values/reading.ts';
import type { Stamp } from '../values/stamp.ts';
import type { Axis, ClockReading, Columns, FlagRun, MeasurementColumn, ReadingColumn } from './columns.ts';
import { trim } from './trim.ts';

/** A wall clock that moved by more than this against the monotonic clock is another clock reading, in ms. */
const clockSlackMs = 2;

/** One channel's values as they come in. */
interface Column {
  readonly sensor: string;
  readonly name: string;
  readonly unit: string;
  readonly calibration: string | null;
  readonly delayMs: number | undefined;
  readonly ms: number[];
  readonly clock: [number, number][];
  readonly values: (number | null)[];
  readonly u: (number | null)[];
  readonly flags: [number, number, readonly Flag[]][];
  lastMs: number;
  lastClock: number;
  /** False once the channel went on in a later column. */
  open: boolean;
}

/** The time of a stamp against the first one, worked out once for all values that share it. */
interface Ticks {
  at: Stamp | null;
  ms: number;
  clock: number;
}

/** The place of a batch in what a line has read since its start: so that nothing can be missing without being noticed. */
export interface RunPlace {
  readonly id: string;
  readonly first: number;
}

/**
 * Readings and measurements of one boot as the body of a telemetry envelope. Values keep six significant digits,
 * uncertainties three, times a millisecond (the wall clock: within 3 ms); order within a channel, gaps and flags are
 * kept as they are. The batch must hold at least one value. It is on the hot path of every daemon.
 */
export function encodeTelemetry(batch: {
  readonly readings: readonly Reading[];
  readonly measurements: readonly Measurement[];
  readonly run?: RunPlace;
}): TelemetryBody {
  const { readings, measurements, run } = batch;
  const [from, to] = span(readings, measurements);
  const clocks: ClockReading[] = [];
  const axes = shareAxes();
  const places: number[] = [];
  const columns: Columns = {
    v: 1,
    boot: from.boot,
    clocks,
    axes: axes.all,
    readings: gather(readings, { nameOf: nameOfReading, ticksOf: timing(from, clocks), places }).map((column) =>
      readingColumn(column, axes.of),
    ),
    measurements: gather(measurements, { nameOf: nameOfMeasurement, ticksOf: timing(from, clocks) }).map((column) =>
      measurementColumn(column, axes.of),
    ),
    ...(run ? { run: { id: run.id, first: run.first }, order: orderOf(places) } : {}),
  };
  return {
    encoding: 'columns+deflate-raw+base64',
    from,
    to,
    values: readings.length + measurements.length,
    data: deflateRawSync(JSON.stringify(columns), { level: 4 }).toString('base64'),
  };
}

function span(readings: readonly Reading[], measurements: readonly Measurement[]): [Stamp, Stamp] {
  let from = (readings[0] ?? measurements[0])?.at;
  if (from === undefined) throw new RangeError('a telemetry envelope holds at least one value');
  let to = from;
  for (const values of [readings, measurements]) {
    let last: Stamp | null = null;
    for (const { at } of values) {
      if (at === last) continue;
      last = at;
      if (at.boot !== from.boot) throw new RangeError('a telemetry envelope holds values of one boot');
      if (at.monoNs < from.monoNs) from = at;
      if (at.monoNs > to.monoNs) to = at;
    }
  }
  return [from, to];
}

/** Turns stamps into ms after `from` and the index of the clock that held, which it adds to `clocks` when it is new. */
function timing(from: Stamp, clocks: ClockReading[]): (at: Stamp) => Ticks {
  const ticks: Ticks = { at: null, ms: 0, clock: 0 };
  return (at) => {
    if (at === ticks.at) return ticks;
    const sinceMs = (at.monoNs - from.monoNs) / 1e6;
    const wallMs = at.wallMs - sinceMs;
    const within =
      (slackMs: number) =>
      ({ wallMs: other, synced, uncertaintyMs }: ClockReading): boolean =>
        Math.abs(other - wallMs) <= slackMs && synced === at.synced && uncertaintyMs === at.uncertaintyMs;
    const current = clocks[ticks.clock];
    if (!current || !within(0)(current)) {
      // Steadied stamps (see recorded.ts) find their own clock exactly; others stay with one that is near enough.
      const known = clocks.findIndex(within(0));
      if (known >= 0) ticks.clock = known;
      else if (!current || !within(clockSlackMs)(current)) ticks.clock = clocks.push(clockOf(wallMs, at)) - 1;
    }
    ticks.at = at;
    ticks.ms = Math.round(sinceMs);
    return ticks;
  };
}

const clockOf = (wallMs: number, { synced, uncertaintyMs }: Stamp): ClockReading => ({
  wallMs: Math.round(wallMs),
  synced,
  uncertaintyMs,
});

type Either = Reading & Measurement;
const nameOfReading = (one: Reading): string => one.channel;
const nameOfMeasurement = (one: Measurement): string => one.quantity;

interface Gathering<V> {
  readonly nameOf: (value: V) => string;
  readonly ticksOf: (at: Stamp) => Ticks;
  /** Gets the column that each value went to. */
  readonly places?: number[];
}

function gather<V extends Reading | Measurement>(
  values: readonly V[],
  { nameOf, ticksOf, places }: Gathering<V>,
): Column[] {
  const columns: Column[] = [];
  /** The column that a channel is written to now: the latest of its name. */
  const latest = new Map<string, Map<string, number>>();
  let place = -1;
  for (const value of values) {
    const name = nameOf(value);
    const { sensor, unit, flags } = value;
    const { calibration = null, u = null, delayMs } = value as Partial<Either>;
    // Channels are read in the same order again and again: most often it is the next column.
    place = place + 1 < columns.length ? place + 1 : 0;
    let column = columns[place];
    if (!column?.open || column.sensor !== sensor || column.name !== name) {
      place = latest.get(sensor)?.get(name) ?? -1;
      column = columns[place];
    }
    if (!column || column.unit !== unit || column.calibration !== calibration || column.delayMs !== delayMs) {
      if (column) column.open = false;
      column = emptyColumn({ sensor, name, unit, calibration, delayMs });
      place = columns.push(column) - 1;
      const channels = latest.get(sensor);
      if (channels) channels.set(name, place);
      else latest.set(sensor, new Map([[name, place]]));
    }
    put(column, value.value, u, flags);
    places?.push(place);
    const { ms, clock } = ticksOf(value.at);
    column.ms.push(ms - column.lastMs);
    column.lastMs = ms;
    if (clock !== column.lastClock) {
      column.clock.push([column.ms.length - 1, clock]);
      column.lastClock = clock;
    }
  }
  return columns;
}

/** Columns one after another as pairs (column, count): channels of a sensor stand side by side. */
function orderOf(places: readonly number[]): number[] {
  const order: number[] = [];
  let next = -1;
  for (const place of places) {
    if (place === next) order[order.length - 1] = (order.at(-1) ?? 0) + 1;
    else order.push(place, 1);
    next = place + 1;
  }
  return order;
}

const emptyColumn = (of: Pick<Column, 'sensor' | 'name' | 'unit' | 'calibration' | 'delayMs'>): Column => ({
  ...of,
  ms: [],
  clock: [],
  values: [],
  u: [],
  flags: [],
  lastMs: 0,
  lastClock: 0,
  open: true,
});

function put(column: Column, value: number | null, u: number | null, flags: readonly Flag[]): void {
  const index = column.values.push(value === null ? null : trim(value, 6)) - 1;
  column.u.push(u === null ? null : trim(u, 3));
  if (flags.length === 0) return;
  const run = column.flags.at(-1);
  if (run && run[0] + run[1] === index && isSame(run[2], flags)) run[1] += 1;
  else column.flags.push([index, 1, flags]);
}

const isSame = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a === b || (a.length === b.length && a.every((one, i) => one === b[i]));

/** Gives each column its axis; columns with the same times share one. */
function shareAxes(): { readonly all: Axis[]; of(column: Column): number } {
  const all: Axis[] = [];
  const isShared = ({ ms, clock = [] }: Axis, column: Column): boolean =>
    isSame(ms, column.ms) &&
    clock.length === column.clock.length &&
    clock.every(([start, index], i) => start === column.clock[i]?.[0] && index === column.clock[i]?.[1]);
  const of = (column: Column): number => {
    // The sensor's other channels are the likely ones, and they came last.
    const known = all.findLastIndex((axis) => isShared(axis, column));
    if (known >= 0) return known;
    return all.push(column.clock.length === 0 ? { ms: column.ms } : { ms: column.ms, clock: column.clock }) - 1;
  };
  return { all, of };
}

const sparse = (runs: readonly FlagRun[]): { flags?: readonly FlagRun[] } => (runs.length === 0 ? {} : { flags: runs });

const readingColumn = (column: Column, axisOf: (column: Column) => number): ReadingColumn => ({
  sensor: column.sensor,
  channel: column.name,
  unit: column.unit,
  axis: axisOf(column),
  values: column.values,
  ...sparse(column.flags),
});

function measurementColumn(column: Column, axisOf: (column: Column) => number): MeasurementColumn {
  const [first = null] = column.u;
  const constant = column.u.every((one) => one === first);
  return {
    sensor: column.sensor,
    quantity: column.name,
    unit: column.unit,
    calibration: column.calibration,
    axis: axisOf(column),
    values: column.values,
    ...(constant && first === null ? {} : { u: constant && first !== null ? first : column.u }),
    ...(column.delayMs === undefined ? {} : { delayMs: column.delayMs }),
    ...sparse(column.flags),
  };
}
