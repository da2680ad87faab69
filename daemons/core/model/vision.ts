/** From a folder with a card to a model that can be shown pictures. Whether it may decide anything is `activateVision`'s. */

import { hash } from 'node:crypto';
import path from 'node:path';
import { turns } from '../flow/turns.ts';
import type { Infer, Model, TensorData, TensorInfo } from '../ports/infer.ts';
import { dequantise } from '../tflite/quantise.ts';
import type { ModelRef } from '../values/detection.ts';
import type { Picture, PixelBox, Sighting } from '../values/frame.ts';
import { decode } from '../vision/decode.ts';
import type { Decoding, Numbers } from '../vision/decoding.ts';
import { fitted, type Placing, placed } from '../vision/fit.ts';
import type { Size } from '../vision/resize.ts';
import { toTensor } from '../vision/tensor.ts';
import { type Label, labelsOf } from './labels.ts';
import { checkHash, parseBytes, read } from './trust.ts';
import { type VisionCard, visionCard } from './vision-card.ts';
import { checkVisionTensors } from './vision-tensors.ts';

export interface VisionModel {
  readonly ref: ModelRef;
  readonly card: VisionCard;
  /** SHA-256 (hex) of the card's file. */
  readonly cardSha256: string;
  readonly labels: readonly Label[];
  /** What the model takes; a window of this size is shown to it as it is. */
  readonly input: Size;
  /**
   * What it finds in a window of whole pixels, in pixels of the picture. The window is made ready at once, and waits for the
   * calls before it. Errors: those of `Model.run`.
   */
  look(picture: Picture, window: PixelBox): Promise<readonly Sighting[]>;
  /** The real numbers of every output, by name, until the next call: for whoever judges a model. */
  numbers(picture: Picture, window: PixelBox): Promise<ReadonlyMap<string, Numbers>>;
  close(): Promise<void>;
}

export interface VisionFolder {
  /** Holds card.json and what it names. */
  readonly folder: string;
  readonly infer: Infer;
}

/** Reads card and file, holds them against each other and loads the model. Errors: Fault `refused` with file and path. */
export async function loadVision({ folder, infer }: VisionFolder): Promise<VisionModel> {
  const file = path.join(folder, 'card.json');
  const cardBytes = read(file);
  const card = parseBytes(file, cardBytes, visionCard);
  const bytes = read(path.join(folder, card.file));
  checkHash(file, card, bytes);
  const labels = labelsOf(file, card, bytes);
  const model = await infer.load(bytes, path.join(folder, card.file));
  try {
    checkVisionTensors(file, { card, labels: labels.length, model });
  } catch (error) {
    await model.close();
    throw error;
  }
  return visionModel(card, model, { labels, cardSha256: hash('sha256', cardBytes, 'hex') });
}

function visionModel(card: VisionCard, model: Model, by: Pick<VisionModel, 'labels' | 'cardSha256'>): VisionModel {
  const info = model.inputs[0] as TensorInfo;
  const [, height = 0, width = 0] = info.shape;
  const { resize: method, shape, fill = [114, 114, 114] } = card.input.picture;
  const tensor = toTensor(info, card.input.picture);
  const real = model.outputs.map((output) => new Float32Array(output.shape.reduce((a, b) => a * b, 1)));
  const how: Decoding = {
    output: card.output,
    labels: by.labels.map(({ name }) => name),
    // An interferent is told too: it is what a target was not.
    wanted: by.labels.map(({ role }) => role !== 'background'),
    score: card.thresholds.score,
    iou: card.thresholds.iou ?? 0.45,
    input: { width, height },
  };
  // Answers are written again by the next call, so callers wait for each other with what they do with them.
  const turn = turns();
  const ask = async <T>(
    picture: Picture,
    window: PixelBox,
    then: (numbers: Map<string, Numbers>, placing: Placing) => T,
  ): Promise<T> => {
    const [input, placing] = fitted(picture, window, { width, height }, { method, shape, fill });
    const given = tensor(input);
    return turn(async () => then(realNumbers(model.outputs, await model.run([given]), real), placing));
  };
  return {
    ref: { name: card.name, version: card.version, sha256: card.sha256 },
    card,
    ...by,
    input: { width, height },
    numbers: (picture, window) => ask(picture, window, (numbers) => numbers),
    look: (picture, window) =>
      ask(picture, window, (numbers, placing) =>
        decode((name) => numbers.get(name) as Numbers, how).flatMap((one) => inPicture(one, placing)),
      ),
    close: () => model.close(),
  };
}

function realNumbers(
  infos: readonly TensorInfo[],
  answer: readonly TensorData[],
  real: readonly Float32Array[],
): Map<string, Numbers> {
  return new Map(
    infos.map((info, i) => {
      const values = real[i] as Float32Array;
      dequantise(answer[i] as TensorData, info.quantisation, values);
      return [info.name, { shape: info.shape, values }];
    }),
  );
}

/** A sighting in shares of the input as one of the picture; none where nothing of it lies in the window. */
export function inPicture({ label, score, box, outline }: Sighting, placing: Placing): Sighting[] {
  const at = placed(box, placing);
  if (!at) return [];
  const { x0, y0, x1, y1 } = placing.window;
  const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
  const points = outline?.map(
    ([x, y]) =>
      [within(placing.x + x * placing.width, x0, x1), within(placing.y + y * placing.height, y0, y1)] as const,
  );
  return [{ label, score, box: at, ...(points ? { outline: points } : {}) }];
}
