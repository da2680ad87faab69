/** Models that end in TFLite_Detection_PostProcess: written by our own writer, run by the real runtime, ended here. */
import test from 'ava';
import fc from 'fast-check';
import { builder } from 'flatbuffers/js/flexbuffers.js';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { openLiteRtWorker } from '../../../daemons/core/adapters/infer.litert-worker.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { runnable } from '../../../daemons/core/tflite/detection.ts';
import { readNumberMap } from '../../../daemons/core/tflite/flexbuffer.ts';
import { activations, type GraphOp, type GraphTensor, writeTflite } from '../../../daemons/core/tflite/write.ts';

const infer = await openLiteRt();
/** Of TensorFlow Lite's own test of the operator (detection_postprocess_test.cc), as are the boxes below and what must come of them. */
const options = {
  max_detections: 3,
  max_classes_per_detection: 1,
  detections_per_class: 1,
  use_regular_nms: false,
  nms_score_threshold: 0,
  nms_iou_threshold: 0.5,
  num_classes: 2,
  y_scale: 10,
  x_scale: 10,
  h_scale: 5,
  w_scale: 5,
};
type Options = Readonly<Record<string, number | boolean>>;

/** By the flatbuffers library, floats of every width among them. */
function flexbuffer(of: Options): Uint8Array {
  const b = builder();
  b.startMap();
  for (const [key, value] of Object.entries(of)) {
    b.addKey(key);
    if (typeof value === 'boolean') b.add(value);
    else if (/threshold|scale/.test(key)) b.addFloat(value);
    else b.addInt(value);
  }
  b.end();
  return b.finish();
}

