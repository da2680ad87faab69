import type { Calibrations } from '../core/ports/calibrations.ts';
import type { Said } from './sensor-event.ts';

/** What is told of calibration records that do not count, or that nothing proves. `file` is where they stand. */
export function recordEvents(file: string, { refused, unproved }: Pick<Calibrations, 'refused' | 'unproved'>): Said[] {
  const told: Said[] = refused.map(({ id, why }) => ({
    type: 'calibration-refused',
    severity: 'error',
    message: `${file}: record ${id} is refused: ${why}. The adjustment before it stands; the record stays in the file`,
    detail: { id, why },
  }));
  if (unproved.length > 0)
    told.push({
      type: 'calibration-unproved',
      severity: 'warning',
      message: `${file}: not signed by this box: ${unproved.join(', ')}. They are used as they stand; the next adjustment will be signed`,
      detail: { ids: unproved },
    });
  return told;
}
