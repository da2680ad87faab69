/** Every classification model of a folder that has a small expectation file beside it: MODEL.tflite, MODEL.expected.json. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { openPictures } from '../../core/adapters/pictures.wasm.ts';
import { parseYaml } from '../../core/config/parse.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Infer } from '../../core/ports/infer.ts';
import type { Pictures } from '../../core/ports/pictures.ts';
import { dequantise } from '../../core/tflite/quantise.ts';
import { fitted } from '../../core/vision/fit.ts';
import { wholeOf } from '../../core/vision/resize.ts';
import { toTensor } from '../../core/vision/tensor.ts';
import type { Figure } from './figures.ts';
import { decodeBmp, type Picture } from './picture.ts';

const three = z.tuple([z.number(), z.number(), z.number()]);

const expectationBeside = z.strictObject({
  picture: z.string().min(1).describe('a BMP, JPEG or PNG file, from the folder of this file'),
  class: z.int().min(0).describe('number of the class that is expected'),
  score: z.number().min(0).max(1).describe('the least probability it must have'),
  resize: z.enum(['bilinear', 'bilinear-half-pixel', 'area', 'nearest']),
  shape: z.enum(['stretch', 'letterbox']).default('stretch'),
  top: z.int().min(1).default(1).describe('the worst rank it may have'),
  values: z
    .union([z.literal('bytes'), z.strictObject({ mean: three, std: three })])
    .default('bytes')
    .describe('what the tensor holds of a pixel: bytes as they are, or (byte - mean) / std'),
  source: z.string().optional().describe('who says so'),
});

const ending = '.expected.json';

/** One figure an expectation file, in the order of their names; none where there is none. Errors: Fault `absent`, `refused`, `config`. */
export async function evaluateBeside(infer: Infer, folder: string): Promise<readonly Figure[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files = names.filter((name) => name.endsWith(ending)).toSorted();
  if (files.length === 0) return [];
  const pictures = await openPictures();
  const figures: Figure[] = [];
  for (const name of files) figures.push(await judge(infer, pictures, path.join(folder, name)));
  return figures;
}

async function judge(infer: Infer, pictures: Pictures, file: string): Promise<Figure> {
  const wanted = parseYaml(file, await readFile(file, 'utf8'), expectationBeside);
  const modelFile = file.replace(ending, '.tflite');
  const picture = pictureOf(await read(path.join(path.dirname(file), wanted.picture)), wanted.picture, pictures);
  const model = await infer.load(await read(modelFile), modelFile);
  try {
    const [input, output] = [model.inputs[0], model.outputs[0]];
    if (!input || !output || input.shape.length !== 4 || input.shape[3] !== 3)
      throw new Fault('refused', `${modelFile}: input is [${input?.shape}]; [1, height, width, 3] is a picture`);
    const [, height = 0, width = 0] = input.shape;
    const how = { method: wanted.resize, shape: wanted.shape, fill: [114, 114, 114] } as const;
    const [shown] = fitted(picture, wholeOf(picture), { width, height }, how);
    const [answer] = await model.run([toTensor(input, { channels: 'rgb', values: wanted.values })(shown)]);
    const scores = new Float32Array(answer?.length ?? 0);
    if (answer) dequantise(answer, output.quantisation, scores);
    if (wanted.class >= scores.length)
      throw new Fault('refused', `${file} class: is ${wanted.class}; the model has ${scores.length} classes`);
    return figureOf(path.basename(file, ending), scores, wanted);
  } finally {
    await model.close();
  }
}

function figureOf(name: string, scores: Float32Array, wanted: z.infer<typeof expectationBeside>): Figure {
  const value = scores[wanted.class] ?? 0;
  const rank = 1 + scores.filter((other) => other > value).length;
  return {
    id: `models.${name}`,
    value,
    unit: 'probability',
    baseline: null,
    ratio: null,
    reach: `>= ${wanted.score} in the top ${wanted.top}`,
    ok: value >= wanted.score && rank <= wanted.top,
    note: `class ${wanted.class} is number ${rank}; ${wanted.source ?? 'the expectation file beside the model'}`,
  };
}

const pictureOf = (bytes: Uint8Array, name: string, pictures: Pictures): Picture =>
  /\.bmp$/i.test(name) ? decodeBmp(bytes, name) : pictures.decode(bytes, name);

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Fault('absent', `${file}: cannot be read; an expectation file lies beside its model`, error);
  }
}
