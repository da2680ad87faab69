/** The end of a detection model, done here: see tflite/detection.ts. */
import type { InlineModel, TensorData } from '../ports/infer.ts';
import type { DetectionEnd } from '../tflite/detection.ts';
import { dequantise } from '../tflite/quantise.ts';
import { postProcess } from '../vision/post-process.ts';

/** A model with the four outputs of the operator, around one that gives what the operator took. */
export function detecting(inner: InlineModel, { how, codes, scores, outputs }: DetectionEnd): InlineModel {
  const at = (name: string): number => inner.outputs.findIndex((one) => one.name === name);
  const places = [at(codes), at(scores)] as const;
  const real = places.map((place) => new Float32Array(inner.outputs[place]?.shape.reduce((a, b) => a * b, 1) ?? 0));
  const [codeValues, scoreValues] = real as [Float32Array, Float32Array];
  const stride = codeValues.length / (how.anchors.length / 4);
  return {
    inputs: inner.inputs,
    outputs,
    classes: how.classes,
    run: (inputs): readonly TensorData[] => {
      const answer = inner.run(inputs);
      places.forEach((place, i) => {
        dequantise(answer[place] as TensorData, inner.outputs[place]?.quantisation ?? null, real[i] as Float32Array);
      });
      const found = postProcess({ codes: codeValues, stride, scores: scoreValues }, how);
      return [found.boxes, found.classes, found.scores, Float32Array.of(found.count)];
    },
    close: () => inner.close(),
  };
}