const codes = [0, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
const scores = [0, 0.9, 0.8, 0, 0.75, 0.72, 0, 0.6, 0.5, 0, 0.93, 0.95, 0, 0.5, 0.4, 0, 0.3, 0.2];
const anchors = [0.5, 0.5, 10.5, 10.5, 10.5, 100.5].flatMap((x, i) => [0.5, i < 3 ? 0.5 : x, 1, 1]);

interface Change {
  readonly options?: Options;
  readonly anchors?: GraphTensor;
  readonly scoreColumns?: number;
}

/** Each anchor's codes and scores go through layers that let them through, so that the operator's inputs are written by the runtime. */
function model({ options: own = {}, anchors: its, scoreColumns = 3 }: Change = {}): Uint8Array {
  const width = 4 + scoreColumns;
  const layer = (name: string, count: number, from: number): GraphTensor[] => [
    {
      name: `${name} weights`,
      shape: [count, width],
      type: 'float32',
      data: Float32Array.from({ length: count * width }, (_, i) =>
        i % width === from + Math.floor(i / width) ? 1 : 0,
      ),
    },
    { name: `${name} bias`, shape: [count], type: 'float32', data: new Float32Array(count) },
  ];
  const through = (inputs: readonly number[], to: number): GraphOp => ({
    ...{ op: 'FULLY_CONNECTED', version: 5, inputs, outputs: [to] },
    options: { activation: activations.none, keepNumDims: 1 },
  });
  return writeTflite({
    description: 'a test model',
    tensors: [
      { name: 'given', shape: [1, 6, width], type: 'float32' },
      ...layer('codes', 4, 0),
      ...layer('scores', scoreColumns, 4),
      { name: 'box codes', shape: [1, 6, 4], type: 'float32' },
      { name: 'class scores', shape: [1, 6, scoreColumns], type: 'float32' },
      its ?? { name: 'anchors', shape: [6, 4], type: 'float32', data: Float32Array.from(anchors) },
      ...['boxes', 'classes', 'confidence', 'count'].map((name) => ({ name, shape: [], type: 'float32' as const })),
    ],
    ops: [
      through([0, 1, 2], 5),
      through([0, 3, 4], 6),
      {
        op: { custom: 'TFLite_Detection_PostProcess', options: flexbuffer({ ...options, ...own }) },
        ...{ version: 1, inputs: [5, 6, 7], outputs: [8, 9, 10, 11], options: {} },
      },
    ],
    inputs: [0],
    outputs: [8, 9, 10, 11],
  });
}

const given = Float32Array.from({ length: 6 * 7 }, (_, i) => {
  const [anchor, k] = [Math.floor(i / 7), i % 7];
  return (k < 4 ? codes[4 * anchor + k] : scores[3 * anchor + k - 4]) as number;
});
const rounded = (values: ArrayLike<number>): number[] => Array.from(values, (one) => Math.round(1000 * one) / 1000);

const expected = {
  fast: [[0, 10, 1, 11, 0, 0, 1, 1, 0, 100, 1, 101], [1, 0, 0], [0.95, 0.9, 0.3], [3]],
  regular: [[0, 10, 1, 11, 0, 10, 1, 11, 0, 0, 0, 0], [1, 0, 0], [0.95, 0.93, 0], [2]],
} as const;

for (const kind of ['fast', 'regular'] as const)
  test(`${kind} suppression gives what TensorFlow Lite's own test of the operator asks for`, async (t) => {
    const loaded = await infer.load(model({ options: { use_regular_nms: kind === 'regular' } }), 'm.tflite');
    t.deepEqual(
      loaded.outputs.map(({ name, shape, type }) => [name, shape, type]),
      [
        ['boxes', [1, 3, 4], 'float32'],
        ['classes', [1, 3], 'float32'],
        ['confidence', [1, 3], 'float32'],
        ['count', [1], 'float32'],
      ],
    );
    t.is(loaded.classes, 2);
    t.deepEqual(loaded.run([given]).map(rounded), expected[kind]);
  });

test('in a worker thread it is the same', async (t) => {
  const worker = await openLiteRtWorker({ threads: 1 });
  const loaded = await worker.load(model(), 'm.tflite');
  t.is(loaded.classes, 2);
  t.deepEqual((await loaded.run([given])).map(rounded), expected.fast);
  await worker.close();
});

test('anchors that are stored as bytes are read by their scale', async (t) => {
  // Steps of 0.5 from 0: every anchor above is one of them.
  const its: GraphTensor = {
    ...{ name: 'anchors', shape: [6, 4], type: 'uint8', data: Uint8Array.from(anchors, (one) => 2 * one + 3) },
    quantisation: { scales: [0.5], zeroPoints: [3], dimension: 0 },
  };
  t.deepEqual((await infer.load(model({ anchors: its }), 'm.tflite')).run([given]).map(rounded), expected.fast);
});

test('scores may come without background', async (t) => {
  const loaded = await infer.load(model({ scoreColumns: 2 }), 'm.tflite');
  const without = given.filter((_, i) => i % 7 !== 4);
  t.deepEqual(loaded.run([without]).map(rounded), expected.fast);
});

test('several classes of one box are told behind each other', async (t) => {
  const loaded = await infer.load(model({ options: { max_classes_per_detection: 2 } }), 'm.tflite');
  const [, classes, confidence, count] = loaded.run([given]).map(rounded);
  t.deepEqual(classes, [1, 0, 0, 1, 0, 1]);
  t.deepEqual(confidence, [0.95, 0.93, 0.9, 0.8, 0.3, 0.2]);
  t.deepEqual(count, [6]);
});

const refusals: readonly (readonly [title: string, change: Change, says: RegExp])[] = [
  ['a limit that is missing', { options: { num_classes: 0 } }, /option num_classes is 0; 1 to 10000 is right/],
  ['an overlap beyond one', { options: { nms_iou_threshold: 2 } }, /option nms_iou_threshold is 2/],
  ['a scale of zero', { options: { y_scale: 0 } }, /option y_scale is 0/],
  ['more detections than anybody needs', { options: { max_detections: 1e9 } }, /option max_detections is 1000000000/],
  ['scores of other classes', { options: { num_classes: 7 } }, /its scores are \[1,6,3\]; \[1, 6, 7\] is right/],
  [
    'anchors for other boxes',
    { anchors: { name: 'anchors', shape: [5, 4], type: 'float32', data: new Float32Array(20) } },
    /its box codes are \[1,6,4\]; with 5 anchors/,
  ],
  [
    'an anchor that is no number',
    { anchors: { name: 'anchors', shape: [6, 4], type: 'float32', data: new Float32Array(24).fill(Number.NaN) } },
    /has an anchor that is no number/,
  ],
];
for (const [title, change, says] of refusals)
  test(`refused by name: ${title}`, async (t) => {
    const error = await t.throwsAsync(infer.load(model(change), 'm.tflite'));
    t.true(isFault(error) && error.kind === 'refused');
    t.regex(error.message, /^m\.tflite: subgraphs\[0\]\.operators\[2\] TFLite_Detection_PostProcess: /);
    t.regex(error.message, says);
  });

test('whatever bytes of the file are changed, it is refused by name or runs', async (t) => {
  const whole = model();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      async (changes) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        try {
          runnable(bytes, 'm.tflite');
        } catch (error) {
          if (!isFault(error)) throw error;
        }
      },
    ),
    { numRuns: 2000 },
  );
  t.pass();
});

test('the options are read as the flatbuffers library writes them', (t) => {
  const numbers = fc.dictionary(
    fc.stringMatching(/^[a-z_]{1,30}$/),
    fc.oneof(fc.boolean(), fc.integer(), fc.float({ noNaN: true, noDefaultInfinity: true })),
    { maxKeys: 20 },
  );
  fc.assert(
    fc.property(numbers, (of) => {
      const b = builder();
      b.startMap();
      for (const [key, value] of Object.entries(of)) {
        b.addKey(key);
        if (typeof value === 'boolean') b.add(value);
        else if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) b.addInt(value);
        else b.addFloat(value);
      }
      b.end();
      const read = readNumberMap(b.finish(), 'options');
      t.deepEqual(
        Object.fromEntries(read),
        Object.fromEntries(Object.entries(of).map(([key, one]) => [key, Number(one)])),
      );
    }),
  );
});
