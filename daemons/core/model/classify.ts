import type { InlineModel, TensorInfo } from '../ports/infer.ts';
import { dequantise, quantise } from '../tflite/quantise.ts';

/** What a card says must be done to features before they are a tensor: (feature - centre) / scale. */
export interface Standard {
  readonly centre: readonly number[];
  readonly scale: readonly number[];
}

/**
 * Probabilities of a model with one input and one output, in an array that the next call writes again. Errors: Fault
 * `refused` when the runtime fails; RangeError when the features are not as many, or not all numbers.
 */
export function classifier(
  model: InlineModel,
  { name, standard }: { readonly name: string; readonly standard?: Standard | undefined },
): (features: Float32Array) => Float32Array {
  const [input, output] = [model.inputs[0] as TensorInfo, model.outputs[0] as TensorInfo];
  const given = inputArray(input);
  const tensors = [given];
  const scaled = new Float32Array(given.length);
  const probabilities = new Float32Array(sizeOf(output));
  return (features) => {
    if (features.length !== given.length)
      throw new RangeError(`${name}: ${features.length} features were given; it takes ${given.length}`);
    if (standard)
      for (let i = 0; i < scaled.length; i++)
        scaled[i] = ((features[i] ?? Number.NaN) - (standard.centre[i] ?? 0)) / (standard.scale[i] ?? 1);
    else scaled.set(features);
    if (given instanceof Float32Array) {
      if (scaled.some(Number.isNaN)) throw new RangeError(`${name}: a feature is not a number`);
      given.set(scaled);
    } else if (input.quantisation) quantise(scaled, input.quantisation, given);
    const [answer] = model.run(tensors);
    if (answer) dequantise(answer, output.quantisation, probabilities);
    return probabilities;
  };
}

/** How many numbers a tensor holds. */
export const sizeOf = ({ shape }: Pick<TensorInfo, 'shape'>): number =>
  shape.reduce((product, size) => product * size, 1);

function inputArray(info: TensorInfo): Float32Array | Int8Array | Uint8Array {
  const size = sizeOf(info);
  if (info.type === 'int8') return new Int8Array(size);
  return info.type === 'uint8' ? new Uint8Array(size) : new Float32Array(size);
}
