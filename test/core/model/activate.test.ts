import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { type Activation, activate } from '../../../daemons/core/model/activate.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { answer, floatModel, int8Model, numbers } from '../../support/dense-model.ts';

const infer = await openLiteRt();
const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-model-'));
test.after.always(() => rmSync(root, { recursive: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const features = ['a', 'b', 'c', 'd', 'e', 'f'];
const vectors = [1, 2, 3].map((seed) => {
  const given = numbers(6, seed);
  return { features: [...given], probabilities: answer(given) };
});

const card = {
  name: 'toy',
  version: '1.2.3',
  task: 'classification',
  purpose: 'testing',
  file: 'model.tflite',
  sha256: sha256(int8Model()),
  labels: [
    { name: 'air', role: 'background' },
    { name: 'ammonia', role: 'target' },
    { name: 'acetone', role: 'target' },
  ],
  input: {
    tensor: { name: 'features', shape: [1, 6], type: 'int8' },
    features,
    array: [
      { quantity: 'mox-1', part: 'TGS 1' },
      { quantity: 'mox-2', part: 'TGS 2' },
    ],
    window: { samples: 10, periodMs: [250, 1000] },
  },
  output: { name: 'probabilities', shape: [1, 3], type: 'int8' },
  thresholds: { target: 0.8 },
  training: { data: 'trained on numbers', program: 'test', windows: 1, seed: 1 },
  evaluation: {
    data: 'none',
    windows: 1,
    accuracy: 1,
    recall: { air: 1 },
    target: { truePositive: 1, falsePositive: 0 },
    floatAccuracy: 1,
  },
  limits: ['a toy'],
  licence: 'Apache-2.0',
  golden: { file: 'golden/vectors.json', tolerance: 0.03 },
};

type Files = Readonly<Record<string, string | Uint8Array | null>>;

/** A folder with a good model, changed where `files` says so; null leaves a file out. */
function folderWith(files: Files = {}): string {
  const folder = mkdtempSync(path.join(root, 'm-'));
  mkdirSync(path.join(folder, 'golden'));
  const good: Files = {
    'card.json': JSON.stringify(card, null, 2),
    'model.tflite': int8Model(),
    'golden/vectors.json': JSON.stringify({ vectors }),
  };
  for (const [name, content] of Object.entries({ ...good, ...files }))
    if (content !== null) writeFileSync(path.join(folder, name), content);
  return folder;
}

const asked = (folder: string, change: Partial<Activation> = {}): Activation => ({
  folder,
  infer,
  allow: { purpose: 'testing', labels: ['air', 'ammonia', 'acetone'] },
  box: {
    array: [
      { quantity: 'mox-1', part: 'TGS 1' },
      { quantity: 'mox-2', part: 'TGS 2' },
    ],
    features,
    window: { samples: 10, periodMs: 250 },
  },
  ...change,
});

const withCard = (change: object): string =>
  folderWith({ 'card.json': JSON.stringify({ ...card, ...change }, null, 2) });

test('a model whose card, file, box and golden vectors agree is activated and classifies', async (t) => {
  const model = await activate(asked(folderWith()));
  t.deepEqual(model.ref, { name: 'toy', version: '1.2.3', sha256: sha256(int8Model()) });
  t.deepEqual(model.labels, ['air', 'ammonia', 'acetone']);
  const given = numbers(6, 8);
  const probabilities = model.classify(given);
  answer(given).forEach((expected, i) => {
    t.true(Math.abs(expected - (probabilities[i] ?? 9)) < 0.03);
  });
  t.is(model.target(probabilities), (probabilities[1] ?? 0) + (probabilities[2] ?? 0));
});

test('a float model is activated just as well', async (t) => {
  const change = {
    sha256: sha256(floatModel()),
    input: { ...card.input, tensor: { ...card.input.tensor, type: 'float32' } },
    output: { ...card.output, type: 'float32' },
    golden: { ...card.golden, tolerance: 1e-4 },
  };
  const folder = folderWith({ 'card.json': JSON.stringify({ ...card, ...change }), 'model.tflite': floatModel() });
  const model = await activate(asked(folder));
  t.true(Math.abs((model.classify(numbers(6, 8))[0] ?? 9) - (answer(numbers(6, 8))[0] ?? 0)) < 1e-5);
});

test('features that are not numbers, or too few, are a mistake of the caller', async (t) => {
  const model = await activate(asked(folderWith()));
  t.throws(() => model.classify(new Float32Array(6).fill(Number.NaN)), { instanceOf: RangeError });
  t.throws(() => model.classify(new Float32Array(5)), { instanceOf: RangeError, message: /5 features .* takes 6/ });
});

const flipped = int8Model();
flipped[900] = (flipped[900] ?? 0) ^ 1;

const refusals: readonly (readonly [title: string, ask: () => Activation, message: RegExp])[] = [
  ['no card', () => asked(folderWith({ 'card.json': null })), /card\.json: cannot be read \(ENOENT\)/],
  ['a card that is not JSON', () => asked(folderWith({ 'card.json': '{"name": ' })), /card\.json:\d+:\d+: not YAML/],
  ['an unknown key', () => asked(withCard({ signed: true })), /card\.json:\d+ signed: unknown key/],
  [
    'a key too few',
    () => asked(withCard({ purpose: undefined })),
    /card\.json:\d+ purpose: is missing; must be a string/,
  ],
  [
    'a file outside the folder',
    () => asked(withCard({ file: '../model.tflite' })),
    /card\.json:\d+ file: is "\.\.\/model\.tflite"/,
  ],
  [
    'no target among the labels',
    () => asked(withCard({ labels: card.labels.map((one) => ({ ...one, role: 'background' })) })),
    /labels: is .* one label at least must be a target/,
  ],
  ['no model', () => asked(folderWith({ 'model.tflite': null })), /model\.tflite: cannot be read \(ENOENT\)/],
  [
    'one flipped bit in the model',
    () => asked(folderWith({ 'model.tflite': flipped })),
    /card\.json sha256: is [0-9a-f]{64}, and model\.tflite has [0-9a-f]{64}/,
  ],
  [
    'another purpose',
    () => asked(folderWith(), { allow: { purpose: 'test', labels: ['air', 'ammonia', 'acetone'] } }),
    /card\.json purpose: is "testing", and this box allows "test"/,
  ],
  [
    'a label more than allowed',
    () => asked(folderWith(), { allow: { purpose: 'testing', labels: ['air', 'ammonia'] } }),
    /labels: are \[air, ammonia, acetone\], and this box allows \[air, ammonia\]/,
  ],
  [
    'a label that only contains an allowed one',
    () => asked(folderWith(), { allow: { purpose: 'testing', labels: ['air', 'ammonia', 'acetone-like'] } }),
    /labels: are/,
  ],
  [
    'fewer sensors than it was made for',
    () => asked(folderWith(), { box: { ...asked('').box, array: [{ quantity: 'mox-1', part: 'TGS 1' }] } }),
    /input\.array: was made for \[mox-1 \(TGS 1\), mox-2 \(TGS 2\)\], and this board has \[mox-1 \(TGS 1\)\]/,
  ],
  [
    'other sensors under the same names',
    () =>
      asked(folderWith(), {
        box: {
          ...asked('').box,
          array: [
            { quantity: 'mox-1', part: 'MQ-3' },
            { quantity: 'mox-2', part: 'TGS 2' },
          ],
        },
      }),
    /and this board has \[mox-1 \(MQ-3\), mox-2 \(TGS 2\)\]/,
  ],
  [
    'features in another order',
    () => asked(folderWith(), { box: { ...asked('').box, features: features.toReversed() } }),
    /input\.features: are \[a, b, c, d, e, f\], and this program computes \[f, e, d, c, b, a\]/,
  ],
  [
    'a window of another length',
    () => asked(folderWith(), { box: { ...asked('').box, window: { samples: 20, periodMs: 250 } } }),
    /input\.window: is 10 samples every 250 to 1000 ms, and this box takes 20 every 250 ms/,
  ],
  [
    'a slower box',
    () => asked(folderWith(), { box: { ...asked('').box, window: { samples: 10, periodMs: 5000 } } }),
    /takes 10 every 5000 ms/,
  ],
  [
    'tensors of another type than the card says',
    () => asked(withCard({ input: { ...card.input, tensor: { ...card.input.tensor, type: 'uint8' } } })),
    /input\.tensor: is "features" uint8 \[1,6\], and the model has "features" int8 \[1,6\]/,
  ],
  [
    'tensors of another shape than the card says',
    () => asked(withCard({ output: { ...card.output, shape: [1, 4] } })),
    /output: is "probabilities" int8 \[1,4\], and the model has "probabilities" int8 \[1,3\]/,
  ],
  [
    'a golden vector that comes out otherwise',
    () =>
      asked(
        folderWith({
          'golden/vectors.json': JSON.stringify({
            vectors: [{ features: [0, 0, 0, 0, 0, 0], probabilities: [1, 0, 0] }],
          }),
        }),
      ),
    /vectors\.json vectors\.0\.probabilities\.0: is 1, and here the model says 0\.\d+ for "air"; 0\.03 is the most/,
  ],
  [
    'a golden vector of another size',
    () =>
      asked(
        folderWith({
          'golden/vectors.json': JSON.stringify({ vectors: [{ features: [0], probabilities: [1, 0, 0] }] }),
        }),
      ),
    /vectors\.0: has 1 features and 3 probabilities; the card has 6 and 3/,
  ],
  [
    'golden vectors that are not there',
    () => asked(folderWith({ 'golden/vectors.json': null })),
    /vectors\.json: cannot be read \(ENOENT\)/,
  ],
];

for (const [title, ask, message] of refusals) {
  test(`${title}: refused, and it says what and where`, async (t) => {
    const error = await t.throwsAsync(activate(ask()));
    t.true(isFault(error) && error.kind === 'refused', error?.stack);
    t.regex(error?.message ?? '', message);
  });
}

test('a file that is no model is refused even when its hash is on the card', async (t) => {
  const junk = Buffer.from('not a model at all');
  const folder = folderWith({
    'card.json': JSON.stringify({ ...card, sha256: sha256(junk) }),
    'model.tflite': junk,
  });
  await t.throwsAsync(activate(asked(folder)), { message: /model\.tflite: identifier at byte 4/ });
});
