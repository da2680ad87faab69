/**
 * Refuses, by name and before any runtime sees it, a .tflite file that the runtime would misread: LiteRT runs a model
 * with an operator it does not know without an error and answers zeros.
 */
import { Fault } from '../ports/fault.ts';
import { builtins, customOpCode } from './ops.ts';
import type { Op, OpCode, Quantisation, Subgraph, TensorType, TfliteFile, TfliteTensor } from './read.ts';
import { shapeMistake } from './shapes.ts';

/** Bytes an element takes; the types that can be inside a model here. */
const elementBytes: Partial<Record<TensorType, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint8: 1,
  int64: 8,
  bool: 1,
  int16: 2,
  int8: 1,
  int4: 0.5,
};

/** The types that can be an input or output; `TensorInfo` of the `Infer` port says the same. */
const ioTypes = ['float32', 'int8', 'uint8', 'int32'] as const;
export type IoType = (typeof ioTypes)[number];

const ranges: Partial<Record<TensorType, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** A model for a box of this class fits many times; beyond it the file is broken or not meant for us. */
const maxTensorBytes = 2 ** 28;
const maxTensors = 20_000;
const maxOps = 10_000;

/** An input or output of a checked model. */
export interface IoTensor {
  readonly name: string;
  /** Without open dimensions: an open batch is 1. */
  readonly shape: readonly number[];
  readonly type: IoType;
  readonly quantisation: { readonly scale: number; readonly zeroPoint: number } | null;
}

/** Inputs and outputs by the names under which a runtime lists them: those of the signature, or of the tensors. */
export interface CheckedTflite {
  readonly inputs: ReadonlyMap<string, IoTensor>;
  readonly outputs: ReadonlyMap<string, IoTensor>;
}

/**
 * Checks that the file is whole and that we can run it. Errors: Fault `refused`, naming the operator, the tensor or the
 * place, and what would be right.
 */
export function checkTflite(file: TfliteFile): CheckedTflite {
  const [graph, ...others] = file.subgraphs;
  if (file.version !== 3) throw refused(file, `version: is ${file.version}; only schema version 3 is known`);
  if (graph === undefined) throw refused(file, 'subgraphs: there is none, so there is nothing to run');
  if (others.length > 0)
    throw refused(file, `subgraphs: there are ${file.subgraphs.length}; one is run here, without control flow`);
  if (graph.tensors.length > maxTensors || graph.ops.length > maxOps)
    throw refused(
      file,
      `subgraphs[0]: ${graph.tensors.length} tensors and ${graph.ops.length} operators are more than fit`,
    );
  file.opCodes.forEach((one, i) => {
    checkOpCode(file, one, `operator_codes[${i}]`);
  });
  graph.tensors.forEach((tensor, i) => {
    checkTensor(file, tensor, tensorPlace(graph, i));
  });
  checkOrder(file, graph);
  return { inputs: ioOf(file, graph, 'inputs'), outputs: ioOf(file, graph, 'outputs') };
}

const refused = (file: TfliteFile, what: string): Fault =>
  new Fault('refused', `${file.name}: ${what}; the model was not loaded`);

const tensorPlace = (graph: Subgraph, index: number): string =>
  `subgraphs[0].tensors[${index}] "${(graph.tensors[index]?.name ?? '').slice(0, 80)}"`;

export function opName({ code, custom }: OpCode): string {
  return code === customOpCode ? `custom "${custom}"` : (builtins[code]?.name ?? `number ${code}`);
}

function checkOpCode(file: TfliteFile, one: OpCode, place: string): void {
  const known = builtins[one.code];
  if (one.code === customOpCode || one.custom !== '')
    throw refused(file, `${place}: custom operator "${one.custom}" has no kernel here; only builtin operators are run`);
  if (known === undefined)
    throw refused(file, `${place}: operator ${opName(one)} is unknown; codes 0 to ${builtins.length - 1} are known`);
  if (known.maxVersion === 0)
    throw refused(
      file,
      `${place}: operator ${known.name} is not run here (state, control flow, randomness or no kernel)`,
    );
  if (one.version < 1 || one.version > known.maxVersion)
    throw refused(
      file,
      `${place}: operator ${known.name} has version ${one.version}; 1 to ${known.maxVersion} are run`,
    );
}

