import type { Op, Subgraph } from './read.ts';

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * Math.abs(size), 1);

/** Operators that give as many elements as they take. */
const keeping = new Set(
  'DEQUANTIZE ELU GELU HARD_SWISH LEAKY_RELU LOGISTIC LOG_SOFTMAX QUANTIZE RELU RELU6 RESHAPE SOFTMAX SQUEEZE TANH'.split(
    ' ',
  ),
);

/**
 * What is wrong with the shapes around one operator, or null. The runtime sizes results by itself and believes the file
 * only for the model's inputs and outputs: a file whose shapes disagree is answered from memory that nobody wrote.
 */
export function shapeMistake(name: string, op: Op, { tensors }: Subgraph): string | null {
  const shapeOf = (index: number | undefined): readonly number[] | undefined => tensors[index ?? -1]?.shape;
  const [given, weights] = [shapeOf(op.inputs[0]), shapeOf(op.inputs[1])];
  const result = shapeOf(op.outputs[0]);
  if (!given || !result)
    return `has ${op.inputs.length} inputs and ${op.outputs.length} outputs; one at least is right`;
  if (keeping.has(name) && elements(given) !== elements(result)) return `turns [${given}] into [${result}]`;
  if (name !== 'FULLY_CONNECTED') return null;
  const [units, depth] = weights ?? [];
  if (weights?.length !== 2 || !units || !depth) return `has weights [${weights}]; [units, inputs] is right`;
  if (elements(given) % depth !== 0 || (elements(given) / depth) * units !== elements(result))
    return `turns [${given}] into [${result}] with weights [${weights}]`;
  const bias = shapeOf(op.inputs[2]);
  return bias && elements(bias) !== units ? `has ${elements(bias)} biases for ${units} units` : null;
}
