import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { type ActiveModel, activate } from '../../daemons/core/model/activate.ts';
import { featureNames } from '../../daemons/gas/features.ts';
import { arrayConstants } from '../../daemons/tools/simulate/array.ts';
import { build, fullBuild } from '../../models/gas-vapour/train/build.ts';
import { visit } from '../../models/gas-vapour/train/windows.ts';

const folder = path.join(import.meta.dirname, '../../models/gas-vapour');

const activated = async (): Promise<ActiveModel> =>
  activate({
    folder,
    infer: await openLiteRt(),
    allow: {
      purpose: 'indicate vapours of clandestine laboratories',
      labels: ['air', 'ammonia', 'acetone', 'toluene', 'ethanol', 'exhaust'],
    },
    box: {
      array: arrayConstants,
      features: featureNames(arrayConstants.map((one) => one.quantity)),
      window: { samples: 10, periodMs: 250 },
    },
  });

test('the shipped model is activated: card, hash, array, features, tensors and golden vectors agree', async (t) => {
  const { card } = await activated();
  t.is(card.name, 'gas-vapour');
  t.regex(card.training.data, /^trained on simulated responses/);
  t.regex(card.evaluation.data, /^simulated/);
});

test('building the model anew gives the shipped bytes, all of them', async (t) => {
  t.timeout(300_000);
  const files = await build(fullBuild);
  t.deepEqual(Object.keys(files).toSorted(), [
    'card.json',
    'factory.json',
    'golden/vectors.json',
    'model.float.tflite',
    'model.tflite',
  ]);
  for (const [name, bytes] of Object.entries(files))
    t.true(Buffer.from(bytes).equals(readFileSync(path.join(folder, name))), `${name} differs: run npm run train:gas`);
});

test('on arrays it has not seen the model is as good as its card says', async (t) => {
  const model = await activated();
  const windows = Array.from({ length: 300 }, (_, i) => visit(20_000_000 + i)).flat();
  const right = windows.filter(({ vector, label }) => {
    const probabilities = model.classify(vector);
    return probabilities.indexOf(Math.max(...probabilities)) === label;
  }).length;
  const accuracy = right / windows.length;
  t.true(Math.abs(accuracy - model.card.evaluation.accuracy) < 0.03, `${accuracy}`);
});

test('quantising to int8 costs less than a point of accuracy', async (t) => {
  const { card } = await activated();
  t.true(card.evaluation.floatAccuracy - card.evaluation.accuracy < 0.01);
});
