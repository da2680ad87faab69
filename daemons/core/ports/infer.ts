/** One input or output of a model. */
export interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int8' | 'uint8' | 'int32';
  /** real = (quantised - zeroPoint) * scale; null for a tensor that stands for itself. */
  readonly quantisation: { readonly scale: number; readonly zeroPoint: number } | null;
}

export type TensorData = Float32Array | Int8Array | Uint8Array | Int32Array;

/** A loaded model. */
export interface Model {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** How many classes the file's own post-processing tells apart; absent where it has none. */
  readonly classes?: number;
  /**
   * One inference, tensors in the model's own types and order. The inputs must stay as they are until the answer; the
   * outputs belong to the caller until the next call.
   * Errors: Fault `refused` when a tensor has another type or size than `inputs` says, when the model crashed its
   * runtime (it is then closed for good; other models are not touched), or when it is closed. Fault `timeout` when a
   * worker did not answer in time; the same holds then.
   */
  run(inputs: readonly TensorData[]): readonly TensorData[] | Promise<readonly TensorData[]>;
  close(): Promise<void>;
}

/** A model that answers at once, for what takes well under a millisecond. */
export interface InlineModel extends Model {
  run(inputs: readonly TensorData[]): readonly TensorData[];
}

/**
 * What runs the models, to the byte. `compat` on one thread answers alike on every processor; the last bit of others may
 * differ between processors.
 */
export interface Engine {
  readonly variant: 'compat' | 'threaded';
  readonly threads: number;
  /** SHA-256 (hex) of the runtime's program. */
  readonly sha256: string;
}

/**
 * An inference engine. `load` checks before it loads: unknown or custom ops, wrong shapes and corrupt files are refused
 * by name (Fault `refused`), because the runtime itself answers zeros in silence for an op it does not know.
 * `name` is what the model is called in errors: a file's path.
 */
export interface Infer {
  readonly engine: Engine;
  load(bytes: Uint8Array, name: string): Promise<Model>;
  close(): Promise<void>;
}

export interface InlineInfer extends Infer {
  load(bytes: Uint8Array, name: string): Promise<InlineModel>;
}
