/** Inference on the caller's own thread: for models well under a millisecond, which would wait longer for a worker. */
import type { InlineInfer } from '../ports/infer.ts';
import { loadModel } from './infer.litert-model.ts';
import { compileWasm, engineOf, factoryFromText, packagedRuntime, type RuntimeSource } from './infer.litert-runtime.ts';

export interface LiteRtOptions {
  /** Absent: the `compat` runtime of the installed package. */
  readonly source?: RuntimeSource;
}

/** Compiles the runtime (about 0.1 s) and answers with an engine whose models run inline, on one thread. */
export async function openLiteRt(options: LiteRtOptions = {}): Promise<InlineInfer> {
  const source = options.source ?? packagedRuntime('compat');
  const compiled = { factory: factoryFromText(source.glue), module: await compileWasm(source) };
  return {
    engine: engineOf(source, 1),
    load: (bytes, name) => loadModel(bytes, name, { compiled, threads: 1 }),
    close: async () => {},
  };
}
