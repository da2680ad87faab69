/** LiteRT with nothing of ours around it: what the `infer` port is measured against. */
import {
  type Compiled,
  compileWasm,
  factoryFromText,
  packagedRuntime,
  startRuntime,
} from '../../daemons/core/adapters/infer.litert-runtime.ts';

/** The single-threaded runtime that our inline port uses too. */
export async function compileBare(): Promise<Compiled> {
  const source = packagedRuntime('compat');
  return { factory: factoryFromText(source.glue), module: await compileWasm(source) };
}

/**
 * One model of one byte-sized input and output, in the tightest loop that answers: lock, copy in, run, copy out. `run`
 * gives the output's bytes.
 */
export async function bareModel(compiled: Compiled, bytes: Uint8Array): Promise<(input: Uint8Array) => Uint8Array> {
  const { wasm, environment } = await startRuntime(compiled);
  const at = wasm._malloc(bytes.length);
  wasm.HEAPU8.set(bytes, at);
  const model = wasm.loadModel(environment, at, bytes.length);
  const options = {
    environment: { liteRtEnvironment: environment },
    accelerator: 'wasm',
    cpuOptions: { numThreads: 1 },
  };
  const runnable = await wasm.compileModel(environment, model, { ...options, gpuOptions: {}, webNNOptions: {} });
  const type = model.getInputTensorType(0, 0);
  const kind = wasm.LiteRtTensorBufferType.HOST_MEMORY;
  const buffer = wasm.LiteRtTensorBuffer.createManaged(environment, kind, type, type.bytes());
  const inputs = [buffer];
  const { READ, WRITE } = wasm.LiteRtTensorBufferLockMode;
  return (input) => {
    wasm.HEAPU8.set(input, buffer.lock(WRITE));
    buffer.unlock();
    const [result] = runnable.run(0, inputs);
    if (!result) throw new TypeError('the bare runtime gave no output');
    const from = result.lock(READ);
    const output = wasm.HEAPU8.slice(from, from + result.packedSize());
    result.unlock();
    result.delete();
    return output;
  };
}
