/** What a calibration record says of the time before it, and what the reader of an alert of that time is told. Pure. */
import { type Judged, judgeCheck, mostOff, type Tolerances } from '../core/calibration/judge.ts';
import { isBeyond, type ShiftLimits, shiftText, type ZeroShift, zeroShift } from '../core/calibration/zero.ts';
import type { CalibrationRecord } from '../core/ports/calibrations.ts';
import type { Adjustment } from '../core/values/calibration.ts';
import type { CalibrationCheck } from '../core/values/calibration-check.ts';
import type { Doubt } from '../core/values/doubt.ts';

type Checked = Adjustment | CalibrationCheck;

/** What was shown before anything was changed, and what it is held to: a check by its own limits, an adjustment by `tolerance`. */
function heldTo(
  record: Checked,
  tolerance: number,
): { readonly points: CalibrationCheck['points']; readonly to: Tolerances } {
  const { unit } = record;
  if (record.record === 'check')
    return { points: record.points, to: { tolerance: record.tolerance, zeroTolerance: record.zeroTolerance, unit } };
  const span = Math.max(0, ...record.asFound.map(({ applied }) => applied));
  return { points: record.asFound, to: { tolerance, zeroTolerance: tolerance * span, unit } };
}

export interface Found {
  readonly all: readonly CalibrationRecord[];
  readonly tolerance: number;
  readonly zeroShift?: ShiftLimits | undefined;
}

/**
 * `passed`, `failed`, or null where a record says nothing of the time before it (a bump). A zero that moved further than it may
 * is a failure whatever the record itself says: both ends may lie within its own limits.
 */
export function asFound(record: CalibrationRecord, held: Found): Judged | null {
  const found = shown(record, held.tolerance);
  const shift = beyondOf(record, held);
  return found && shift ? { verdict: 'failed', reasons: [...found.reasons, shiftText(shift)] } : found;
}

function beyondOf(record: CalibrationRecord, { all, zeroShift: limits = {} }: Found): ZeroShift | null {
  const shift = zeroShift(record, all, limits);
  return shift && isBeyond(shift) ? shift : null;
}

function shown(record: CalibrationRecord, tolerance: number): Judged | null {
  if (record.record === 'bump') return null;
  if (record.record === 'check') return record;
  if (record.asFound.length === 0) return { verdict: 'passed', reasons: [] };
  const { points, to } = heldTo(record, tolerance);
  return judgeCheck(points, to);
}

/** For the reader of an alert that rests on the part that `record` found wrong; `all` are the box's records. */
export function doubtOf(record: Checked, held: Found): Doubt {
  const { all, tolerance } = held;
  const { sensor, quantity, serial, unit } = record;
  const { points, to } = heldTo(record, tolerance);
  const good = lastGoodBefore(record, all);
  const shift = beyondOf(record, held);
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
    ...(shift ? { shift } : {}),
    lastGood: good && { record: good.id, kind: good.record, atMs: good.atMs },
  };
}

/** The newest record after which the part was right: a check that it passed, or an adjustment, whatever that had found. */
function lastGoodBefore(
  { id, sensor, quantity, serial, atMs }: Checked,
  all: readonly CalibrationRecord[],
): Checked | null {
  const good = all.filter(
    (one): one is Checked =>
      one.id !== id &&
      one.sensor === sensor &&
      one.quantity === quantity &&
      one.serial === serial &&
      one.atMs <= atMs &&
      (one.record === 'adjustment' || (one.record === 'check' && one.verdict === 'passed')),
  );
  return good.toSorted((a, b) => a.atMs - b.atMs).at(-1) ?? null;
}
