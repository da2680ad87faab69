/**
 * The vertical and crosswind shape of a plume as tables over the downwind distance: Draxler's sigmas in Irwin's form
 * (J. Climate Appl. Meteor. 22 (1983) 92), sigma = std of the wind angle x distance x f(travel time), from the measured
 * spread of the wind and not from a stability class, which would bias the answer (Newman et al., arXiv:2408.01298).
 */
import { exp } from '../../core/exact/math.ts';
import type { PlumeOptions } from './options.ts';
import type { RowWind } from './row.ts';

/** Metres between entries; read with linear interpolation. */
export const stepM = 0.5;
/** Irwin's time scale of the crosswind spread, s. Upwards there is none in unstable air and 50 s in stable: `up` covers both. */
const acrossS = 1000;
/** Size of a source that is called a point, standard deviation upwards in m. */
const sourceSdM = 0.3;
const radPerDeg = 0.017453292519943295;

export interface Tables {
  /** 1 / sigma across, 1/m: [shape][distance]. */
  readonly narrow: readonly Float64Array[];
  /** Per shape and height the vertical density with its mirror image in the ground, 1/m: [height][shape][distance]. */
  readonly upright: readonly (readonly Float64Array[])[];
  /** The widest sigma across of any shape, m: [distance]. */
  readonly widest: Float64Array;
}

export function tablesOf(
  { shapes, sourceM, cellM, directionSdDeg, apart }: PlumeOptions,
  { speedMs, tanH, tanV }: RowWind,
  heights: readonly number[],
  reachM: number,
): Tables {
  const length = Math.ceil(reachM / stepM) + 2;
  const widest = new Float64Array(length);
  const swing = Math.sqrt((directionSdDeg * radPerDeg) ** 2 + (apart * tanH) ** 2);
  // A cell stands for every place in it: a uniform square has the standard deviation side / sqrt(12).
  const cellVariance = (cellM * cellM) / 12;
  const narrow = shapes.map(({ across }) =>
    Float64Array.from(widest, (_, i) => {
      const x = i * stepM;
      const f = 1 / (1 + 0.9 * Math.sqrt(x / speedMs / acrossS));
      const sigma = Math.sqrt((across * tanH * x * f) ** 2 + (swing * x) ** 2 + cellVariance);
      widest[i] = Math.max(widest[i] ?? 0, sigma);
      return 1 / sigma;
    }),
  );
  const upright = heights.map((z) =>
    shapes.map(({ up }) =>
      Float64Array.from(widest, (_, i) => {
        const sigma = Math.sqrt((up * tanV * i * stepM) ** 2 + sourceSdM * sourceSdM);
        const [direct, mirrored] = [(z - sourceM) / sigma, (z + sourceM) / sigma];
        return (0.3989422804014327 / sigma) * (exp(-0.5 * direct * direct) + exp(-0.5 * mirrored * mirrored));
      }),
    ),
  );
  return { narrow, upright, widest };
}

/** The standard normal density and its integral over -`reach` .. `reach`, `perUnit` entries a unit. */
export const reach = 5;
export const perUnit = 64;
const half = reach * perUnit;
export const density = Float64Array.from({ length: 2 * half + 2 }, (_, i) => {
  const t = (i - half) / perUnit;
  return 0.3989422804014327 * exp(-0.5 * t * t);
});
export const cumulated = density.slice();
cumulated[0] = 0;
for (let i = 1; i < cumulated.length; i++) {
  // Simpson's rule over each step.
  const middle = (i - 0.5 - half) / perUnit;
  const [left = 0, right = 0] = [density[i - 1], density[i]];
  cumulated[i] =
    (cumulated[i - 1] ?? 0) + (left + 4 * 0.3989422804014327 * exp(-0.5 * middle * middle) + right) / (6 * perUnit);
}
