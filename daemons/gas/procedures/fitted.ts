import type { Tolerances } from '../../core/calibration/judge.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Adjustment, LinearFit, ShownPoint } from '../../core/values/calibration.ts';
import { fitTwoPoint } from '../fit.ts';
import { fitGain } from '../fit-gain.ts';
import { fitMultiPoint } from '../fit-multi-point.ts';
import type { ProcedureOptions, Taken } from './procedure.ts';

export interface FitAbout {
  readonly channel: string;
  /** What is in force. */
  readonly before: Adjustment | null;
  readonly gainOnly: boolean;
  readonly tolerances: Tolerances;
}

/** The fit that a procedure's points ask for: one gain, an exact line through two, or a line through all of them. */
export const fitOf =
  ({ channel, before, gainOnly, tolerances }: FitAbout): ProcedureOptions['fit'] =>
  (points): LinearFit => {
    const [first, second] = points;
    if (!first || !second) throw new RangeError('a fit needs two points');
    if (!gainOnly) return points.length > 2 ? fitMultiPoint(channel, points).fit : fitTwoPoint(channel, first, second);
    if (!before) throw new Fault('refused', `${channel}: no calibration is in force whose gain could be changed`);
    return fitGain(before.fit, { span: [shownOf(first)], second: [shownOf(second)], tolerances });
  };

function shownOf(one: Taken): ShownPoint {
  const { shown } = one;
  if (shown === null) throw new Fault('refused', `nothing was shown for gas of ${one.applied}`);
  return { ...one, shown };
}
