/**
 * What may be said of a detection: `corroborated` when a second principle, the other side of the wind or a second pass says the
 * same, else `indication`. Context lowers it and is named; nothing is deleted by it (sensing.md section 6).
 */
import type { Alert } from '../../core/values/alert.ts';
import { certaintyOf } from '../../core/values/claims.ts';
import type { Flag } from '../../core/values/flags.ts';
import type { NotCompared } from '../grounds/wind-contrast.ts';

export type Principle = 'electrochemical' | 'photo-ionisation' | 'metal-oxide';

/** What stands nearby, as a person entered it for this post. */
export type Context = 'livestock' | 'fertiliser' | 'paint' | 'traffic';

export interface Grounds {
  /** Principles that changed towards gas, or whose class is of the target set, in the same minutes. */
  readonly principles: readonly Principle[];
  /** Mean downwind less mean upwind, in spreads (see `grounds/wind-contrast.ts`); null where they cannot be compared. */
  readonly windContrast: number | null;
  /** Why they cannot; absent where nothing looks. */
  readonly notCompared?: NotCompared | undefined;
  /** Passes over the same place that found it, this one included; null where it is not known where it was found. */
  readonly passes: number | null;
  readonly context: readonly Context[];
  readonly flags: readonly Flag[];
}

export interface Claim {
  readonly certainty: Alert['certainty'];
  /** In words for `because`: what carries it and what lowers it. */
  readonly words: readonly string[];
}

/** Which targets have an innocent source beside which context. */
const explains: Readonly<Record<Context, readonly string[]>> = {
  livestock: ['ammonia'],
  fertiliser: ['ammonia'],
  paint: ['acetone', 'toluene'],
  traffic: ['toluene'],
};

/** Joint spreads of a contrast that is no chance of the wind. */
const contrastFrom = 3;

export function claimOf(gas: string | null, grounds: Grounds): Claim {
  const { principles, windContrast, notCompared, passes, context, flags } = grounds;
  const different = [...new Set(principles)];
  const carries = [
    ...(different.length >= 2 ? [`two principles: ${different.join(', ')}`] : []),
    ...(windContrast !== null && windContrast >= contrastFrom
      ? [`downwind above upwind by ${windContrast.toFixed(1)} spreads`]
      : []),
    ...(passes !== null && passes >= 2 ? [`found on ${passes} passes`] : []),
  ];
  // Not knowing which gas it is, every context may explain it.
  const lowers = context.filter((one) => gas === null || explains[one].includes(gas));
  const strong = carries.length > (lowers.length > 0 ? 1 : 0);
  return {
    certainty: certaintyOf(strong ? 'corroborated' : 'indication', flags),
    words: [
      ...(carries.length > 0 ? carries : [passes === null ? 'one principle' : 'one principle, one pass']),
      ...lowers.map((one) => `${one} nearby`),
      // What was looked at and carries nothing is said too: its absence must not look like silence.
      ...(windContrast !== null && windContrast < contrastFrom
        ? [`downwind not above upwind (${windContrast.toFixed(1)} spreads)`]
        : []),
      ...(notCompared ? [`wind not compared: ${notCompared}`] : []),
      ...(passes === null ? ['passes not counted: no position'] : []),
    ],
  };
}
