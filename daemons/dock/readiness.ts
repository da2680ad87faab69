/** Which drone can fly and why not: one answer with every reason, so that nobody repairs one thing to learn of the next. */
import { type Readiness, readinessBy } from '../core/values/readiness.ts';
import type { Mode } from './state.ts';

export type Matter = 'battery' | 'gnss' | 'weather' | 'dock' | 'calibration' | 'storage' | 'link';

/** What is known; null is "not known", which is a reason of its own. `ageMs`: since it was told. */
export interface Known {
  readonly battery: { readonly percent: number; readonly ageMs: number } | null;
  readonly gnss: { readonly has3d: boolean; readonly uHorizontalM: number | null; readonly ageMs: number } | null;
  readonly weather: { readonly within: 'fine' | 'beyond' | null; readonly says: string };
  readonly dock: Mode;
  /** Hours since the payload's last zero or bump that passed. */
  readonly calibrationAgeH: number | null;
  readonly freeMB: number | null;
  readonly link: { readonly ageMs: number } | null;
}

export interface Needs {
  readonly batteryPercent: number;
  readonly uHorizontalM: number;
  readonly calibrationAgeH: number;
  readonly freeMB: number;
  /** Older than this, a value counts as not known. */
  readonly freshMs: number;
}

/** Ready only when every matter is known and good. Arming and launch stay with the pilot whatever this says. */
export const readiness = (known: Known, needs: Needs): Readiness<Matter> => readinessBy(judges, known, needs);

const judges: Readonly<Record<Matter, (known: Known, needs: Needs) => string | null>> = {
  battery: ({ battery }, { batteryPercent, freshMs }) => {
    if (!battery || battery.ageMs > freshMs) return stale('the charge', battery);
    return atLeast(battery.percent, batteryPercent)
      ? null
      : `charged to ${battery.percent} %, ${batteryPercent} % are needed`;
  },
  gnss: ({ gnss }, { uHorizontalM, freshMs }) => {
    if (!gnss || gnss.ageMs > freshMs) return stale('the position', gnss);
    if (!gnss.has3d) return 'the receiver has no fix in three dimensions';
    if (gnss.uHorizontalM === null) return 'the receiver does not say how sure it is';
    return atMost(gnss.uHorizontalM, uHorizontalM)
      ? null
      : `the position is sure to ${gnss.uHorizontalM} m, ${uHorizontalM} m are needed`;
  },
  weather: ({ weather }) => {
    if (weather.within === 'fine') return null;
    return weather.within === null ? `wind or rain is not known: ${weather.says}` : weather.says;
  },
  dock: ({ dock }) =>
    dock === 'closed' || dock === 'open' || dock === 'charging' ? null : `the dock is in state ${dock}`,
  calibration: ({ calibrationAgeH: age }, { calibrationAgeH }) => {
    if (age === null) return 'the payload has no zero or bump that passed';
    return atMost(age, calibrationAgeH)
      ? null
      : `the payload was checked ${age} h ago, ${calibrationAgeH} h are allowed`;
  },
  storage: ({ freeMB: free }, { freeMB }) => {
    if (free === null) return 'the free storage is not known';
    return atLeast(free, freeMB) ? null : `${free} MB are free, ${freeMB} MB are needed`;
  },
  link: ({ link }, { freshMs }) => (!link || link.ageMs > freshMs ? stale('the drone', link) : null),
};

// Written so that a number that is none is never good.
const atLeast = (value: number, least: number): boolean => value >= least;
const atMost = (value: number, most: number): boolean => value <= most;

const stale = (what: string, known: { readonly ageMs: number } | null): string =>
  known ? `${what} was last heard ${Math.round(known.ageMs / 1000)} s ago` : `${what} was never heard`;
