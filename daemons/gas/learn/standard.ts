import type { Standard } from '../../core/model/classify.ts';
import type { Exposure } from './exposure.ts';

/** A feature that hardly moved is not blown up beyond this, in ln units: its next session may move it. */
const leastScale = 0.1;

/** Mean and standard deviation of each feature, rounded to what a card prints: one int8 scale serves them all then. */
export function standardOf(exposures: readonly Exposure[]): Standard {
  const n = exposures.length;
  const size = exposures[0]?.features.length ?? 0;
  const centre = new Float64Array(size);
  const square = new Float64Array(size);
  for (const { features } of exposures)
    for (let i = 0; i < size; i++) centre[i] = (centre[i] as number) + (features[i] as number) / n;
  for (const { features } of exposures)
    for (let i = 0; i < size; i++)
      square[i] = (square[i] as number) + ((features[i] as number) - (centre[i] as number)) ** 2 / n;
  return {
    centre: Array.from(centre, rounded),
    scale: Array.from(square, (value) => rounded(Math.max(leastScale, Math.sqrt(value)))),
  };
}

/** Features as the model's tensor holds them. */
export const standardise = (features: Float32Array, { centre, scale }: Standard): Float32Array =>
  features.map((value, i) => (value - (centre[i] ?? 0)) / (scale[i] ?? 1));

const rounded = (value: number): number => Number(value.toPrecision(6));
