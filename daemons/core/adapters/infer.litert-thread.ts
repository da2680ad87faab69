/** The thread behind one model of `infer.litert-worker.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { isFault } from '../ports/fault.ts';
import type { TensorInfo } from '../ports/infer.ts';
import { loadModel, tensorArray } from './infer.litert-model.ts';
import { factoryFromFile, factoryFromText } from './infer.litert-runtime.ts';
import type { ThreadSays, ThreadStart } from './infer.litert-worker.ts';

const start = workerData as ThreadStart;
const say = (said: ThreadSays): void => parentPort?.postMessage(said);

/** A refusal is an answer; anything else is a bug and ends the thread with its stack. */
async function answer(work: () => Promise<ThreadSays>): Promise<void> {
  try {
    say(await work());
  } catch (error) {
    if (!isFault(error)) throw error;
    say({ refused: error.message });
  }
}

const shared = (info: TensorInfo): TensorInfo & { readonly memory: SharedArrayBuffer } => {
  const elements = info.shape.reduce((product, size) => product * size, 1);
  return {
    ...info,
    memory: new SharedArrayBuffer(elements * tensorArray(info.type, new ArrayBuffer(0)).BYTES_PER_ELEMENT),
  };
};

void answer(async () => {
  const { glue, cacheDir, threads, module } = start;
  const factory = cacheDir === null ? factoryFromText(glue) : factoryFromFile(glue, cacheDir, threads);
  const model = await loadModel(start.bytes, start.name, { compiled: { factory, module }, threads });
  const inputs = model.inputs.map(shared);
  const outputs = model.outputs.map(shared);
  const given = inputs.map(({ type, memory }) => tensorArray(type, memory));
  const results = outputs.map(({ type, memory }) => tensorArray(type, memory));
  parentPort?.on('message', () => {
    void answer(async () => {
      model.run(given).forEach((data, i) => {
        results[i]?.set(data);
      });
      return { ran: true };
    });
  });
  const { classes } = model;
  return { loaded: { inputs, outputs, ...(classes === undefined ? {} : { classes }) } };
});
