/**
 * The int8 graph of one linear classifier whose answer hangs on small differences. Each class has a FULLY_CONNECTED of its
 * own, so that its weights have a scale of their own on every runtime (a scale for each output channel of one operator
 * gives wrong answers, without an error, on runtimes of the 2.9 line). A score as wide as a drifted array makes it would
 * have 256 steps in one int8, and rows near a boundary would fall on one step: its range is cut into windows, each an int8
 * that saturates outside, and the pieces are added up in float. Within the range that is the score to 1/255 of a window.
 */
import { asymmetric, names, type Range, symmetric } from './dense.ts';
import { quantise } from './quantise.ts';
import type { Quantisation } from './read.ts';
import { activations, type Graph, type GraphOp, type GraphTensor } from './write.ts';

/** Weights of one class: multiples of `step`, at most 127 of it. */
export interface SteppedRow {
  readonly weights: ArrayLike<number>;
  readonly step: number;
  readonly bias: number;
}

export interface Windows {
  readonly input: Range;
  /** Of the scores; beyond it they are held. */
  readonly scores: Range;
  readonly count: number;
}

/** Input `features` [1, n] int8, output `probabilities` [1, classes] float32. */
export function int8Windowed(
  rows: readonly SteppedRow[],
  { input, scores, count }: Windows,
  description: string,
): Graph {
  const size = rows[0]?.weights.length ?? 0;
  const given = asymmetric(input);
  const [low, high] = scores;
  const width = Math.fround((high - low) / count);
  const piece: Quantisation = { scales: [Math.fround(width / 255)], zeroPoints: [-128], dimension: 0 };
  const tensors: GraphTensor[] = [{ name: names.input, shape: [1, size], type: 'int8', quantisation: given }];
  const put = (tensor: GraphTensor): number => tensors.push(tensor) - 1;
  const ops: GraphOp[] = [];
  const pieces = rows.map(({ weights, step, bias }, k) => {
    const repeated = new Int8Array(count * size);
    for (let j = 0; j < count; j++)
      quantise(weights, { scale: step, zeroPoint: 0 }, repeated.subarray(j * size, (j + 1) * size));
    const unit = Math.fround(step * (given.scales[0] ?? 1));
    const from = Int32Array.from({ length: count }, (_, j) => Math.round((bias - low - j * width) / unit));
    const inputs = [
      0,
      put({
        name: `weights-${k}`,
        shape: [count, size],
        type: 'int8',
        data: repeated,
        quantisation: symmetric(step),
      }),
      put({ name: `bias-${k}`, shape: [count], type: 'int32', data: from, quantisation: symmetric(unit) }),
    ];
    const output = put({ name: `pieces-${k}`, shape: [1, count], type: 'int8', quantisation: piece });
    ops.push({ op: 'FULLY_CONNECTED', version: 4, inputs, outputs: [output], options: {} });
    return output;
  });
  const all = rows.length * count;
  const joined = put({ name: 'pieces', shape: [1, all], type: 'int8', quantisation: piece });
  ops.push({
    op: 'CONCATENATION',
    version: 2,
    inputs: pieces,
    outputs: [joined],
    options: { axis: 1, activation: activations.none },
  });
  const plain = put({ name: 'pieces-float', shape: [1, all], type: 'float32' });
  ops.push({ op: 'DEQUANTIZE', version: 2, inputs: [joined], outputs: [plain], options: {} });
  // What every class lacks, `low`, changes no probability.
  const ones = Float32Array.from({ length: rows.length * all }, (_, i) =>
    Math.floor((i % all) / count) === Math.floor(i / all) ? 1 : 0,
  );
  const sums = [
    plain,
    put({ name: 'ones', shape: [rows.length, all], type: 'float32', data: ones }),
    put({ name: 'nothing', shape: [rows.length], type: 'float32', data: new Float32Array(rows.length) }),
  ];
  const added = put({ name: 'scores', shape: [1, rows.length], type: 'float32' });
  ops.push({ op: 'FULLY_CONNECTED', version: 1, inputs: sums, outputs: [added], options: {} });
  const output = put({ name: names.output, shape: [1, rows.length], type: 'float32' });
  ops.push({ op: 'SOFTMAX', version: 1, inputs: [added], outputs: [output], options: { beta: 1 } });
  return { description, tensors, ops, inputs: [0], outputs: [output] };
}
