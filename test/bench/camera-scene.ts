import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Picture } from '../../daemons/core/values/frame.ts';

export const mobilenetFile = path.join(
  import.meta.dirname,
  '../../../shared/data/models/coral_mobilenet_v2_1.0_224_quant.tflite',
);

/** A scene with detail everywhere, as ground has: waves of three sizes and noise (rendered). */
export function sceneOf(width: number, height: number, seed = 1): Picture {
  const rgb = new Uint8Array(3 * width * height);
  let state = seed;
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const noise = (state >>> 24) / 8;
      const waves = 30 * Math.sin(x / 9 + y / 31) + 25 * Math.sin(x / 63 - y / 47) + 20 * Math.sin(y / 170);
      rgb[at] = 90 + waves + noise;
      rgb[at + 1] = 105 + waves + noise;
      rgb[at + 2] = 70 + waves / 2 + noise;
    }
  return { width, height, rgb };
}

/** A card of MobileNet v2 for ImageNet, for measuring only: 1001 labels by number. */
export const imagenetCard = (bytes: Uint8Array): object => ({
  name: 'mobilenet-v2',
  version: '1.0.0',
  task: 'classification',
  purpose: 'measuring',
  file: 'model.tflite',
  sha256: createHash('sha256').update(bytes).digest('hex'),
  labels: Array.from({ length: 1001 }, (_, i) => ({ name: `class ${i}`, role: i === 0 ? 'background' : 'target' })),
  input: {
    tensor: { name: 'input', shape: [1, 224, 224, 3], type: 'uint8' },
    picture: { resize: 'bilinear', shape: 'stretch', channels: 'rgb', values: 'bytes' },
  },
  output: {
    layout: 'scores',
    scores: { name: 'MobilenetV2/Predictions/Softmax', shape: [1, 1001], type: 'uint8' },
    activation: 'none',
  },
  thresholds: { score: 0.1 },
  training: { data: 'ImageNet, by its makers', program: 'none of ours' },
  evaluation: { data: 'none', figures: {} },
  limits: ['for measuring only'],
  licence: 'Apache-2.0',
  golden: { file: 'none.json', score: 0, pixels: 0 },
});
