/** How long ago the payload of the drone was checked: the oldest of its parts' newest records that are good. */
import type { CalibrationRecord } from '../core/ports/calibrations.ts';

/** An adjustment, or a check or bump that passed; a failed one takes what was before it away. */
const isGood = (record: CalibrationRecord): boolean => record.record === 'adjustment' || record.verdict === 'passed';

/**
 * In hours; null where a part has no record, the newest one failed, it is of a time to come, or the profile names no part:
 * what is not known is no leave to fly.
 */
export function payloadAgeH(
  records: readonly CalibrationRecord[],
  serials: readonly string[],
  nowMs: number,
): number | null {
  const ages = serials.map((serial) => {
    const newest = newestByQuantity(records.filter((one) => one.serial === serial));
    if (newest.length === 0 || !newest.every(isGood)) return Number.NaN;
    return (nowMs - Math.min(...newest.map(({ atMs }) => atMs))) / 3_600_000;
  });
  const oldest = Math.max(...ages);
  return ages.length > 0 && ages.every((age) => age >= 0) ? oldest : null;
}

/** A part may measure several gases, each with records of its own. */
function newestByQuantity(records: readonly CalibrationRecord[]): readonly CalibrationRecord[] {
  const newest = new Map<string, CalibrationRecord>();
  for (const one of records) {
    const before = newest.get(one.quantity);
    if (!before || one.atMs >= before.atMs) newest.set(one.quantity, one);
  }
  return [...newest.values()];
}
