import type { Evidence } from '../core/values/detection.ts';
import type { Measurement } from '../core/values/measurement.ts';

/** A measurement as it stands in an alert. */
export function evidenceOf(one: Measurement): Evidence {
  const { sensor, quantity, value, unit, u, calibration, flags, lod } = one;
  const evidence = { sensor, quantity, value, unit, u, calibration, flags };
  return lod === undefined ? evidence : { ...evidence, lod };
}
