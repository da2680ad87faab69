/** When a check, a bump or an adjustment is good. Pure; every reason is a sentence for the technician. */
import type { BumpTest } from '../values/bump-test.ts';
import type { Adjustment, CalibrationPoint, ShownPoint } from '../values/calibration.ts';
import type { CalibrationCheck } from '../values/calibration-check.ts';

export type Judged = Pick<CalibrationCheck, 'verdict' | 'reasons'>;

const judged = (reasons: readonly string[]): Judged => ({
  verdict: reasons.length === 0 ? 'passed' : 'failed',
  reasons,
});
const percent = (share: number): string => `${Math.round(1000 * share) / 10} %`;

export interface Tolerances {
  /** Share of the applied concentration. ISEA: 0.1, 0.2 at the most. */
  readonly tolerance: number;
  /** In the unit of the result, for points of zero gas. */
  readonly zeroTolerance: number;
  readonly unit: string;
}

/** What a reading as found may be off before the alerts on it are in doubt (ISEA: a check within 10 %). */
export const asFoundTolerance = 0.1;

/** By how much what is shown for so much gas may be off, in the unit of the result. */
export const mostOff = (applied: number, { tolerance, zeroTolerance }: Tolerances): number =>
  applied === 0 ? zeroTolerance : tolerance * Math.abs(applied);

/** Whether what was shown agrees with what was applied, point by point. No point at all is no check. */
export function judgeCheck(points: readonly ShownPoint[], tolerances: Tolerances): Judged {
  const { tolerance, unit } = tolerances;
  if (points.length === 0) return judged(['no gas was applied']);
  return judged(
    points.flatMap(({ applied, shown }) => {
      const most = mostOff(applied, tolerances);
      if (Math.abs(shown - applied) <= most) return [];
      const by = applied === 0 ? `${most} ${unit}` : percent(tolerance);
      return [`${shown.toPrecision(4)} ${unit} was shown for ${applied} ${unit}; may be off by ${by}`];
    }),
  );
}

/** The limits that a bump is held to when nobody set others: our proposals, no standard's (sensing.md section 2). */
export const bumpLimits = { slower: 1.5, gain: [0.7, 1.3] } as const;

type Bumped = Pick<
  BumpTest,
  'applied' | 'unit' | 'alarmAt' | 'alarmTripped' | 'response' | 'commissionedT90S' | 'limits'
>;

/** Whether gas arrived as strong and as fast as it should, and the alarm tripped. */
export function judgeBump({ response, limits, ...bump }: Bumped): Judged {
  const { applied, unit, alarmAt, alarmTripped, commissionedT90S } = bump;
  const { peak, t90S, t10S } = response;
  const reasons: string[] = [];
  const share = peak / applied;
  const [least, most] = limits.gain;
  if (!(share >= least && share <= most))
    reasons.push(
      `it rose to ${peak.toPrecision(4)} ${unit} of ${applied} ${unit}; must be ${percent(least)} to ${percent(most)} of it`,
    );
  if (t90S === null) reasons.push('gas did not arrive: look at cap, line, filter, flow and the cylinder');
  else if (commissionedT90S !== null && t90S > limits.slower * commissionedT90S)
    reasons.push(
      `T90 was ${t90S.toFixed(1)} s; at commissioning ${commissionedT90S.toFixed(1)} s: a filter, a line or the cell`,
    );
  if (t10S === null) reasons.push('it did not recover in clean air');
  if (alarmAt !== null && !alarmTripped)
    reasons.push(
      applied < alarmAt
        ? `the gas (${applied} ${unit}) is weaker than the alarm (${alarmAt} ${unit}): use a stronger one`
        : `the alarm at ${alarmAt} ${unit} did not trip`,
    );
  return judged(reasons);
}

/** Two concentrations closer than this share are one level. */
const apart = 0.1;

/** How many distinct concentrations above zero gas points and as-left stand on. */
export function levelsOf(points: readonly CalibrationPoint[], asLeft: readonly CalibrationPoint[]): number {
  const levels: number[] = [];
  for (const { applied } of [...points, ...asLeft])
    if (applied > 0 && !levels.some((one) => Math.abs(one - applied) < apart * Math.max(one, applied)))
      levels.push(applied);
  return levels.length;
}

/**
 * Whether an adjustment may be put in force. What it shows at levels that the fit has not seen must agree; a change of gain
 * alone (one span level, no zero) must be shown at a second level: on recorded drift data it made a tenfold error of a good
 * calibration where the two exposures were bad (sensing.md 1.4).
 */
export function judgeAdjustment(
  { points, asLeft }: Pick<Adjustment, 'points' | 'asLeft'>,
  tolerances: Tolerances,
): Judged {
  const hasZero = points.some(({ applied }) => applied === 0);
  if (points.length > 0 && !hasZero && levelsOf(points, asLeft) < 2)
    return judged(['only the gain was changed, from one level: show a second level of gas before it is put in force']);
  return asLeft.length === 0 ? judged([]) : judgeCheck(asLeft, tolerances);
}
