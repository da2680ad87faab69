/**
 * Writes .tflite files: the same graph gives the same bytes, on any machine. Field numbers: the public TensorFlow Lite
 * schema, version 3. An operator is added by a line in `layouts`.
 */
import { Builder } from 'flatbuffers';
import { builtinCode } from './ops.ts';
import { type OpCode, type Quantisation, type TensorType, tensorTypes } from './read.ts';

export interface GraphTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: TensorType;
  /** Present: a constant. Little-endian, as every machine that we run on. */
  readonly data?: Float32Array | Int32Array | Int8Array | Uint8Array;
  readonly quantisation?: Quantisation;
}

export interface GraphOp {
  /** A builtin operator, or a custom one by its name. */
  readonly op: keyof typeof layouts | { readonly custom: string; readonly options: Uint8Array };
  /** The version of the operator decides how a runtime reads it: see the schema's notes on each option. */
  readonly version: number;
  /** Indices into `tensors`. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** By the names in `layouts`; what is left out has the schema's default. */
  readonly options: Readonly<Record<string, number>>;
}

export interface Graph {
  readonly description: string;
  readonly tensors: readonly GraphTensor[];
  readonly ops: readonly GraphOp[];
  /** Indices into `tensors`. */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** enum ActivationFunctionType. */
export const activations = { none: 0, relu: 1, relu6: 3 } as const;
/** enum Padding. */
export const paddings = { same: 0, valid: 1 } as const;

type Kind = 'byte' | 'int' | 'float';

interface Layout {
  /** Position in union BuiltinOptions. */
  readonly tag: number;
  /** Fields in the order of the schema's table. */
  readonly fields: readonly (readonly [name: string, kind: Kind])[];
}

const layouts = {
  CONCATENATION: {
    tag: 10,
    fields: [
      ['axis', 'int'],
      ['activation', 'byte'],
    ],
  },
  CONV_2D: {
    tag: 1,
    fields: [
      ['padding', 'byte'],
      ['strideW', 'int'],
      ['strideH', 'int'],
      ['activation', 'byte'],
      ['dilationW', 'int'],
      ['dilationH', 'int'],
    ],
  },
  DEQUANTIZE: { tag: 38, fields: [] },
  FULLY_CONNECTED: {
    tag: 8,
    fields: [
      ['activation', 'byte'],
      ['weightsFormat', 'byte'],
      ['keepNumDims', 'byte'],
    ],
  },
  GATHER: { tag: 23, fields: [['axis', 'int']] },
  SOFTMAX: { tag: 9, fields: [['beta', 'float']] },
} as const satisfies Record<string, Layout>;

/** The oldest runtime that runs what is written here, as the TensorFlow Lite tools would state it. */
const minRuntimeVersion = '1.14.0';

/** The bytes of a .tflite file with one subgraph and one signature, `serving_default`. */
export function writeTflite(graph: Graph): Uint8Array {
  const b = new Builder(1 << 14);
  const constants = graph.tensors.flatMap((one) => (one.data ? [one.data] : []));
  const version = new Uint8Array(16);
  version.set(new TextEncoder().encode(minRuntimeVersion));
  const buffers = [null, ...constants, version].map((data) => writeBuffer(b, data));
  const codes = [...new Set(graph.ops.map(codeKey))];
  const codeOffsets = codes.map((key) => {
    const [op = '', opVersion, custom = ''] = key.split(' ');
    return writeOpCode(b, { code: builtinCode(op), version: Number(opVersion), custom });
  });
  let constant = 0;
  const tensors = graph.tensors.map((one) => writeTensor(b, one, one.data ? ++constant : 0));
  const ops = graph.ops.map((one) => writeOp(b, one, codes.indexOf(codeKey(one))));
  const subgraph = writeSubgraph(b, { graph, tensors, ops });
  const metadata = writeMetadata(b, 'min_runtime_version', buffers.length - 1);
  const signature = writeSignature(b, graph);
  const codeVector = offsetVector(b, codeOffsets);
  const subgraphVector = offsetVector(b, [subgraph]);
  const bufferVector = offsetVector(b, buffers);
  const description = b.createString(graph.description);
  const metadataVector = offsetVector(b, [metadata]);
  const signatureVector = offsetVector(b, [signature]);
  b.startObject(8);
  b.addFieldInt32(0, 3, 0);
  b.addFieldOffset(1, codeVector, 0);
  b.addFieldOffset(2, subgraphVector, 0);
  b.addFieldOffset(3, description, 0);
  b.addFieldOffset(4, bufferVector, 0);
  b.addFieldOffset(6, metadataVector, 0);
  b.addFieldOffset(7, signatureVector, 0);
  b.finish(b.endObject(), 'TFL3');
  return b.asUint8Array().slice();
}

const codeKey = ({ op, version }: GraphOp): string =>
  typeof op === 'string' ? `${op} ${version}` : `CUSTOM ${version} ${op.custom}`;

function offsetVector(b: Builder, offsets: readonly number[]): number {
  b.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) b.addOffset(offset);
  return b.endVector();
}

function intVector(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const value of values.toReversed()) b.addInt32(value);
  return b.endVector();
}

function floatVector(b: Builder, values: readonly number[]): number {
  b.startVector(4, values.length, 4);
  for (const value of values.toReversed()) b.addFloat32(value);
  return b.endVector();
}

