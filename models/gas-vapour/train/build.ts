/** Makes every file of the model from nothing but this program: the same bytes each time, with no clock and no network. */
import { createHash } from 'node:crypto';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import type { Card, GoldenVectors } from '../../../daemons/core/model/card.ts';
import { curvesOf } from '../../../daemons/core/model/curves.ts';
import type { InlineModel } from '../../../daemons/core/ports/infer.ts';
import { floatDense, int8Dense } from '../../../daemons/core/tflite/dense.ts';
import { dequantise, quantise } from '../../../daemons/core/tflite/quantise.ts';
import { writeTflite } from '../../../daemons/core/tflite/write.ts';
import { featureNames } from '../../../daemons/gas/features.ts';
import { arrayConstants } from '../../../daemons/tools/simulate/array.ts';
import { fitDense } from './fit.ts';
import { type Labelled, labels, periodMs, samples, visit } from './windows.ts';

export interface BuildOptions {
  /** Simulated visits to fit on, and others to measure on: seeds from here upwards, never shared. */
  readonly train: { readonly seed: number; readonly visits: number };
  readonly held: { readonly seed: number; readonly visits: number };
  readonly epochs: number;
}

export const fullBuild: BuildOptions = {
  train: { seed: 1_000_000, visits: 4000 },
  held: { seed: 9_000_000, visits: 1500 },
  epochs: 14,
};

/** Files by their path in the model's folder. */
export type Files = Readonly<Record<string, Uint8Array>>;

const description = 'gas-vapour: vapours at a metal-oxide array; trained on simulated responses';
const targetThreshold = 0.8;

export async function build({ train, held, epochs }: BuildOptions): Promise<Files> {
  const windows = visits(train);
  const unseen = visits(held);
  const fitted = await fitDense(windows, {
    hidden: [24, 16],
    classes: labels.length,
    epochs,
    batch: 256,
    rate: 0.01,
    seed: train.seed,
  });
  const float = writeTflite(floatDense(fitted.layers, description));
  const int8 = writeTflite(int8Dense(fitted.layers, fitted.ranges, description));

  const engine = await openLiteRt();
  const asks = asker(await engine.load(int8, 'model.tflite'));
  const floatAsks = asker(await engine.load(float, 'model.float.tflite'));
  const card = cardOf({
    sha256: createHash('sha256').update(int8).digest('hex'),
    training: {
      data: 'trained on simulated responses of a metal-oxide array; no real gas was measured',
      program: 'models/gas-vapour/train/train.ts',
      windows: windows.length,
      seed: train.seed,
    },
    evaluation: {
      data: 'simulated responses of other specimens of the array (unseen seeds); says nothing of real gas',
      windows: unseen.length,
      ...measure(unseen, asks),
      floatAccuracy: measure(unseen, floatAsks).accuracy,
      ...curvesIn(unseen, asks),
    },
  });
  return {
    'model.tflite': int8,
    'model.float.tflite': float,
    'card.json': text(`${JSON.stringify(card, null, 2)}\n`),
    'golden/vectors.json': text(goldenText(golden(unseen, asks))),
    'factory.json': text(factoryText(windows)),
  };
}

const visits = ({ seed, visits: count }: BuildOptions['train']): Labelled[] =>
  Array.from({ length: count }, (_, i) => visit(seed + i)).flat();

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

type Asks = (vector: Float32Array) => Float32Array;

function asker(model: InlineModel): Asks {
  const [input, output] = [model.inputs[0], model.outputs[0]];
  const probabilities = new Float32Array(labels.length);
  return (vector) => {
    const given = input?.quantisation ? new Int8Array(vector.length) : vector;
    if (input?.quantisation && given instanceof Int8Array) quantise(vector, input.quantisation, given);
    const [answer] = model.run([given]);
    if (answer) dequantise(answer, output?.quantisation ?? null, probabilities);
    return probabilities;
  };
}

const isTarget = (label: number): boolean => labels[label]?.role === 'target';
const share = (part: number, whole: number): number => Math.round((1e4 * part) / Math.max(1, whole)) / 1e4;

