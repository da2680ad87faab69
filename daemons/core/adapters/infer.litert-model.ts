import { Fault } from '../ports/fault.ts';
import type { InlineModel, TensorData, TensorInfo } from '../ports/infer.ts';
import type { CheckedTflite, IoTensor } from '../tflite/check.ts';
import { runnable } from '../tflite/detection.ts';
import { detecting } from './infer.litert-detection.ts';
import {
  type Compiled,
  type CompiledModel,
  type RankedType,
  type Runtime,
  startRuntime,
  type TensorBuffer,
} from './infer.litert-runtime.ts';

const arrays = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array, int32: Int32Array } as const;

/** A typed view of all of `memory`, of the type that holds the tensor's elements. */
export const tensorArray = (type: TensorInfo['type'], memory: ArrayBufferLike): TensorData =>
  new arrays[type](memory as ArrayBuffer);

/** litert::ElementType (litert_model_types.h). */
const elementTypes: Readonly<Record<TensorInfo['type'], number>> = { float32: 1, int32: 2, uint8: 3, int8: 9 };

export interface LoadOptions {
  readonly compiled: Compiled;
  readonly threads: number;
}

/** One input or output: what it is and where it lies. */
interface Slot {
  readonly info: TensorInfo;
  readonly type: RankedType;
  readonly length: number;
  /** A view of the tensor in the runtime's heap; made anew when the heap moved. */
  view: TensorData;
}

/**
 * Checks a model, loads it into a runtime of its own, so that a model that crashes its runtime takes no other with it,
 * and tries it once: the runtime prepares a model at its first inference only. Errors: Fault `refused`, with what the
 * check or the runtime has against the file.
 */
export async function loadModel(bytes: Uint8Array, name: string, options: LoadOptions): Promise<InlineModel> {
  const { bytes: rest, io, end } = runnable(bytes, name);
  const runtime = await startRuntime(options.compiled);
  try {
    const loaded = await open(rest, name, { io, runtime, threads: options.threads });
    const model = new LiteRtModel(name, runtime, loaded);
    infer({ ...loaded, runtime }, model.inputs.map(emptyTensor), model.outputs.map(emptyTensor));
    return end ? detecting(model, end) : model;
  } catch (error) {
    // Whatever the runtime throws here, it throws because of the file; the instance is dropped with it.
    if (error instanceof Fault) throw error;
    throw failed(name, 'refused it', { error, runtime });
  }
}

const emptyTensor = (info: TensorInfo): TensorData => new arrays[info.type](elementsOf(info));

function failed(name: string, what: string, { error, runtime }: { error: unknown; runtime: Runtime }): Fault {
  const reason = [error instanceof Error ? error.message : String(error), ...runtime.said.slice(-3)].join('; ');
  return new Fault('refused', `${name}: the runtime ${what}: ${reason}`, error);
}

interface Opening {
  readonly io: CheckedTflite;
  readonly runtime: Runtime;
  readonly threads: number;
}

async function open(bytes: Uint8Array, name: string, { io, runtime, threads }: Opening): Promise<Loaded> {
  const { wasm, environment } = runtime;
  const at = wasm._malloc(bytes.length);
  if (at === 0) throw new Fault('refused', `${name}: ${bytes.length} bytes do not fit into the runtime's memory`);
  wasm.HEAPU8.set(bytes, at);
  const model = wasm.loadModel(environment, at, bytes.length);
  const compiled = await wasm.compileModel(environment, model, {
    environment: { liteRtEnvironment: environment },
    accelerator: 'wasm',
    cpuOptions: { numThreads: threads },
    gpuOptions: {},
    webNNOptions: {},
  });
  const signature = model.getSignature(0);
  const inputs = list(signature.inputNames()).map((key, i) =>
    slotOf(runtime, { file: name, key, info: io.inputs.get(key), type: model.getInputTensorType(0, i) }),
  );
  const outputs = list(signature.outputNames()).map((key, i) =>
    slotOf(runtime, { file: name, key, info: io.outputs.get(key), type: model.getOutputTensorType(0, i) }),
  );
  signature.delete();
  const buffers = inputs.map(({ type }) =>
    wasm.LiteRtTensorBuffer.createManaged(environment, wasm.LiteRtTensorBufferType.HOST_MEMORY, type, type.bytes()),
  );
  return { compiled, inputs, outputs, buffers };
}

function list<T>(vector: { size(): number; get(index: number): T; delete(): void }): T[] {
  const items = Array.from({ length: vector.size() }, (_, i) => vector.get(i));
  vector.delete();
  return items;
}

