/** Small vision models whose answers can be told by looking at the picture. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { signerOf } from '../../daemons/core/evidence/seal.ts';
import { signatureFile, signCard } from '../../daemons/core/model/card-signature.ts';
import type { Pictures } from '../../daemons/core/ports/pictures.ts';
import { activations, writeTflite } from '../../daemons/core/tflite/write.ts';
import type { Picture } from '../../daemons/core/values/frame.ts';

export const side = 8;

/** Red, green or blue: the class is the channel that has most light over all of an 8 by 8 picture; values 0 to 1. */
export function colourModel(): Uint8Array {
  const pixels = side * side;
  const weights = Float32Array.from({ length: 3 * 3 * pixels }, (_, i) => {
    const [row, column] = [Math.floor(i / (3 * pixels)), i % (3 * pixels)];
    return column % 3 === row ? 12 / pixels : 0;
  });
  return writeTflite({
    description: 'a test model',
    tensors: [
      { name: 'picture', shape: [1, side, side, 3], type: 'float32' },
      { name: 'weights', shape: [3, 3 * pixels], type: 'float32', data: weights },
      { name: 'bias', shape: [3], type: 'float32', data: new Float32Array(3) },
      { name: 'sums', shape: [1, 3], type: 'float32' },
      { name: 'scores', shape: [1, 3], type: 'float32' },
    ],
    ops: [
      { op: 'FULLY_CONNECTED', version: 1, inputs: [0, 1, 2], outputs: [3], options: { activation: activations.none } },
      { op: 'SOFTMAX', version: 1, inputs: [3], outputs: [4], options: { beta: 1 } },
    ],
    inputs: [0],
    outputs: [4],
  });
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export const colourCard = {
  name: 'colour',
  version: '1.0.0',
  task: 'classification',
  purpose: 'testing',
  file: 'model.tflite',
  sha256: sha256(colourModel()),
  labels: [
    { name: 'red', role: 'interferent' },
    { name: 'Green plot', role: 'target' },
    { name: 'blue', role: 'background' },
  ],
  input: {
    tensor: { name: 'picture', shape: [1, side, side, 3], type: 'float32' },
    picture: {
      resize: 'area',
      shape: 'stretch',
      channels: 'rgb',
      values: { mean: [0, 0, 0], std: [255, 255, 255] },
    },
  },
  output: { layout: 'scores', scores: { name: 'scores', shape: [1, 3], type: 'float32' }, activation: 'none' },
  thresholds: { score: 0.9 },
  training: { data: 'not trained', program: 'test' },
  evaluation: { data: 'none', figures: {} },
  limits: ['a toy'],
  licence: 'Apache-2.0',
  golden: { file: 'golden/vectors.json', score: 0.001, pixels: 0.01 },
};

/** A picture of one colour with rectangles of other colours on it. */
export function painted(
  width: number,
  height: number,
  ground: readonly number[],
  patches: readonly {
    readonly box: readonly [number, number, number, number];
    readonly colour: readonly number[];
  }[] = [],
): Picture {
  const rgb = new Uint8Array(3 * width * height);
  for (let i = 0; i < rgb.length; i++) rgb[i] = ground[i % 3] ?? 0;
  for (const { box, colour } of patches)
    for (let y = box[1]; y < box[3]; y++) for (let x = box[0]; x < box[2]; x++) rgb.set(colour, 3 * (y * width + x));
  return { width, height, rgb };
}

export const green = [20, 230, 20] as const;
export const blue = [20, 20, 230] as const;

export const signingKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });

type Files = Readonly<Record<string, string | Uint8Array | null>>;

/** A folder of the colour model, signed, with a golden picture; changed where `files` says so, null leaves a file out. */
export function visionFolder(root: string, pictures: Pictures, files: Files = {}): string {
  const folder = mkdtempSync(path.join(root, 'm-'));
  mkdirSync(path.join(folder, 'golden'));
  const golden = JSON.stringify({
    vectors: [
      { picture: 'golden/green.png', sightings: [{ label: 'Green plot', score: 0.9992, box: [0, 0, side, side] }] },
      { picture: 'golden/blue.png', sightings: [] },
    ],
  });
  const cardText = typeof files['card.json'] === 'string' ? files['card.json'] : JSON.stringify(colourCard, null, 2);
  const goldenText = typeof files['golden/vectors.json'] === 'string' ? files['golden/vectors.json'] : golden;
  const signed = signCard(signerOf(signingKey.privateKey), { card: sha256(cardText), golden: sha256(goldenText) });
  const good: Files = {
    'card.json': cardText,
    'model.tflite': colourModel(),
    'golden/vectors.json': goldenText,
    'golden/green.png': pictures.encodePng(painted(side, side, green)),
    'golden/blue.png': pictures.encodePng(painted(side, side, blue)),
    [signatureFile]: signed,
  };
  for (const [name, content] of Object.entries({ ...good, ...files }))
    if (content !== null) writeFileSync(path.join(folder, name), content);
  return folder;
}
