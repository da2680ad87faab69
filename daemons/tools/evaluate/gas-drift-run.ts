/** One setting on one batch: learned, compiled to int8 and float .tflite, and asked row by row in file order. */
import { classifier } from '../../core/model/classify.ts';
import type { InlineInfer } from '../../core/ports/infer.ts';
import { compile } from '../../gas/learn/compile.ts';
import { scoresOf } from '../../gas/learn/discriminant.ts';
import { type Exposure, firstExposures } from '../../gas/learn/exposure.ts';
import type { Moments } from '../../gas/learn/moments.ts';
import { learn } from '../../gas/learn/recipe.ts';
import { standardOf } from '../../gas/learn/standard.ts';
import type { Judged } from '../../gas/learn/temperature.ts';
import { type Batch, gases, targets } from './gas-drift-data.ts';

/** What is known of one batch before it is measured. */
export interface Past {
  readonly moments: readonly Moments[];
  readonly exposures: readonly Exposure[];
}

export interface Setting {
  readonly past: Past;
  readonly batch: Batch;
  /** Labelled exposures of each gas of this batch. */
  readonly perGas: number;
  readonly temperature: number;
}

/** Every row of the batch that was not given as labelled, in file order. */
export interface Outcome {
  readonly batch: number;
  readonly labels: readonly number[];
  /** Answers of the int8 and of the float model. */
  readonly said: readonly number[];
  readonly saidFloat: readonly number[];
  /** Summed probability of the targets, int8. */
  readonly target: readonly number[];
  /** Gas of each score below, and the temperature that the model had. */
  readonly gases: readonly number[];
  readonly temperature: number;
  /** Scores before the temperature, `label` as index into `gases` (-1: not known): for the batches after this one. */
  readonly judged: readonly Judged[];
}

export async function runSetting(infer: InlineInfer, { past, batch, perGas, temperature }: Setting): Promise<Outcome> {
  const given = new Set(firstExposures(batch.exposures, perGas));
  const now = batch.exposures.filter((_, i) => given.has(i));
  const rows = batch.exposures.filter((_, i) => !given.has(i));
  const { found, labels } = learn({ earlier: past.moments, now });
  const exposures = [...past.exposures, ...now];
  const standard = standardOf(exposures);
  const files = compile(found, { standard, temperature, exposures, description: 'evaluation only' });
  const [int8, float] = await Promise.all([
    infer.load(files.int8, 'int8.tflite'),
    infer.load(files.float, 'float.tflite'),
  ]);
  const ask = classifier(int8, { name: 'int8', standard });
  const askFloat = classifier(float, { name: 'float', standard });
  const outcome = { said: [] as number[], saidFloat: [] as number[], target: [] as number[] };
  for (const { features } of rows) {
    outcome.saidFloat.push(labels[best(askFloat(features))] ?? -1);
    const probabilities = ask(features);
    outcome.said.push(labels[best(probabilities)] ?? -1);
    outcome.target.push(
      labels.reduce((sum, gas, i) => (targets.includes(gas) ? sum + (probabilities[i] ?? 0) : sum), 0),
    );
  }
  await Promise.all([int8.close(), float.close()]);
  return {
    batch: batch.number,
    labels: rows.map(({ label }) => label),
    ...outcome,
    gases: labels,
    temperature,
    judged: rows.map(({ features, label }) => ({ scores: scoresOf(found, features), label: labels.indexOf(label) })),
  };
}

function best(probabilities: Float32Array): number {
  let found = 0;
  for (let i = 1; i < probabilities.length; i++)
    if ((probabilities[i] as number) > (probabilities[found] as number)) found = i;
  return found;
}

export const accuracy = (said: readonly number[], labels: readonly number[]): number =>
  said.filter((one, i) => one === labels[i]).length / said.length;

/** Share of each gas that was called so; gases that the batch does not hold are left out. */
export function recalls({ said, labels }: Outcome): string {
  return gases
    .flatMap((name, gas) => {
      const rows = labels.flatMap((label, i) => (label === gas ? [said[i] === gas] : []));
      return rows.length === 0 ? [] : [`${name} ${Math.round((100 * rows.filter(Boolean).length) / rows.length)}`];
    })
    .join(', ');
}
