/**
 * Inference where it holds nobody up: a model that answers within a millisecond runs on the caller's thread, where a message
 * to another would take longer than the answer; any other gets a thread of its own. Both give the same bits.
 */
import type { Infer, InlineModel, TensorData } from '../ports/infer.ts';
import { openLiteRt } from './infer.litert.ts';
import { tensorArray } from './infer.litert-model.ts';
import { openLiteRtWorker } from './infer.litert-worker.ts';

/** Beyond it a loop that hears a feed and a camera would feel every inference. */
const usualInlineMs = 1;
/** The quickest of so many counts: a busy core makes any of them longer, and none shorter. */
const tries = 3;

export interface PlacedOptions {
  /** What an inference may take on the caller's thread, ms. */
  readonly inlineMs?: number;
}

/** Errors of `load`: see `Infer`. A model's thread is ended with the model. */
export async function openLiteRtPlaced({ inlineMs = usualInlineMs }: PlacedOptions = {}): Promise<Infer> {
  const inline = await openLiteRt();
  let threads: Promise<Infer> | null = null;
  return {
    engine: inline.engine,
    load: async (bytes, name) => {
      const model = await inline.load(bytes, name);
      if (quickestMs(model) <= inlineMs) return model;
      await model.close();
      threads ??= openLiteRtWorker({ threads: 1 });
      return (await threads).load(bytes, name);
    },
    close: async () => {
      await inline.close();
      await (await threads)?.close();
    },
  };
}

function quickestMs(model: InlineModel): number {
  const zeros = model.inputs.map(({ type, shape }): TensorData => {
    const count = shape.reduce((product, size) => product * size, 1);
    return tensorArray(type, new ArrayBuffer(count * tensorArray(type, new ArrayBuffer(0)).BYTES_PER_ELEMENT));
  });
  let quickest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < tries; i++) {
    const from = performance.now();
    model.run(zeros);
    quickest = Math.min(quickest, performance.now() - from);
  }
  return quickest;
}
