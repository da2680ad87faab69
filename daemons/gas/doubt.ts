/** What a calibration record says of the time before it, and what the reader of an alert of that time is told. Pure. */
import { type Judged, judgeCheck, mostOff, type Tolerances } from '../core/calibration/judge.ts';
import type { CalibrationRecord } from '../core/ports/calibrations.ts';
import type { Adjustment } from '../core/values/calibration.ts';
import type { CalibrationCheck } from '../core/values/calibration-check.ts';
import type { Doubt } from '../core/values/doubt.ts';

type Found = Adjustment | CalibrationCheck;

/** What was shown before anything was changed, and what it is held to: a check by its own limits, an adjustment by `tolerance`. */
function heldTo(
  record: Found,
  tolerance: number,
): { readonly points: CalibrationCheck['points']; readonly to: Tolerances } {
  const { unit } = record;
  if (record.record === 'check')
    return { points: record.points, to: { tolerance: record.tolerance, zeroTolerance: record.zeroTolerance, unit } };
  const span = Math.max(0, ...record.asFound.map(({ applied }) => applied));
  return { points: record.asFound, to: { tolerance, zeroTolerance: tolerance * span, unit } };
}

/** `passed`, `failed`, or null where a record says nothing of the time before it (a bump). */
export function asFound(record: CalibrationRecord, tolerance: number): Judged | null {
  if (record.record === 'bump') return null;
  if (record.record === 'check') return record;
  if (record.asFound.length === 0) return { verdict: 'passed', reasons: [] };
  const { points, to } = heldTo(record, tolerance);
  return judgeCheck(points, to);
}

/** For the reader of an alert that rests on the part that `record` found wrong; `all` are the box's records. */
export function doubtOf(record: Found, all: readonly CalibrationRecord[], tolerance: number): Doubt {
  const { sensor, quantity, serial, unit } = record;
  const { points, to } = heldTo(record, tolerance);
  const good = lastGoodBefore(record, all);
  return {
    sensor,
    quantity,
    serial,
    record: record.id,
    kind: record.record,
    foundMs: record.atMs,
    unit,
    off: points
      .map(({ applied, shown }) => ({ applied, shown, most: mostOff(applied, to) }))
      .filter(({ applied, shown, most }) => Math.abs(shown - applied) > most),
    lastGood: good && { record: good.id, kind: good.record, atMs: good.atMs },
  };
}

/** The newest record after which the part was right: a check that it passed, or an adjustment, whatever that had found. */
function lastGoodBefore(
  { id, sensor, quantity, serial, atMs }: Found,
  all: readonly CalibrationRecord[],
): Found | null {
  const good = all.filter(
    (one): one is Found =>
      one.id !== id &&
      one.sensor === sensor &&
      one.quantity === quantity &&
      one.serial === serial &&
      one.atMs <= atMs &&
      (one.record === 'adjustment' || (one.record === 'check' && one.verdict === 'passed')),
  );
  return good.toSorted((a, b) => a.atMs - b.atMs).at(-1) ?? null;
}
