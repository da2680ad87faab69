/** One input or output of a model. */
export interface TensorInfo {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: 'float32' | 'int8' | 'uint8' | 'int32';
  /** real = (quantised - zeroPoint) * scale; null for a float tensor. */
  readonly quantisation: { readonly scale: number; readonly zeroPoint: number } | null;
}

export type TensorData = Float32Array | Int8Array | Uint8Array | Int32Array;

/** A loaded model. `run` of an inline engine answers at once, that of a worker later: `Ran` is what both have. */
export interface Model {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /**
   * One inference, tensors in the model's own types and order. The outputs belong to the caller until the next call.
   * Errors: Fault `refused` when a tensor has another type or size than `inputs` says.
   */
  run(inputs: readonly TensorData[]): readonly TensorData[] | Promise<readonly TensorData[]>;
  close(): Promise<void>;
}

/**
 * An inference engine. `load` checks before it loads: unknown or custom ops, wrong shapes and corrupt files are refused
 * by name (Fault `refused`), because the runtime itself answers zeros in silence for an op it does not know.
 */
export interface Infer {
  load(bytes: Uint8Array, name: string): Promise<Model>;
  close(): Promise<void>;
}
