/**
 * How a classifier of an array is learned from labelled exposures of several sessions. The two cases weigh differently:
 * when nobody has labelled anything of the session at hand, every exposure of the past is a witness of what may come;
 * when somebody has, sessions count alike, or the few of this one would drown.
 */
import { type Discriminant, fitDiscriminant, scoresOf, type Weights } from './discriminant.ts';
import { type Exposure, firstExposures } from './exposure.ts';
import { type Moments, momentsOf } from './moments.ts';
import type { Judged } from './temperature.ts';

/** ln units that a feature may be off in a session that nobody has labelled, and in one with calibration exposures. */
const noiseFloor = { unseen: 0.04, calibrated: 0.02 } as const;

const counted: Weights = { mean: (count) => count, between: (count) => count, within: (count) => count };

/** A session counts as one however long it was; `half` exposures are half of that, as one alone says little. */
const saturating =
  (half: number) =>
  (count: number): number =>
    count / (count + half);
const alike: Weights = { mean: saturating(3), between: saturating(0.5), within: saturating(3) };

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
      weights: now.length > 0 ? alike : counted,
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
