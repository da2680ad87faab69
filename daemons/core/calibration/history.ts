/**
 * What became of a part over its life, from its records: a zero cannot reveal poisoning, the sensitivity to span gas does. One
 * history a serial number and quantity, whatever place the part was in. For plots: series of points, oldest first.
 */
import type { CalibrationRecord } from '../ports/calibrations.ts';
import type { CalibrationPoint } from '../values/calibration.ts';

export interface HistoryPoint {
  readonly atMs: number;
  readonly value: number;
  /** Standard uncertainty (k = 1); null where none is stated. */
  readonly u: number | null;
  readonly record: string;
  readonly kind: CalibrationRecord['record'];
}

export type SeriesName =
  /** Reading per unit of gas, in the instrument's unit per the result's. */
  | 'sensitivity'
  /** Reading in zero gas, in the instrument's unit. */
  | 'zero'
  /** What was shown for span gas before anything was changed, as a share of what was applied. */
  | 'span-as-found'
  /** What was shown for zero gas before anything was changed, in the unit of the result. */
  | 'zero-as-found'
  /** Seconds of a bump to 90 %, and its peak as a share of what was applied. */
  | 't90'
  | 'bump-peak'
  /** Exposure of the part so far: unit of the result times hours, and hours in wet air. See `gas/dose.ts`. */
  | 'dose'
  | 'condensation';

export interface History {
  readonly serial: string;
  readonly quantity: string;
  readonly unit: string;
  readonly series: Readonly<Partial<Record<SeriesName, readonly HistoryPoint[]>>>;
  /** Moments at which a check or a bump failed. */
  readonly failures: readonly { readonly atMs: number; readonly record: string; readonly reasons: readonly string[] }[];
  /** Last value of `sensitivity` as a share of the first; null before there are two. */
  readonly sensitivityLeft: number | null;
}

/** Readings per unit of gas between the lowest and the highest level; null where there is one level only. */
function sensitivityOf(points: readonly CalibrationPoint[]): { readonly value: number; readonly u: number } | null {
  const sorted = points.toSorted((a, b) => a.applied - b.applied);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (!low || !high || !(high.applied > low.applied)) return null;
  const [dRead, dApplied] = [high.read - low.read, high.applied - low.applied];
  const ofRead = Math.hypot(low.uRead, high.uRead) / dApplied;
  const ofApplied = (Math.abs(dRead) * Math.hypot(low.uApplied, high.uApplied)) / dApplied ** 2;
  return { value: dRead / dApplied, u: Math.hypot(ofRead, ofApplied) };
}

/** The points of a record that were read before anything was changed; those of the fit where there are none. */
const firstReadings = (record: CalibrationRecord): readonly CalibrationPoint[] => {
  if (record.record === 'bump') return [];
  if (record.record === 'check') return record.points;
  return record.asFound.length > 0 ? record.asFound : record.points;
};

const shownBefore = (record: CalibrationRecord) =>
  record.record === 'check' ? record.points : record.record === 'adjustment' ? record.asFound : [];

/** What one record says, by series. */
function pointsOf(record: CalibrationRecord): readonly (readonly [SeriesName, number, number | null])[] {
  const found: (readonly [SeriesName, number, number | null])[] = [];
  const first = firstReadings(record);
  const sensitivity = sensitivityOf(first);
  if (sensitivity) found.push(['sensitivity', sensitivity.value, sensitivity.u]);
  const zero = first.find(({ applied }) => applied === 0);
  if (zero) found.push(['zero', zero.read, zero.uRead]);
  const shown = shownBefore(record);
  const span = shown.filter(({ applied }) => applied > 0).at(-1);
  if (span)
    found.push(['span-as-found', span.shown / span.applied, span.uShown === null ? null : span.uShown / span.applied]);
  const none = shown.find(({ applied }) => applied === 0);
  if (none) found.push(['zero-as-found', none.shown, none.uShown]);
  if (record.record === 'bump') {
    found.push(['bump-peak', record.response.peak / record.applied, null]);
    if (record.response.t90S !== null) found.push(['t90', record.response.t90S, null]);
  }
  return found;
}

/** How much a part was exposed to by a moment: as `gas/dose.ts` keeps it. */
export interface ExposedBy {
  readonly serial: string;
  readonly quantity: string;
  readonly atMs: number;
  readonly doseHours: number;
  readonly condensationHours: number;
}

/** The history of every part that has a record, in the order of its first one. Co-location fits have no gas and tell nothing here. */
export function historyOf(
  records: readonly CalibrationRecord[],
  exposed: readonly ExposedBy[] = [],
): readonly History[] {
  const groups = Map.groupBy(
    records.toSorted((a, b) => a.atMs - b.atMs),
    ({ serial, quantity }) => `${serial}\n${quantity}`,
  );
  return [...groups.values()].map((all) => {
    const [{ serial, quantity, unit }] = all as [CalibrationRecord, ...CalibrationRecord[]];
    const series: Partial<Record<SeriesName, HistoryPoint[]>> = {};
    const put = (name: SeriesName, point: HistoryPoint): void => {
      series[name] = [...(series[name] ?? []), point];
    };
    for (const record of all)
      for (const [name, value, u] of pointsOf(record))
        put(name, { atMs: record.atMs, value, u, record: record.id, kind: record.record });
    for (const one of exposed.filter((other) => other.serial === serial && other.quantity === quantity)) {
      const at = { atMs: one.atMs, u: null, record: '', kind: 'check' as const };
      put('dose', { ...at, value: one.doseHours });
      put('condensation', { ...at, value: one.condensationHours });
    }
    const [first, last] = [series.sensitivity?.[0], series.sensitivity?.at(-1)];
    return {
      serial,
      quantity,
      unit,
      series,
      failures: all.flatMap((one) =>
        one.record !== 'adjustment' && one.verdict === 'failed'
          ? [{ atMs: one.atMs, record: one.id, reasons: one.reasons }]
          : [],
      ),
      sensitivityLeft: first && last && first !== last && first.value !== 0 ? last.value / first.value : null,
    };
  });
}
