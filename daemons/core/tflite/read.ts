/**
 * Reads what a .tflite file says about itself: tensors, quantisation, operators, metadata. LiteRT gives away neither
 * scales nor operators, and an operator it does not know it answers with zeros; so everything is read here first.
 * Field numbers: the public TensorFlow Lite schema, version 3 (schema.fbs, tables in the order they are read).
 */
import {
  byteField,
  bytesField,
  corrupt,
  floatsField,
  intField,
  intsField,
  longField,
  longsField,
  rootTable,
  type Table,
  tableField,
  tablesField,
  textField,
  uintField,
} from './flatbuffer.ts';

/** enum TensorType; the index is the number in the file. */
export const tensorTypes = [
  'float32',
  'float16',
  'int32',
  'uint8',
  'int64',
  'string',
  'bool',
  'int16',
  'complex64',
  'int8',
  'float64',
  'complex128',
  'uint64',
  'resource',
  'variant',
  'uint32',
  'uint16',
  'int4',
  'bfloat16',
] as const;

export type TensorType = (typeof tensorTypes)[number];

/** real = (stored - zeroPoint) * scale; more than one scale: one a slice along `dimension`. */
export interface Quantisation {
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly dimension: number;
}

export interface TfliteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The shape with -1 where the exporter left it open; [] when the file has none. */
  readonly openShape: readonly number[];
  /** null: a number that the schema does not have. */
  readonly type: TensorType | null;
  /** Index into `buffers`; 0 is the empty one. */
  readonly buffer: number;
  readonly quantisation: Quantisation | null;
  readonly variable: boolean;
  readonly sparse: boolean;
}

export interface OpCode {
  readonly code: number;
  readonly version: number;
  /** Name of a custom operator, '' for a builtin one. */
  readonly custom: string;
}

export interface Op {
  /** Index into `opCodes`. */
  readonly opCode: number;
  /** Tensor indices; -1 is an input left out. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Of a custom operator, a view into the file; else empty. */
  readonly custom: Uint8Array;
}

export interface Subgraph {
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly ops: readonly Op[];
}

export interface Signature {
  readonly key: string;
  readonly subgraph: number;
  readonly inputs: readonly { readonly name: string; readonly tensor: number }[];
  readonly outputs: readonly { readonly name: string; readonly tensor: number }[];
}

export interface TfliteFile {
  /** What the file is called in errors. */
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly opCodes: readonly OpCode[];
  readonly subgraphs: readonly Subgraph[];
  /** Views into the file's bytes. */
  readonly buffers: readonly Uint8Array[];
  readonly metadata: Readonly<Record<string, Uint8Array>>;
  readonly signatures: readonly Signature[];
}

/**
 * The structure of a .tflite file. Only that it can be read safely is checked here; whether it makes sense, and whether
 * we can run it, is `checkTflite`'s business. Errors: Fault `refused`, with the place in the file.
 */
export function readTflite(bytes: Uint8Array, name: string): TfliteFile {
  const root = rootTable(bytes, 'TFL3', name);
  const buffers = tablesField(root, [4, 'buffers']).map(readBuffer);
  return {
    name,
    version: uintField(root, [0, 'version']),
    opCodes: tablesField(root, [1, 'operator_codes']).map(readOpCode),
    subgraphs: tablesField(root, [2, 'subgraphs']).map(readSubgraph),
    description: textField(root, [3, 'description']),
    buffers,
    metadata: Object.fromEntries(
      tablesField(root, [6, 'metadata']).map((one) => {
        const index = uintField(one, [1, 'buffer']);
        const content = buffers[index];
        if (content === undefined) throw corrupt(one, `buffer ${index} does not exist; there are ${buffers.length}`);
        return [textField(one, [0, 'name']), content];
      }),
    ),
    signatures: tablesField(root, [7, 'signature_defs']).map((one) => ({
      inputs: tablesField(one, [0, 'inputs']).map(readTensorMap),
      outputs: tablesField(one, [1, 'outputs']).map(readTensorMap),
      key: textField(one, [2, 'signature_key']),
      subgraph: uintField(one, [4, 'subgraph_index']),
    })),
  };
}

function readBuffer(table: Table): Uint8Array {
  // Only files over 2 GB keep data behind the flatbuffer; 0 and 1 mean "not used" (schema.fbs, table Buffer).
  if (longField(table, [1, 'offset']) > 1) throw corrupt(table, 'keeps its data outside the flatbuffer');
  return bytesField(table, [0, 'data']);
}

/** Codes up to 127 are in the old one-byte field, later ones in the new field; a reader takes the larger. */
const readOpCode = (table: Table): OpCode => ({
  code: Math.max(byteField(table, [0, 'deprecated_builtin_code']), intField(table, [3, 'builtin_code'])),
  custom: textField(table, [1, 'custom_code']),
  version: intField(table, [2, 'version'], 1),
});

const readSubgraph = (table: Table): Subgraph => ({
  tensors: tablesField(table, [0, 'tensors']).map(readTensor),
  inputs: intsField(table, [1, 'inputs']),
  outputs: intsField(table, [2, 'outputs']),
  ops: tablesField(table, [3, 'operators']).map((one) => ({
    opCode: uintField(one, [0, 'opcode_index']),
    inputs: intsField(one, [1, 'inputs']),
    outputs: intsField(one, [2, 'outputs']),
    custom: bytesField(one, [5, 'custom_options']),
  })),
});

function readTensor(table: Table): TfliteTensor {
  const quantisation = tableField(table, [4, 'quantization']);
  return {
    shape: intsField(table, [0, 'shape']),
    type: tensorTypes[byteField(table, [1, 'type'])] ?? null,
    buffer: uintField(table, [2, 'buffer']),
    name: textField(table, [3, 'name']),
    quantisation: quantisation && readQuantisation(quantisation),
    variable: byteField(table, [5, 'is_variable']) !== 0,
    sparse: tableField(table, [6, 'sparsity']) !== null,
    openShape: intsField(table, [7, 'shape_signature']),
  };
}

function readQuantisation(table: Table): Quantisation | null {
  const scales = floatsField(table, [2, 'scale']);
  // min and max alone are a note of the training tool, not a quantisation.
  if (scales.length === 0) return null;
  return {
    scales,
    zeroPoints: longsField(table, [3, 'zero_point']),
    dimension: intField(table, [6, 'quantized_dimension']),
  };
}

const readTensorMap = (table: Table): { readonly name: string; readonly tensor: number } => ({
  name: textField(table, [0, 'name']),
  tensor: uintField(table, [1, 'tensor_index']),
});
