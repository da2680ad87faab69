/** Whether the tensors of a model are those of its card, and hold what the card's output needs: a card can lie. */
import type { Model, TensorInfo } from '../ports/infer.ts';
import { anchorCount } from '../vision/decode-ssd.ts';
import { describe, refused } from './trust.ts';
import type { VisionCard } from './vision-card.ts';

interface Held {
  readonly card: VisionCard;
  readonly labels: number;
  readonly model: Pick<Model, 'inputs' | 'outputs' | 'classes'>;
}

type Claim = Pick<TensorInfo, 'name' | 'type' | 'shape'>;

/** Errors: Fault `refused` with the path in the card, what is there and what the model has. */
export function checkVisionTensors(file: string, { card, labels, model }: Held): void {
  const [input, ...more] = model.inputs;
  const claim = card.input.tensor;
  if (!input || more.length > 0 || describe(input) !== describe(claim))
    throw refused(
      file,
      'input.tensor',
      `is ${describe(claim)}, and the model has ${model.inputs.map(describe).join(' and ')}`,
    );
  const [batch, height = 0, width = 0, channels] = claim.shape;
  if (claim.shape.length !== 4 || batch !== 1 || channels !== 3 || height > 4096 || width > 4096)
    throw refused(
      file,
      'input.tensor',
      `is ${describe(claim)}; a picture is [1, height, width, 3], 4096 each way at the most`,
    );
  if (card.input.picture.values !== 'bytes' && input.type !== 'float32' && !input.quantisation)
    throw refused(file, 'input.tensor', `is ${input.type}, and the model does not say how it is quantised`);
  checkOutput(file, card.output, { labels, outputs: model.outputs, classes: model.classes });
}

function checkOutput(
  file: string,
  output: VisionCard['output'],
  {
    labels,
    outputs,
    classes,
  }: { readonly labels: number; readonly outputs: readonly TensorInfo[]; readonly classes: number | undefined },
): void {
  const found = (where: string, name: string): TensorInfo => {
    const info = outputs.find((one) => one.name === name);
    if (info) return info;
    throw refused(file, `output.${where}`, `names "${name}", and the model has ${outputs.map(describe).join(' and ')}`);
  };
  const same = (where: string, claim: Claim): void => {
    const info = found(where, claim.name);
    if (describe(info) !== describe(claim))
      throw refused(file, `output.${where}`, `is ${describe(claim)}, and the model has ${describe(info)}`);
  };
  const holds = (where: string, claim: Claim, shape: readonly number[]): void => {
    same(where, claim);
    if (claim.shape.length !== shape.length || claim.shape.some((size, i) => size !== shape[i]))
      throw refused(file, `output.${where}`, `is [${claim.shape}]; by its labels and layout it must be [${shape}]`);
  };
  const sized = (shape: readonly number[], axis: number): number => shape[axis] ?? 0;
  switch (output.layout) {
    case 'scores':
      holds('scores', output.scores, [...output.scores.shape.slice(0, -1).map(() => 1), labels]);
      return;
    case 'ssd-nms':
      holds('boxes', output.boxes, [1, sized(output.boxes.shape, 1), 4]);
      for (const key of ['classes', 'scores', 'count'] as const) if (output[key] !== undefined) found(key, output[key]);
      // TFLite_Detection_PostProcess counts from the first class that is no background.
      if (classes !== undefined && (labels !== classes || output.firstClass !== 0))
        throw refused(
          file,
          'output.firstClass',
          `is ${output.firstClass} with ${labels} labels; the model tells ${classes} classes apart, and counts from 0`,
        );
      return;
    case 'ssd': {
      const count = anchorCount(output.anchors);
      holds('boxes', output.boxes, [1, count, 4]);
      holds('scores', output.scores, [1, count, labels + Number(output.background)]);
      return;
    }
    case 'yolo': {
      const numbers = labels + (output.objectness ? 5 : 4);
      const { shape } = output.boxes;
      holds('boxes', output.boxes, output.turned ? [1, numbers, sized(shape, 2)] : [1, sized(shape, 1), numbers]);
      return;
    }
    case 'mask': {
      const { shape } = output.mask;
      const [rows, columns] = [sized(shape, 1), sized(shape, 2)];
      holds('mask', output.mask, shape.length === 3 ? [1, rows, columns] : [1, rows, columns, labels]);
      return;
    }
    case 'heat': {
      const { shape } = output.heat;
      holds('heat', output.heat, [1, sized(shape, 1), sized(shape, 2), labels + Number(output.background)]);
      return;
    }
  }
}
