/**
 * Telemetry in columns: one series per channel or quantity, each name, unit and calibration once, times as differences.
 * A batch of 100 deflates to a tenth of one JSON message a reading (delivery.md section 3). Values keep 6 significant
 * digits and uncertainties 3: far below what any instrument here resolves.
 */
import { deflateRawSync } from 'node:zlib';
import type { TelemetryBody } from '../values/envelope.ts';
import type { Measurement } from '../values/measurement.ts';
import type { Reading } from '../values/reading.ts';

/** What `decode.ts` reads back; `k`: r is a reading, m a measurement. */
export interface Series {
  readonly k: 'r' | 'm';
  readonly s: string;
  readonly c: string;
  readonly unit: string;
  readonly cal: string | null;
  /** Milliseconds after the one before; the first after the batch's `from`. */
  readonly t: number[];
  readonly v: (number | null)[];
  /** Standard uncertainties, for measurements; one number when all are the same. */
  u: (number | null)[] | number | null;
  /** Flags by position, only where there are any. */
  f: Record<string, readonly string[]>;
}

export interface TelemetryInput {
  readonly readings: readonly Reading[];
  readonly measurements: readonly Measurement[];
}

/** Six significant digits as a number; a value that is no number is a gap. */
const trim6 = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : roundTo(value, 6);
const trim3 = (value: number | null): number | null =>
  value === null || !Number.isFinite(value) ? null : roundTo(value, 3);

/** Arithmetic, because toPrecision costs ten times as much; the JSON text stays short for ordinary magnitudes. */
function roundTo(value: number, digits: number): number {
  if (value === 0) return 0;
  const places = digits - 1 - Math.floor(Math.log10(Math.abs(value)));
  if (places < 0) return Math.round(value / 10 ** -places) * 10 ** -places;
  if (places > 15) return value;
  const scale = 10 ** places;
  return Math.round(value * scale) / scale;
}

/** Packs a batch that is not empty, in the order it came. */
export function encodeTelemetry({ readings, measurements }: TelemetryInput): TelemetryBody {
  const first = readings[0]?.at ?? measurements[0]?.at;
  const last = measurements.at(-1)?.at ?? readings.at(-1)?.at;
  if (first === undefined || last === undefined) throw new Error('an empty batch has no telemetry');
  const originMs = first.monoNs / 1e6;
  const book = new Map<string, Map<string, { series: Series; atMs: number }>>();
  const all: Series[] = [];

  const seriesOf = (k: 'r' | 'm', s: string, c: string, unit: string, cal: string | null) => {
    const sensor = k + s;
    let channels = book.get(sensor);
    if (channels === undefined) {
      channels = new Map();
      book.set(sensor, channels);
    }
    let entry = channels.get(c);
    if (entry === undefined || entry.series.cal !== cal || entry.series.unit !== unit) {
      entry = { series: { k, s, c, unit, cal, t: [], v: [], u: k === 'm' ? [] : null, f: {} }, atMs: originMs };
      channels.set(c, entry);
      all.push(entry.series);
    }
    return entry;
  };
  const put = (
    entry: { series: Series; atMs: number },
    monoNs: number,
    value: number | null,
    flags: readonly string[],
  ): void => {
    const { series } = entry;
    const step = Math.round(monoNs / 1e6 - entry.atMs);
    entry.atMs += step;
    if (flags.length > 0) series.f[series.v.length] = flags;
    series.t.push(step);
    series.v.push(trim6(value));
  };

  for (const one of readings)
    put(seriesOf('r', one.sensor, one.channel, one.unit, null), one.at.monoNs, one.value, one.flags);
  for (const one of measurements) {
    const entry = seriesOf('m', one.sensor, one.quantity, one.unit, one.calibration);
    put(entry, one.at.monoNs, one.value, one.flags);
    (entry.series.u as (number | null)[]).push(trim3(one.u));
  }
  for (const series of all) {
    const { u } = series;
    if (Array.isArray(u) && u.every((one) => one === u[0])) series.u = u[0] ?? null;
    const marks = Object.values(series.f);
    const same = marks[0]?.join();
    // A simulated sensor flags every value: said once, under "*".
    if (marks.length === series.v.length && marks.every((one) => one.join() === same))
      series.f = { '*': marks[0] ?? [] };
  }
  return {
    encoding: 'columns+deflate-raw+base64',
    from: first,
    to: last,
    values: readings.length + measurements.length,
    data: deflateRawSync(JSON.stringify(all), { level: 4 }).toString('base64'),
  };
}
