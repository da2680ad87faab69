/** From a discriminant to .tflite bytes: one dense layer and a softmax, on standardised features, in float and in int8. */
import type { Standard } from '../../core/model/classify.ts';
import { floatDense } from '../../core/tflite/dense.ts';
import { int8Windowed } from '../../core/tflite/windowed.ts';
import { writeTflite } from '../../core/tflite/write.ts';
import { type Discriminant, scoresOf } from './discriminant.ts';
import type { Exposure } from './exposure.ts';
import { toGrid } from './grid.ts';
import { addOuter } from './moments.ts';
import { standardise } from './standard.ts';

export interface Compiled {
  readonly int8: Uint8Array;
  readonly float: Uint8Array;
}

export interface CompileOptions {
  readonly standard: Standard;
  readonly temperature: number;
  /** Those of the fit: their ranges set the int8 scales, their second moments the rounding. */
  readonly exposures: readonly Exposure[];
  readonly description: string;
}

/** Standard deviations from the centre that an int8 input can tell; beyond, it is held there. */
const inputLimit = 4;
/** Beyond what was seen: scores of a drifted array are held there, not at the last one seen. */
const headroom = 1.25;
/** In units of the temperature. Scores sum to 0, so the highest is above it: how far below it a gas lies, nobody asks. */
const lowest = -4;
/** Int8 pieces of a score. With one, the width of its steps alone had 0.26 % of the recorded exposures called otherwise. */
const windows = 4;
/** Of a standardised feature: what keeps the second moments of features that say the same apart. */
const apart = 1e-3;

/** Scores are divided by `temperature` in the weights, so the model's own softmax gives the scaled probabilities. */
export function compile(found: Discriminant, options: CompileOptions): Compiled {
  const { standard, temperature, exposures, description } = options;
  const rows = found.weights.map((row) => row.map((value, i) => (value * (standard.scale[i] ?? 1)) / temperature));
  const bias = Float32Array.from(
    found.bias,
    (value, k) => (value + inner(found.weights[k] as Float64Array, standard.centre)) / temperature,
  );
  const scores: [number, number] = [0, 0];
  for (const { features } of exposures) {
    for (const score of scoresOf(found, features)) {
      scores[0] = Math.max(lowest, Math.min(scores[0], (headroom * score) / temperature));
      scores[1] = Math.max(scores[1], (headroom * score) / temperature);
    }
  }
  const grid = toGrid(rows, secondMoments(exposures, standard));
  const stepped = grid.map((row, k) => ({ ...row, bias: bias[k] ?? 0 }));
  const ranges = { input: [-inputLimit, inputLimit], scores, count: windows } as const;
  return {
    int8: writeTflite(int8Windowed(stepped, ranges, description)),
    float: writeTflite(floatDense([{ weights: flat(rows), bias }], description)),
  };
}

function secondMoments(exposures: readonly Exposure[], standard: Standard): Float64Array[] {
  const size = standard.centre.length;
  const triangle = new Float64Array((size * (size + 1)) / 2);
  for (const { features } of exposures)
    addOuter(triangle, Float64Array.from(standardise(features, standard)), 1 / exposures.length);
  return Array.from({ length: size }, (_, i) => {
    const row = new Float64Array(size);
    row.set(triangle.subarray((i * (i + 1)) / 2, ((i + 1) * (i + 2)) / 2));
    row[i] = (row[i] as number) + apart;
    return row;
  });
}

const flat = (rows: readonly Float64Array[]): Float32Array => Float32Array.from(rows.flatMap((row) => [...row]));

function inner(a: Float64Array, b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] ?? 0);
  return sum;
}
