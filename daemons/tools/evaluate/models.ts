/**
 * `fieldpost evaluate models`: third-party models on third-party pictures, through our `infer` port, against the scores
 * that their makers publish. It shows that the engine computes what others compute; the models are not ours.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { openLiteRtWorker } from '../../core/adapters/infer.litert-worker.ts';
import { parseValue } from '../../core/config/parse.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Infer, TensorData, TensorInfo } from '../../core/ports/infer.ts';
import { dequantise } from '../../core/tflite/quantise.ts';
import type { Figure } from './figures.ts';
import { evaluateBeside } from './models-beside.ts';
import { decodeBmp, type Picture, resizeBilinear } from './picture.ts';

const expectation = z.strictObject({
  id: z.string(),
  model: z.string().describe('from the data folder'),
  picture: z.string().describe('a BMP, from the data folder'),
  resize: z.literal('bilinear'),
  labels: z.string().nullable().describe('a label a line, from the data folder'),
  class: z.int().min(0),
  label: z.string(),
  atLeast: z.number().min(0).max(1),
  top: z.int().min(1),
  source: z.string(),
});
const expectations = z.strictObject({ expectations: z.array(expectation).min(1) });

export type Expectation = z.infer<typeof expectation>;

const file = path.join(import.meta.dirname, 'models.expected.json');

/**
 * One figure an expectation, ours and then those of files that lie beside models in the folder: the score of the expected
 * class, judged by score and rank. Errors: Fault `absent`, `refused`, `config`.
 */
export async function evaluateModels(data: string): Promise<readonly Figure[]> {
  const wanted = parseValue(file, JSON.parse(await readFile(file, 'utf8')), expectations).expectations;
  const engine = await openLiteRtWorker({ threads: 1 });
  try {
    const figures: Figure[] = [];
    for (const one of wanted) figures.push(await judge(engine, data, one));
    return [...figures, ...(await evaluateBeside(engine, data))];
  } finally {
    await engine.close();
  }
}

async function judge(engine: Infer, data: string, one: Expectation): Promise<Figure> {
  const labels = one.labels === null ? null : new TextDecoder().decode(await read(data, one.labels)).split('\n');
  if (labels && labels[one.class]?.trim() !== one.label)
    throw new Fault(
      'refused',
      `${one.labels} line ${one.class + 1}: is "${labels[one.class]}"; must be "${one.label}"`,
    );
  const picture = decodeBmp(await read(data, one.picture), one.picture);
  const scores = await classify(engine, await read(data, one.model), { name: one.model, picture });
  const score = scores[one.class] ?? 0;
  const rank = 1 + scores.filter((other) => other > score).length;
  return {
    id: `models.${one.id}`,
    value: score,
    unit: 'probability',
    baseline: null,
    ratio: null,
    reach: `>= ${one.atLeast} in the top ${one.top}`,
    ok: score >= one.atLeast && rank <= one.top,
    note: `class ${one.class} "${one.label}" is number ${rank}; ${one.source}`,
  };
}

async function read(data: string, name: string): Promise<Uint8Array> {
  try {
    return await readFile(path.join(data, name));
  } catch (error) {
    throw new Fault('absent', `${path.join(data, name)}: cannot be read; --data names the folder of the data`, error);
  }
}

/** The real scores of every class of an image classifier. */
export async function classify(
  engine: Infer,
  bytes: Uint8Array,
  { name, picture }: { readonly name: string; readonly picture: Picture },
): Promise<Float32Array> {
  const model = await engine.load(bytes, name);
  const [input, output] = [model.inputs[0], model.outputs[0]];
  if (!input || !output || input.shape.length !== 4)
    throw new Fault('refused', `${name}: input is [${input?.shape}]; [1, height, width, 3] is a picture`);
  const [, height = 0, width = 0] = input.shape;
  const [answer] = await model.run([pixels(input, resizeBilinear(picture, width, height))]);
  const scores = new Float32Array(answer?.length ?? 0);
  if (answer) dequantise(answer, output.quantisation, scores);
  await model.close();
  return scores;
}

/** A picture's bytes as the model's tensor: 0 to 255 is what both 8-bit types quantise, int8 shifted by 128. */
function pixels({ type }: TensorInfo, { rgb }: Picture): TensorData {
  if (type === 'uint8') return rgb;
  if (type === 'int8') return Int8Array.from(rgb, (value) => value - 128);
  throw new Fault('refused', `a picture is given as uint8 or int8 here; this model takes ${type}`);
}
