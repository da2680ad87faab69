/** What the hold-out says: the threshold is chosen there, on seeds that neither the training nor the evaluation has. */
import { allDone, sumAt } from '../../../daemons/tools/evaluate/aerial-crew.ts';
import type { Job } from '../../../daemons/tools/evaluate/aerial-jobs.ts';
import { seasons } from '../../../daemons/tools/simulate/aerial/palette.ts';

export interface Held {
  readonly seed: number;
  /** Squares of country without a plot. */
  readonly countries: number;
  /** Frames for each season at each of the ground sample distances. */
  readonly flights: number;
}

export interface Measured {
  readonly threshold: number;
  readonly figures: Readonly<Record<string, number>>;
}

const countryM = 192;
const gsds = [0.02, 0.05, 0.1] as const;
/** Of whole parts: a mean of many cells, so finer than the 256 steps of one. */
const thresholds = [
  ...[0.5, 0.6, 0.65, 0.68, 0.7, 0.71, 0.72, 0.73, 0.74, 0.75, 0.76, 0.77, 0.78, 0.79, 0.8, 0.82, 0.84, 0.86, 0.9],
] as const;
/** False alarms per km2 that the hold-out may have: under the reach of 1, since what is chosen there flatters itself. */
const mostFalse = 0.6;

/** `folder` holds the model with a card of any threshold. */
export async function heldOut({ seed, countries, flights }: Held, folder: string): Promise<Measured> {
  const flown = seasons.flatMap((season, s) =>
    gsds.flatMap((gsdM, g) =>
      Array.from({ length: flights }, (_, i): Job => {
        return { kind: 'flight', season, gsdM, seed: seed + 200_000 + 10_000 * (gsds.length * s + g) + i };
      }),
    ),
  );
  const land = Array.from(
    { length: countries },
    (_, i): Job => ({ kind: 'country', seed: seed + 100_000 + i, sideM: countryM }),
  );
  const all = await allDone([...flown, ...land], { folder, data: folder, thresholds });
  const overflown = all.filter(({ job }) => job.kind === 'flight');
  const ground = all.filter(({ job }) => job.kind === 'country');
  const km2 = ground.reduce((sum, one) => sum + one.km2, 0);
  const rate = (i: number): number => (km2 === 0 ? 0 : sumAt(ground, i).false / km2);
  const chosen = thresholds.findIndex((_, i) => rate(i) <= mostFalse);
  const figures: Record<string, number> = { km2: round(km2), plots: sumAt(overflown, 0).plots };
  thresholds.forEach((threshold, i) => {
    const { plots, found } = sumAt(overflown, i);
    figures[`recall at ${threshold}`] = plots === 0 ? 0 : round(found / plots);
    figures[`false per km2 at ${threshold}`] = round(rate(i));
  });
  return { threshold: thresholds[chosen === -1 ? thresholds.length - 1 : chosen] ?? 0.5, figures };
}

const round = (value: number): number => Math.round(1e4 * value) / 1e4;
