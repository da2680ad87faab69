/** From files in a folder to a model that may be asked: everything that could be wrong is found here, not in the field. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Engine, InlineInfer, InlineModel } from '../ports/infer.ts';
import type { ModelRef } from '../values/detection.ts';
import { type Card, card, goldenVectors } from './card.ts';
import { classifier, sizeOf } from './classify.ts';
import {
  type Allowed,
  checkAllowed,
  checkEngine,
  checkHash,
  describe,
  parse,
  read,
  refused,
  sameList,
} from './trust.ts';

export interface Activation {
  /** Holds card.json and what it names. */
  readonly folder: string;
  readonly infer: InlineInfer;
  readonly allow: Allowed;
  readonly box: BoxAsSeen;
}

/** What the box has, to be held against what the model was made for. */
export interface BoxAsSeen {
  /** The soldered sensors in the board's order: what each gives, and which part it is. */
  readonly array: readonly { readonly quantity: string; readonly part: string }[];
  /** Names of the features that this program computes, in order. */
  readonly features: readonly string[];
  readonly window: { readonly samples: number; readonly periodMs: number };
}

export interface ActiveModel {
  readonly ref: ModelRef;
  readonly card: Card;
  /** SHA-256 (hex) of the card's file. */
  readonly cardSha256: string;
  /** What runs it. */
  readonly engine: Engine;
  readonly labels: readonly string[];
  /**
   * Probabilities in the order of `labels`, in an array that the next call writes again. Errors: Fault `refused` when
   * the runtime fails; RangeError when the features are not as many, or not all numbers: a mistake of the caller.
   */
  classify(features: Float32Array): Float32Array;
  /** Summed probability of the target labels. */
  target(probabilities: ArrayLike<number>): number;
  close(): Promise<void>;
}

/**
 * Reads the card and the model, holds them against the allow-list, the box and each other, and lets the model answer its
 * golden vectors. Errors: Fault `refused` with the file, the path in it, what is there and what would be right; nothing
 * is then classified.
 */
export async function activate({ folder, infer, allow, box }: Activation): Promise<ActiveModel> {
  const file = path.join(folder, 'card.json');
  const found = parse(file, card);
  const bytes = read(path.join(folder, found.file));
  checkHash(file, found, bytes);
  checkAllowed(file, { purpose: found.purpose, labels: found.labels.map((label) => label.name) }, allow);
  checkBox(file, found, box);
  checkEngine(file, found, infer.engine);
  const model = await infer.load(bytes, path.join(folder, found.file));
  checkTensors(file, found, model);
  const cardSha256 = createHash('sha256').update(read(file)).digest('hex');
  const active = activeModel(found, model, { cardSha256, engine: infer.engine });
  checkGolden(path.join(folder, found.golden.file), found, active);
  return active;
}

function checkBox(file: string, { input }: Card, box: BoxAsSeen): void {
  const list = (array: BoxAsSeen['array']): string =>
    array.map(({ quantity, part }) => `${quantity} (${part})`).join(', ');
  const [wants, has] = [list(input.array), list(box.array)];
  const fits =
    input.array.length === box.array.length &&
    input.array.every(({ quantity, part }, i) => {
      const mine = box.array[i];
      return mine?.quantity === quantity && mine.part === part;
    });
  if (!fits) throw refused(file, 'input.array', `was made for [${wants}], and this board has [${has}]`);
  if (!sameList(input.features, box.features))
    throw refused(
      file,
      'input.features',
      `are [${input.features.join(', ')}], and this program computes [${box.features.join(', ')}]`,
    );
  const { samples, periodMs } = input.window;
  const [shortest, longest] = periodMs;
  if (samples !== box.window.samples || box.window.periodMs < shortest || box.window.periodMs > longest)
    throw refused(
      file,
      'input.window',
      `is ${samples} samples every ${shortest} to ${longest} ms, and this box takes ${box.window.samples} every ${box.window.periodMs} ms`,
    );
}

function checkTensors(file: string, { input, output, labels }: Card, model: InlineModel): void {
  const sides = [
    { where: 'input.tensor', says: input.tensor, infos: model.inputs, holds: input.features.length, of: 'features' },
    { where: 'output', says: output, infos: model.outputs, holds: labels.length, of: 'labels' },
  ] as const;
  for (const { where, says, infos, holds, of } of sides) {
    const [info, ...more] = infos;
    const is = infos.map(describe).join(' and ');
    if (!info || more.length > 0 || describe(info) !== describe(says))
      throw refused(file, where, `is ${describe(says)}, and the model has ${is}`);
    if (sizeOf(info) !== holds) throw refused(file, where, `is ${describe(says)}, which does not hold ${holds} ${of}`);
    if (info.type !== 'float32' && info.quantisation === null)
      throw refused(file, where, `is ${info.type}, and the model does not say how it is quantised`);
  }
}

function activeModel(found: Card, model: InlineModel, by: Pick<ActiveModel, 'cardSha256' | 'engine'>): ActiveModel {
  const targets = found.labels.flatMap(({ role }, i) => (role === 'target' ? [i] : []));
  return {
    ref: { name: found.name, version: found.version, sha256: found.sha256 },
    card: found,
    ...by,
    labels: found.labels.map((label) => label.name),
    classify: classifier(model, { name: found.name, standard: found.input.standard }),
    target: (of) => targets.reduce((sum, index) => sum + (of[index] ?? 0), 0),
    close: () => model.close(),
  };
}

function checkGolden(file: string, { golden, input, labels }: Card, active: ActiveModel): void {
  parse(file, goldenVectors).vectors.forEach(({ features, probabilities }, i) => {
    if (features.length !== input.features.length || probabilities.length !== labels.length)
      throw refused(
        file,
        `vectors.${i}`,
        `has ${features.length} features and ${probabilities.length} probabilities; the card has ${input.features.length} and ${labels.length}`,
      );
    const answer = active.classify(Float32Array.from(features));
    probabilities.forEach((expected, k) => {
      const off = Math.abs(expected - (answer[k] ?? Number.NaN));
      if (!(off <= golden.tolerance))
        throw refused(
          file,
          `vectors.${i}.probabilities.${k}`,
          `is ${expected}, and here the model says ${answer[k]} for "${labels[k]?.name}"; ${golden.tolerance} is the most it may be off`,
        );
    });
  });
}
