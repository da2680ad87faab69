/**
 * Models that end in TFLite_Detection_PostProcess, as SSD exports do. Our runtime has no kernel for this custom operator; so
 * it is given the file without it, and vision/post-process.ts does what the operator would. Nothing is written anew:
 * lists in a copy of the bytes are made shorter.
 */
import { Fault } from '../ports/fault.ts';
import { type PostProcess, roomOf } from '../vision/post-process.ts';
import { type CheckedTflite, checkTflite, type IoTensor } from './check.ts';
import { fieldAt, rootTable, type Table, tablesField, vectorField } from './flatbuffer.ts';
import { readNumberMap } from './flexbuffer.ts';
import { customOpCode } from './ops.ts';
import { dequantise } from './quantise.ts';
import { type Op, readTflite, type Subgraph, type TfliteFile, type TfliteTensor } from './read.ts';

const operator = 'TFLite_Detection_PostProcess';
/** Beyond it a file is broken or not meant for us: every detection is an object later. */
const most = { detections: 1000, classes: 10_000, anchors: 100_000 } as const;

export interface DetectionEnd {
  readonly how: PostProcess;
  /** Names of the two tensors that the rest of the model gives. */
  readonly codes: string;
  readonly scores: string;
  /** The operator's own four: boxes, classes, scores, count. */
  readonly outputs: readonly [IoTensor, IoTensor, IoTensor, IoTensor];
}

export interface Runnable {
  /** What the runtime gets. */
  readonly bytes: Uint8Array;
  /** Of those bytes. */
  readonly io: CheckedTflite;
  /** What is left to do with their outputs; null: nothing. */
  readonly end: DetectionEnd | null;
}

/** Checks a file and makes it runnable. Errors: Fault `refused`: see `checkTflite`. */
export function runnable(bytes: Uint8Array, name: string): Runnable {
  const file = readTflite(bytes, name);
  const found = findEnd(file);
  if (!found) return { bytes, io: checkTflite(file), end: null };
  const end = endOf(file, found);
  const rest = withoutEnd(bytes, name, found);
  return { bytes: rest, io: checkTflite(readTflite(rest, name)), end };
}

interface Found {
  readonly graph: Subgraph;
  readonly op: Op;
  readonly index: number;
}

function findEnd({ subgraphs, opCodes }: TfliteFile): Found | null {
  const [graph] = subgraphs;
  const index = graph?.ops.findIndex(({ opCode }) => opCodes[opCode]?.custom === operator) ?? -1;
  const op = graph?.ops[index];
  return graph && op && opCodes[op.opCode]?.code === customOpCode ? { graph, op, index } : null;
}

function endOf(file: TfliteFile, { graph, op, index }: Found): DetectionEnd {
  const place = `subgraphs[0].operators[${index}] ${operator}`;
  const no = (what: string): Fault => new Fault('refused', `${file.name}: ${place}: ${what}; the model was not loaded`);
  const tensor = (at: number | undefined, what: string): TfliteTensor => {
    const one = graph.tensors[at ?? -1];
    if (!one) throw no(`its ${what} does not exist`);
    return one;
  };
  if (op.inputs.length !== 3 || op.outputs.length !== 4)
    throw no(`has ${op.inputs.length} inputs and ${op.outputs.length} outputs; 3 and 4 are right`);
  if (graph.outputs.length !== 4 || op.outputs.some((one) => !graph.outputs.includes(one)))
    throw no('is not the end of the model: its four outputs must be those of the model');
  const [codes, scores, anchors] = [
    tensor(op.inputs[0], 'box codes'),
    tensor(op.inputs[1], 'class scores'),
    tensor(op.inputs[2], 'anchors'),
  ];
  const options = readNumberMap(op.custom, `${file.name}: ${place} custom_options`);
  const how = { ...optionsOf(options, no), anchors: anchorsOf(file, anchors, no) };
  const count = how.anchors.length / 4;
  const [, boxCount, stride = 0] = codes.shape;
  if (codes.shape.length !== 3 || boxCount !== count || stride < 4)
    throw no(`its box codes are [${codes.shape}]; with ${count} anchors [1, ${count}, 4] is right`);
  const [, scoreCount, per = 0] = scores.shape;
  if (scores.shape.length !== 3 || scoreCount !== count || (per !== how.classes && per !== how.classes + 1))
    throw no(`its scores are [${scores.shape}]; [1, ${count}, ${how.classes}] is right, or one more with background`);
  const room = roomOf(how);
  const output = (at: number, shape: readonly number[]): IoTensor => ({
    name: tensor(op.outputs[at], `output ${at}`).name,
    shape,
    type: 'float32',
    quantisation: null,
  });
  const outputs = [output(0, [1, room, 4]), output(1, [1, room]), output(2, [1, room]), output(3, [1])] as const;
  return { how, codes: codes.name, scores: scores.name, outputs };
}