function longVector(b: Builder, values: readonly number[]): number {
  b.startVector(8, values.length, 8);
  for (const value of values.toReversed()) b.addInt64(BigInt(value));
  return b.endVector();
}

/** Data is aligned to 16 bytes (schema: force_align), so that a runtime can use it where it lies. */
function writeBuffer(b: Builder, data: GraphTensor['data'] | null): number {
  let vector = 0;
  if (data) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    b.startVector(1, bytes.length, 16);
    for (const byte of bytes.toReversed()) b.addInt8(byte);
    vector = b.endVector();
  }
  b.startObject(3);
  if (vector !== 0) b.addFieldOffset(0, vector, 0);
  return b.endObject();
}

function writeOpCode(b: Builder, { code, version, custom }: OpCode): number {
  const name = custom === '' ? 0 : b.createString(custom);
  b.startObject(4);
  b.addFieldInt8(0, Math.min(code, 127), 0);
  if (name !== 0) b.addFieldOffset(1, name, 0);
  b.addFieldInt32(2, version, 1);
  b.addFieldInt32(3, code, 0);
  return b.endObject();
}

function writeTensor(b: Builder, tensor: GraphTensor, buffer: number): number {
  const name = b.createString(tensor.name);
  const shape = intVector(b, tensor.shape);
  const quantisation = tensor.quantisation ? writeQuantisation(b, tensor.quantisation) : 0;
  b.startObject(10);
  b.addFieldOffset(0, shape, 0);
  b.addFieldInt8(1, tensorTypes.indexOf(tensor.type), 0);
  b.addFieldInt32(2, buffer, 0);
  b.addFieldOffset(3, name, 0);
  if (quantisation !== 0) b.addFieldOffset(4, quantisation, 0);
  b.addFieldInt8(8, 1, 0); // has_rank
  return b.endObject();
}

function writeQuantisation(b: Builder, { scales, zeroPoints, dimension }: Quantisation): number {
  const scale = floatVector(b, scales);
  const zero = longVector(b, zeroPoints);
  b.startObject(7);
  b.addFieldOffset(2, scale, 0);
  b.addFieldOffset(3, zero, 0);
  b.addFieldInt32(6, dimension, 0);
  return b.endObject();
}

function writeOp(b: Builder, one: GraphOp, code: number): number {
  const inputs = intVector(b, one.inputs);
  const outputs = intVector(b, one.outputs);
  if (typeof one.op !== 'string') {
    const custom = b.createByteVector(one.op.options);
    b.startObject(9);
    b.addFieldInt32(0, code, 0);
    b.addFieldOffset(1, inputs, 0);
    b.addFieldOffset(2, outputs, 0);
    b.addFieldOffset(5, custom, 0);
    return b.endObject();
  }
  const layout: Layout = layouts[one.op];
  b.startObject(layout.fields.length);
  layout.fields.forEach(([name, kind], i) => {
    const value = one.options[name] ?? 0;
    if (kind === 'byte') b.addFieldInt8(i, value, 0);
    else if (kind === 'int') b.addFieldInt32(i, value, 0);
    else b.addFieldFloat32(i, value, 0);
  });
  const options = b.endObject();
  b.startObject(9);
  b.addFieldInt32(0, code, 0);
  b.addFieldOffset(1, inputs, 0);
  b.addFieldOffset(2, outputs, 0);
  b.addFieldInt8(3, layout.tag, 0);
  b.addFieldOffset(4, options, 0);
  return b.endObject();
}

function writeSubgraph(
  b: Builder,
  {
    graph,
    tensors,
    ops,
  }: { readonly graph: Graph; readonly tensors: readonly number[]; readonly ops: readonly number[] },
): number {
  const tensorVector = offsetVector(b, tensors);
  const inputs = intVector(b, graph.inputs);
  const outputs = intVector(b, graph.outputs);
  const opVector = offsetVector(b, ops);
  const name = b.createString('main');
  b.startObject(5);
  b.addFieldOffset(0, tensorVector, 0);
  b.addFieldOffset(1, inputs, 0);
  b.addFieldOffset(2, outputs, 0);
  b.addFieldOffset(3, opVector, 0);
  b.addFieldOffset(4, name, 0);
  return b.endObject();
}

function writeMetadata(b: Builder, key: string, buffer: number): number {
  const name = b.createString(key);
  b.startObject(2);
  b.addFieldOffset(0, name, 0);
  b.addFieldInt32(1, buffer, 0);
  return b.endObject();
}

/** A signature gives inputs and outputs their names; runtimes look them up there. */
function writeSignature(b: Builder, graph: Graph): number {
  const maps = (indices: readonly number[]): number =>
    offsetVector(
      b,
      indices.map((index) => {
        const name = b.createString(graph.tensors[index]?.name ?? '');
        b.startObject(2);
        b.addFieldOffset(0, name, 0);
        b.addFieldInt32(1, index, 0);
        return b.endObject();
      }),
    );
  const inputs = maps(graph.inputs);
  const outputs = maps(graph.outputs);
  const key = b.createString('serving_default');
  b.startObject(5);
  b.addFieldOffset(0, inputs, 0);
  b.addFieldOffset(1, outputs, 0);
  b.addFieldOffset(2, key, 0);
  return b.endObject();
}
