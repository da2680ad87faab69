/**
 * What the model sees of one window, in this order: the level of every element, the slope of every element, the
 * temperature, the humidity. Names are by `featureNames`; a model's card lists them and activation compares.
 *
 * Level is by how much more the element conducts than in clean air, baseline / ratio - 1; slope by how much that grew from
 * the first half of the window to the second. Both go through a signed logarithm in units of what the noise makes, which
 * is fine near nothing, coarse at a lot, and takes the power law out: metal-oxide elements answer in powers of the
 * concentration, and signed logarithms gave up to 20 points of accuracy on recorded drift data.
 */
import { ln, ln1p } from '../core/exact/math.ts';
import { median } from './window.ts';

/** One window of the metal-oxide array, compensated for temperature and humidity, as the features see it. */
export interface ArrayWindow {
  /** Rs/R0 of each sample, one array per element; NaN is a gap. */
  readonly ratios: readonly Float64Array[];
  /** Clean-air level of each element. */
  readonly baseline: Float64Array;
  readonly temperatureC: number;
  readonly humidityGm3: number;
}

/** A relative change of this size is one unit before the logarithm: about what noise and a short drift make. */
const levelUnit = 0.05;
const slopeUnit = 0.02;

/** Of each half of a window, the share of samples that must be there. */
const enough = 0.6;

/** The name of each feature, for an array with these quantities. */
export const featureNames = (quantities: readonly string[]): string[] => [
  ...quantities.map((quantity) => `level(${quantity})`),
  ...quantities.map((quantity) => `slope(${quantity})`),
  'temperature',
  'humidity',
];

/**
 * The features of a window, or null when it cannot be judged: too many gaps in an element, no baseline, or no climate.
 * Shape: 2 elements + 2, dimensionless.
 */
export function features({ ratios, baseline, temperatureC, humidityGm3 }: ArrayWindow): Float32Array | null {
  const count = ratios.length;
  const vector = new Float32Array(2 * count + 2);
  for (let i = 0; i < count; i++) {
    const samples = ratios[i] as Float64Array;
    const half = samples.length >> 1;
    const [early, late] = [samples.subarray(0, half), samples.subarray(half)];
    const clean = baseline[i] ?? Number.NaN;
    if (!(clean > 0) || sparse(early) || sparse(late)) return null;
    vector[i] = signedLog((clean / median(samples) - 1) / levelUnit);
    vector[count + i] = signedLog((clean / median(late) - clean / median(early)) / slopeUnit);
  }
  vector[2 * count] = (temperatureC - 20) / 10;
  vector[2 * count + 1] = ln(humidityGm3 / 10);
  return vector.every(Number.isFinite) ? vector : null;
}

/** sign(x) ln(1 + |x|): linear near 0, takes the power law out of what is large. */
export const signedLog = (x: number): number => Math.sign(x) * ln1p(Math.abs(x));

function sparse(samples: Float64Array): boolean {
  let there = 0;
  for (const sample of samples) if (sample > 0) there += 1;
  return there < enough * samples.length;
}