/** The runtime must mean by a tensor what the file says of it: names, types and shapes come from different readers. */
function slotOf(
  { wasm }: Runtime,
  found: { file: string; key: string; info: IoTensor | undefined; type: RankedType },
): Slot {
  const { file, key, info } = found;
  const element = found.type.elementType();
  const layout = found.type.layout();
  const dimensions = list(layout.dimensions());
  layout.delete();
  let { type } = found;
  if (dimensions.some((size) => size < 0)) {
    // An open batch: the runtime cannot say its size and must be given a type of its own.
    const pinned = new wasm.VectorInt32();
    for (const size of dimensions) pinned.push_back(Math.max(1, size));
    const closed = wasm.LiteRtLayout.create(pinned);
    type = wasm.LiteRtRankedTensorType.create(element, closed);
    for (const handle of [pinned, closed, found.type]) handle.delete();
  }
  const shape = dimensions.map((size) => Math.max(1, size));
  if (!info)
    throw new Fault(
      'refused',
      `${file}: the runtime lists a tensor "${key}" that the file does not name; it is corrupt`,
    );
  if (elementTypes[info.type] !== element.value || info.shape.join() !== shape.join())
    throw new Fault(
      'refused',
      `${file}: "${key}" is ${info.type} [${info.shape}] in the file and type ${element.value} [${shape}] to the runtime`,
    );
  return {
    info,
    type,
    length: elementsOf(info),
    view: new arrays[info.type](0),
  };
}

interface Loaded {
  readonly compiled: CompiledModel;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly buffers: readonly TensorBuffer[];
}

class LiteRtModel implements InlineModel {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly #name: string;
  readonly #answers: readonly TensorData[];
  #open: (Loaded & { readonly runtime: Runtime }) | null;
  #why = 'is closed';

  constructor(name: string, runtime: Runtime, loaded: Loaded) {
    this.#name = name;
    this.#open = { ...loaded, runtime };
    this.inputs = loaded.inputs.map((slot) => slot.info);
    this.outputs = loaded.outputs.map((slot) => slot.info);
    this.#answers = loaded.outputs.map(({ info }) => emptyTensor(info));
  }

  run(inputs: readonly TensorData[]): readonly TensorData[] {
    const open = this.#open;
    if (!open) throw new Fault('refused', `${this.#name}: the model ${this.#why}; load it again`);
    checkInputs(this.#name, this.inputs, inputs);
    try {
      infer(open, inputs, this.#answers);
    } catch (error) {
      this.#open = null;
      this.#why = 'failed at an earlier inference';
      throw failed(this.#name, 'failed at an inference, and the model was closed', {
        error,
        runtime: open.runtime,
      });
    }
    return this.#answers;
  }

  /** The instance and its memory are freed by the garbage collector: nothing else refers to them. */
  async close(): Promise<void> {
    this.#open = null;
  }
}

function elementsOf({ shape }: TensorInfo): number {
  let product = 1;
  for (const size of shape) product *= size;
  return product;
}

/** Errors: Fault `refused` when the tensors are not what `infos` says. */
export function checkInputs(name: string, infos: readonly TensorInfo[], inputs: readonly TensorData[]): void {
  if (inputs.length !== infos.length)
    throw new Fault('refused', `${name}: ${inputs.length} inputs were given; it takes ${infos.length}`);
  for (let i = 0; i < infos.length; i++) {
    const info = infos[i] as TensorInfo;
    const data = inputs[i] as TensorData;
    if (data.length !== elementsOf(info) || !(data instanceof arrays[info.type]))
      throw new Fault(
        'refused',
        `${name}: input "${info.name}" is ${data.constructor.name} of ${data.length}; it takes ${info.type} [${info.shape}]`,
      );
  }
}

/** The hot path: no allocation but the buffers that the runtime itself hands out. */
function infer(
  { runtime, compiled, inputs, outputs, buffers }: Loaded & { runtime: Runtime },
  given: readonly TensorData[],
  answers: readonly TensorData[],
): void {
  const { wasm } = runtime;
  const { READ, WRITE } = wasm.LiteRtTensorBufferLockMode;
  for (let i = 0; i < inputs.length; i++) {
    const buffer = buffers[i] as TensorBuffer;
    viewAt(inputs[i] as Slot, wasm.HEAPU8.buffer, buffer.lock(WRITE)).set(given[i] as TensorData);
    buffer.unlock();
  }
  const results = compiled.run(0, buffers);
  // The runtime only complains of a model that it cannot prepare or run; what it answers is memory that nobody wrote.
  if (runtime.said.length > 0) throw new Error('it complained');
  for (let i = 0; i < outputs.length; i++) {
    const buffer = results[i] as TensorBuffer;
    (answers[i] as TensorData).set(viewAt(outputs[i] as Slot, wasm.HEAPU8.buffer, buffer.lock(READ)));
    buffer.unlock();
    buffer.delete();
  }
}

function viewAt(slot: Slot, heap: ArrayBufferLike, at: number): TensorData {
  if (slot.view.buffer !== heap || slot.view.byteOffset !== at)
    slot.view = new arrays[slot.info.type](heap as ArrayBuffer, at, slot.length);
  return slot.view;
}
