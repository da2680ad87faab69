/**
 * How a classifier of an array is learned from labelled exposures of several sessions. The two cases weigh differently:
 * when nobody has labelled anything of the session at hand, every exposure of the past is a witness of what may come;
 * when somebody has, the few of this session count as much as each session before, or they would drown.
 */
import type { Discriminant } from './discriminant.ts';
import { fitDiscriminant, scoresOf } from './discriminant.ts';
import { type Exposure, firstExposures } from './exposure.ts';
import { type Moments, momentsOf } from './moments.ts';
import type { Judged } from './temperature.ts';

/** ln units that a feature may be off in a session that nobody has labelled, and in one with calibration exposures. */
const noiseFloor = { unseen: 0.04, calibrated: 0.02 } as const;

export interface Lesson {
  /** Moments of the sessions before. */
  readonly earlier: readonly Moments[];
  /** Labelled exposures of the session at hand: none, or a few. */
  readonly now: readonly Exposure[];
}

export interface Learned {
  readonly found: Discriminant;
  /** The label of each score: gases that nobody has shown have none. */
  readonly labels: readonly number[];
}

export function learn({ earlier, now }: Lesson): Learned {
  const moments = [...earlier, ...momentsOf(now)];
  const labels = [...new Set(moments.map(({ label }) => label))].sort((a, b) => a - b);
  const found = fitDiscriminant(
    moments.map((one) => ({ ...one, label: labels.indexOf(one.label) })),
    {
      gases: labels.length,
      noiseFloor: now.length > 0 ? noiseFloor.calibrated : noiseFloor.unseen,
      weight: now.length > 0 ? () => 1 : ({ count }) => count,
    },
  );
  return { found, labels };
}

/**
 * What the recipe would have said of a session with its first `perGas` exposures of each gas labelled, learned from the
 * sessions before it: scores of all its other exposures, one by one.
 */
export function foresee(earlier: readonly Moments[], session: readonly Exposure[], perGas: number): Judged[] {
  const given = new Set(firstExposures(session, perGas));
  const { found, labels } = learn({ earlier, now: session.filter((_, i) => given.has(i)) });
  return session.flatMap(({ features, label }, i) =>
    given.has(i) ? [] : [{ scores: scoresOf(found, features), label: labels.indexOf(label) }],
  );
}