function measure(windows: readonly Labelled[], asks: Asks): Pick<Card['evaluation'], 'accuracy' | 'recall' | 'target'> {
  const right = labels.map(() => 0);
  const all = labels.map(() => 0);
  const reached = { target: 0, other: 0 };
  for (const { vector, label } of windows) {
    const probabilities = asks(vector);
    const said = probabilities.indexOf(Math.max(...probabilities));
    all[label] = (all[label] ?? 0) + 1;
    if (said === label) right[label] = (right[label] ?? 0) + 1;
    const target = probabilities.reduce((sum, p, i) => (isTarget(i) ? sum + p : sum), 0);
    if (target >= targetThreshold) reached[isTarget(label) ? 'target' : 'other'] += 1;
  }
  const targets = all.reduce((sum, count, i) => (isTarget(i) ? sum + count : sum), 0);
  return {
    accuracy: share(
      right.reduce((a, b) => a + b),
      windows.length,
    ),
    recall: Object.fromEntries(labels.map(({ name }, i) => [name, share(right[i] ?? 0, all[i] ?? 0)])),
    target: {
      truePositive: share(reached.target, targets),
      falsePositive: share(reached.other, windows.length - targets),
    },
  };
}

function curvesIn(windows: readonly Labelled[], asks: Asks): Pick<Card['evaluation'], 'curves'> {
  const curves = curvesOf(
    windows.map(({ vector, label }) => ({
      target: asks(vector).reduce((sum, p, i) => (isTarget(i) ? sum + p : sum), 0),
      isTarget: isTarget(label),
    })),
  );
  return curves ? { curves: { roc: [...curves.roc], reliability: [...curves.reliability] } } : {};
}

/** Of each label, for `fieldpost train gas`: what a technician's exposures are added to. */
const factoryWindows = 80;

function factoryText(windows: readonly Labelled[]): string {
  const chosen = labels.flatMap(({ name }, label) => {
    const of = windows.filter((one) => one.label === label);
    const every = Math.max(1, Math.floor(of.length / factoryWindows));
    return of
      .filter((_, i) => i % every === 0)
      .slice(0, factoryWindows)
      .map(({ vector }) => ({ label: name, features: Array.from(vector, (value) => Math.round(value * 1e3) / 1e3) }));
  });
  return `{\n  "exposures": [\n${chosen.map((one) => `    ${JSON.stringify(one)}`).join(',\n')}\n  ]\n}\n`;
}

/** Five windows of each label, spread over the held-out visits, with the answer of the int8 model. */
function golden(windows: readonly Labelled[], asks: Asks): GoldenVectors {
  const chosen = labels.flatMap((_, label) => {
    const of = windows.filter((one) => one.label === label);
    return [0.1, 0.3, 0.5, 0.7, 0.9].flatMap((place) => of[Math.floor(place * of.length)] ?? []);
  });
  return {
    vectors: chosen.map(({ vector }) => {
      const rounded = Array.from(vector, (value) => Math.round(value * 1e4) / 1e4);
      return { features: rounded, probabilities: [...asks(Float32Array.from(rounded))] };
    }),
  };
}

const goldenText = ({ vectors }: GoldenVectors): string =>
  `{\n  "vectors": [\n${vectors.map((one) => `    ${JSON.stringify(one)}`).join(',\n')}\n  ]\n}\n`;

function cardOf(made: Pick<Card, 'sha256' | 'training' | 'evaluation'>): Card {
  const quantities = arrayConstants.map((one) => one.quantity);
  const features = featureNames(quantities);
  return {
    name: 'gas-vapour',
    version: '0.1.0',
    task: 'classification',
    purpose: 'indicate vapours of clandestine laboratories',
    file: 'model.tflite',
    sha256: made.sha256,
    labels: labels.map((one) => ({ ...one })),
    input: {
      tensor: { name: 'features', shape: [1, features.length], type: 'int8' },
      features,
      array: arrayConstants.map(({ quantity, part }) => ({ quantity, part })),
      window: { samples, periodMs: [...periodMs] },
    },
    output: { name: 'probabilities', shape: [1, labels.length], type: 'int8' },
    thresholds: { target: targetThreshold },
    training: made.training,
    evaluation: made.evaluation,
    limits: [
      'Trained on simulated responses: it shows that the way works and must not be trusted with real gas before it was trained and measured on the array that is soldered.',
      'It indicates a class of vapour, never a concentration and never a laboratory.',
      'Ammonia from farms and acetone or toluene from paint are the same gases: an indication needs a second principle.',
      'In simulation ammonia is seen at 1 ppm and not at 0.5 ppm; of a mixture the gas that the array feels most is named.',
      'A gas outside its labels is given one of them.',
      'It says what the array still feels: elements recover with time constants of 7 to 17 s in simulation, so the score stays up for 15 to 20 s after a plume has gone.',
      'A strong gas hides a weaker one until the elements have recovered from it.',
      'The baseline must have been learned in clean air, not longer than a few hours ago.',
    ],
    licence: 'Apache-2.0',
    golden: { file: 'golden/vectors.json', tolerance: 0.02 },
  };
}