function checkTensor(file: TfliteFile, tensor: TfliteTensor, place: string): void {
  const width = tensor.type === null ? undefined : elementBytes[tensor.type];
  if (tensor.type === null || width === undefined)
    throw refused(file, `${place}: type ${tensor.type ?? 'unknown'} is not supported`);
  if (tensor.variable) throw refused(file, `${place}: is a variable tensor; a model that keeps state is not run here`);
  if (tensor.sparse) throw refused(file, `${place}: is sparse; only dense tensors are supported`);
  checkShape(file, tensor, place);
  const bytes = Math.ceil(elements(tensor.shape) * width);
  if (bytes > maxTensorBytes)
    throw refused(file, `${place}: shape [${tensor.shape}] takes ${bytes} bytes; the limit is ${maxTensorBytes}`);
  const stored = file.buffers[tensor.buffer];
  if (stored === undefined)
    throw refused(file, `${place}: buffer ${tensor.buffer} does not exist; there are ${file.buffers.length}`);
  if (stored.length > 0 && stored.length !== bytes)
    throw refused(
      file,
      `${place}: holds ${stored.length} bytes; ${tensor.type} of shape [${tensor.shape}] takes ${bytes}`,
    );
  if (tensor.quantisation) checkQuantisation(file, tensor, { ...tensor.quantisation, place });
}

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function checkShape(file: TfliteFile, { shape, openShape }: TfliteTensor, place: string): void {
  if (shape.length > 8) throw refused(file, `${place}: has ${shape.length} dimensions; 8 are the most`);
  // An exporter may leave the batch open (-1); we pin it to 1. Anything else open means that shapes depend on data.
  if (shape.some((size, i) => size < (i === 0 ? -1 : 0)))
    throw refused(file, `${place}: shape [${shape}] has a negative dimension`);
  if (openShape.length > 0 && openShape.length !== shape.length)
    throw refused(file, `${place}: shape_signature [${openShape}] does not go with shape [${shape}]`);
  if (openShape.some((size, i) => size < 0 && i > 0))
    throw refused(file, `${place}: shape [${openShape}] is open beyond the batch; fix it when exporting`);
}

function checkQuantisation(
  file: TfliteFile,
  tensor: TfliteTensor,
  { scales, zeroPoints, dimension, place }: Quantisation & { readonly place: string },
): void {
  const range = tensor.type === null ? undefined : ranges[tensor.type];
  if (scales.some((scale) => !(scale > 0 && Number.isFinite(scale))))
    throw refused(file, `${place}: has a scale that is not a positive number`);
  if (zeroPoints.length !== 0 && zeroPoints.length !== scales.length)
    throw refused(file, `${place}: has ${scales.length} scales and ${zeroPoints.length} zero points`);
  if (range && zeroPoints.some((zero) => zero < range[0] || zero > range[1]))
    throw refused(file, `${place}: has a zero point outside ${range[0]} to ${range[1]}, the range of ${tensor.type}`);
  if (scales.length > 1 && tensor.shape[dimension] !== scales.length)
    throw refused(
      file,
      `${place}: has ${scales.length} scales along dimension ${dimension} of shape [${tensor.shape}]; one each is right`,
    );
}