function optionsOf(options: ReadonlyMap<string, number>, no: (what: string) => Fault): Omit<PostProcess, 'anchors'> {
  const number = (key: string, low: number, high: number, absent?: number): number => {
    const value = options.get(key) ?? absent;
    if (value === undefined || !(value >= low && value <= high))
      throw no(`its option ${key} is ${value ?? 'missing'}; ${low} to ${high} is right`);
    return value;
  };
  const whole = (key: string, high: number, absent?: number): number => Math.trunc(number(key, 1, high, absent));
  const scale = (key: string): number => number(key, 1e-6, 1e6);
  return {
    maxDetections: whole('max_detections', most.detections),
    maxClassesPerDetection: whole('max_classes_per_detection', most.classes),
    // The operator's own defaults (detection_postprocess.cc, Init).
    detectionsPerClass: whole('detections_per_class', most.anchors, 100),
    regular: number('use_regular_nms', 0, 1, 0) !== 0,
    scoreThreshold: number('nms_score_threshold', -1e9, 1e9),
    iouThreshold: number('nms_iou_threshold', 1e-6, 1),
    classes: whole('num_classes', most.classes),
    scales: [scale('y_scale'), scale('x_scale'), scale('h_scale'), scale('w_scale')],
  };
}

const stored = { float32: Float32Array, uint8: Uint8Array, int8: Int8Array } as const;

function anchorsOf(file: TfliteFile, tensor: TfliteTensor, no: (what: string) => Fault): Float32Array {
  const { shape, type, quantisation } = tensor;
  const [count = 0, sides] = shape;
  if (shape.length !== 2 || sides !== 4 || count < 1 || count > most.anchors)
    throw no(`its anchors are [${shape}]; [count, 4] is right, ${most.anchors} at the most`);
  if (type !== 'float32' && type !== 'uint8' && type !== 'int8')
    throw no(`its anchors are ${type}; float32, uint8 and int8 are read`);
  const data = file.buffers[tensor.buffer];
  const array = stored[type];
  if (data?.length !== 4 * count * array.BYTES_PER_ELEMENT)
    throw no(`its anchors hold ${data?.length ?? 0} bytes; they must be constant, ${type} [${shape}]`);
  const values = new Float32Array(4 * count);
  const [scale] = quantisation?.scales ?? [];
  const real = scale === undefined ? null : { scale, zeroPoint: quantisation?.zeroPoints[0] ?? 0 };
  // Copied: a view into a file need not lie where floats may.
  dequantise(new array(Uint8Array.from(data).buffer), real, values);
  if (!values.every(Number.isFinite)) throw no('has an anchor that is no number');
  return values;
}

/**
 * The same file up to the operator. Its number becomes that of a builtin one, which nothing uses then; the signature goes,
 * for it names the operator's outputs, and a runtime takes the names of the tensors without one.
 */
function withoutEnd(bytes: Uint8Array, name: string, { op, index }: Found): Uint8Array {
  const rest = Uint8Array.from(bytes);
  const root = rootTable(rest, 'TFL3', name);
  const { view } = root.source;
  const [graph] = tablesField(root, [2, 'subgraphs']) as [Table];
  const setLength = (at: number, length: number): void => {
    if (at > 0) view.setUint32(at - 4, length, true);
  };
  const ops = vectorField(graph, [3, 'operators'], 4);
  // Each offset counts from where it stands.
  for (let i = index; i < ops.length - 1; i++)
    view.setUint32(ops.at + 4 * i, view.getUint32(ops.at + 4 * (i + 1), true) + 4, true);
  setLength(ops.at, ops.length - 1);
  const outputs = vectorField(graph, [2, 'outputs'], 4);
  op.inputs.slice(0, 2).forEach((tensor, i) => {
    view.setInt32(outputs.at + 4 * i, tensor, true);
  });
  setLength(outputs.at, 2);
  setLength(vectorField(root, [7, 'signature_defs'], 4).at, 0);
  const code = tablesField(root, [1, 'operator_codes'])[op.opCode] as Table;
  const [old, now] = [fieldAt(code, [0, 'deprecated_builtin_code'], 1), fieldAt(code, [3, 'builtin_code'], 4)];
  if (old > 0) view.setUint8(old, 0);
  if (now > 0) view.setInt32(now, 0, true);
  const named = vectorField(code, [1, 'custom_code'], 1).at;
  setLength(named, 0);
  // A string ends in a zero, which a runtime looks for.
  if (named > 0) view.setUint8(named, 0);
  return rest;
}
