/** What a part shows in gas without any, record by record: how far its zero moved between two of them. Pure. */
import type { CalibrationRecord } from '../ports/calibrations.ts';
import type { ShownPoint } from '../values/calibration.ts';

const shownIn = (points: readonly ShownPoint[]): number | null =>
  points.find(({ applied }) => applied === 0)?.shown ?? null;

/** What it showed in zero gas before anything was changed; null where none was applied. */
export function zeroFound(record: CalibrationRecord): number | null {
  if (record.record === 'bump') return null;
  return shownIn(record.record === 'check' ? record.points : record.asFound);
}

/** What it shows in zero gas from this record on; null where that was not seen. */
export function zeroLeft(record: CalibrationRecord): number | null {
  if (record.record !== 'adjustment') return zeroFound(record);
  const shown = shownIn(record.asLeft);
  const point = record.points.find(({ applied }) => applied === 0);
  const [term, ...others] = record.fit.terms;
  if (shown !== null || !point || !term || others.length > 0) return shown;
  return record.fit.intercept + term.coefficient * point.read;
}

/** Of one part and quantity, in the unit of the result. */
export interface ZeroShift {
  /** The record that saw the zero before. */
  readonly since: string;
  readonly before: number;
  readonly after: number;
  readonly most: number;
  readonly unit: string;
}

/** By quantity, in the unit of the result: how far a zero may move from one record to the next. */
export type ShiftLimits = Readonly<Record<string, number>>;

/** The newest record of the same part before `record` that saw its zero. */
export function zeroBefore(record: CalibrationRecord, all: readonly CalibrationRecord[]): CalibrationRecord | null {
  const { id, serial, quantity, atMs } = record;
  const seen = all.filter(
    (one) =>
      one.id !== id &&
      one.serial === serial &&
      one.quantity === quantity &&
      one.atMs <= atMs &&
      zeroLeft(one) !== null &&
      // Of a check that failed nobody knows what it was left as.
      (one.record === 'adjustment' || one.verdict === 'passed'),
  );
  return seen.toSorted((a, b) => a.atMs - b.atMs).at(-1) ?? null;
}

/** How far the zero had moved when `record` found it; null where no limit is set, or it was not seen twice. */
export function zeroShift(
  record: CalibrationRecord,
  all: readonly CalibrationRecord[],
  limits: ShiftLimits,
): ZeroShift | null {
  const most = limits[record.quantity];
  const after = zeroFound(record);
  const earlier = zeroBefore(record, all);
  const before = earlier && zeroLeft(earlier);
  if (most === undefined || after === null || earlier === null || before === null) return null;
  return { since: earlier.id, before, after, most, unit: record.unit };
}

/** Written so that a number that is none is too far. */
export const isBeyond = ({ before, after, most }: Pick<ZeroShift, 'before' | 'after' | 'most'>): boolean =>
  !(Math.abs(after - before) <= most);

/** For the reader. */
export const shiftText = ({ since, before, after, most, unit }: ZeroShift): string =>
  `its zero moved from ${before.toPrecision(3)} to ${after.toPrecision(3)} ${unit} since ${since}; it may move by ${most} ${unit}`;