/** Operators are stored in the order they run: each may read only what is constant, an input, or already written. */
function checkOrder(file: TfliteFile, graph: Subgraph): void {
  const ready = graph.tensors.map(
    (tensor) => elements(tensor.shape) === 0 || (file.buffers[tensor.buffer]?.length ?? 0) > 0,
  );
  graph.inputs.forEach((index) => {
    const tensor = graph.tensors[index];
    if (tensor === undefined) throw refused(file, `subgraphs[0].inputs: tensor ${index} does not exist`);
    if (elements(tensor.shape) === 0)
      throw refused(file, `${tensorPlace(graph, index)}: shape [${tensor.shape}] holds nothing`);
    ready[index] = true;
  });
  graph.ops.forEach((op, i) => {
    checkOp(file, op, { place: `subgraphs[0].operators[${i}]`, graph, ready });
  });
  for (const index of graph.outputs)
    if (ready[index] !== true)
      throw refused(file, `subgraphs[0].outputs: tensor ${index} does not exist or is never written`);
}

function checkOp(
  file: TfliteFile,
  op: Op,
  { place, graph, ready }: { readonly place: string; readonly graph: Subgraph; readonly ready: boolean[] },
): void {
  const code = file.opCodes[op.opCode];
  if (code === undefined)
    throw refused(file, `${place}: operator code ${op.opCode} does not exist; there are ${file.opCodes.length}`);
  for (const index of op.inputs) {
    if (index === -1) continue;
    if (ready[index] === undefined) throw refused(file, `${place} ${opName(code)}: tensor ${index} does not exist`);
    if (!ready[index])
      throw refused(file, `${place} ${opName(code)}: reads ${tensorPlace(graph, index)} before anything wrote it`);
  }
  for (const index of op.outputs) {
    if (ready[index] === undefined) throw refused(file, `${place} ${opName(code)}: tensor ${index} does not exist`);
    if (ready[index])
      throw refused(file, `${place} ${opName(code)}: writes ${tensorPlace(graph, index)} a second time`);
    ready[index] = true;
  }
  const mistake = shapeMistake(opName(code), op, graph);
  if (mistake !== null) throw refused(file, `${place} ${opName(code)}: ${mistake}`);
}

function ioOf(file: TfliteFile, graph: Subgraph, side: 'inputs' | 'outputs'): ReadonlyMap<string, IoTensor> {
  const [signature] = file.signatures;
  if (graph[side].length === 0) throw refused(file, `subgraphs[0].${side}: is empty`);
  if (signature && signature.subgraph !== 0)
    throw refused(file, `signature_defs[0]: names subgraph ${signature.subgraph}; there is only 0`);
  const listed =
    signature?.[side] ?? graph[side].map((tensor) => ({ name: graph.tensors[tensor]?.name ?? '', tensor }));
  const found = new Map<string, IoTensor>();
  for (const { name, tensor } of listed) {
    if (!graph[side].includes(tensor))
      throw refused(file, `signature_defs[0].${side}: "${name}" is tensor ${tensor}, which is not one of the ${side}`);
    if (found.has(name)) throw refused(file, `subgraphs[0].${side}: the name "${name}" is there twice`);
    found.set(name, ioTensor(file, graph, tensor));
  }
  if (found.size !== graph[side].length)
    throw refused(file, `signature_defs[0].${side}: names ${found.size} of ${graph[side].length} tensors`);
  return found;
}

function ioTensor(file: TfliteFile, graph: Subgraph, index: number): IoTensor {
  const tensor = graph.tensors[index];
  const type = ioTypes.find((one) => one === tensor?.type);
  if (tensor === undefined || type === undefined)
    throw refused(file, `${tensorPlace(graph, index)}: is of type ${tensor?.type}; inputs and outputs are ${ioTypes}`);
  if ((tensor.quantisation?.scales.length ?? 0) > 1)
    throw refused(file, `${tensorPlace(graph, index)}: is quantised by slices; inputs and outputs have one scale`);
  const shape = tensor.shape.map((size) => (size < 0 ? 1 : size));
  if (elements(shape) === 0) throw refused(file, `${tensorPlace(graph, index)}: shape [${shape}] holds nothing`);
  const [scale] = tensor.quantisation?.scales ?? [];
  return {
    name: tensor.name,
    shape,
    type,
    quantisation: scale === undefined ? null : { scale, zeroPoint: tensor.quantisation?.zeroPoints[0] ?? 0 },
  };
}
