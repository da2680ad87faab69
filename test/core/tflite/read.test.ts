import test from 'ava';
import fc from 'fast-check';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { readTflite } from '../../../daemons/core/tflite/read.ts';
import { floatModel, int8Model, layers } from '../../support/dense-model.ts';

test('a written model is read back: tensors, shapes, types, operators, names', (t) => {
  const file = readTflite(floatModel(), 'm.tflite');
  t.is(file.version, 3);
  t.is(file.description, 'a test model');
  t.deepEqual(file.opCodes, [
    { code: 9, version: 1, custom: '' },
    { code: 25, version: 1, custom: '' },
  ]);
  const [graph] = file.subgraphs;
  t.deepEqual(
    graph?.tensors.map(({ name, shape, type }) => [name, shape, type]),
    [
      ['features', [1, 6], 'float32'],
      ['weights-0', [8, 6], 'float32'],
      ['bias-0', [8], 'float32'],
      ['dense-0', [1, 8], 'float32'],
      ['weights-1', [3, 8], 'float32'],
      ['bias-1', [3], 'float32'],
      ['dense-1', [1, 3], 'float32'],
      ['probabilities', [1, 3], 'float32'],
    ],
  );
  t.deepEqual(
    graph?.ops.map((op) => [op.opCode, op.inputs, op.outputs]),
    [
      [0, [0, 1, 2], [3]],
      [0, [3, 4, 5], [6]],
      [1, [6], [7]],
    ],
  );
  t.deepEqual(file.signatures, [
    {
      key: 'serving_default',
      subgraph: 0,
      inputs: [{ name: 'features', tensor: 0 }],
      outputs: [{ name: 'probabilities', tensor: 7 }],
    },
  ]);
});

test('constants are read back to the bit, on a 16-byte boundary', (t) => {
  const bytes = floatModel();
  const file = readTflite(bytes, 'm.tflite');
  const stored = file.buffers[file.subgraphs[0]?.tensors[1]?.buffer ?? 0];
  t.deepEqual(new Uint8Array(stored ?? []), new Uint8Array(layers[0]?.weights.buffer ?? new ArrayBuffer(0)));
  t.is((stored?.byteOffset ?? 1) % 16, bytes.byteOffset % 16);
});

test('quantisation is read back', (t) => {
  const tensors = readTflite(int8Model(), 'm.tflite').subgraphs[0]?.tensors ?? [];
  t.deepEqual(tensors[0]?.quantisation, { scales: [Math.fround(2 / 255)], zeroPoints: [-1], dimension: 0 });
  t.deepEqual(tensors.at(-1)?.quantisation, { scales: [1 / 256], zeroPoints: [-128], dimension: 0 });
});

test('metadata is found by name', (t) => {
  const { metadata } = readTflite(floatModel(), 'm.tflite');
  t.is(Buffer.from(metadata.min_runtime_version ?? []).toString(), '1.14.0\0\0\0\0\0\0\0\0\0\0');
});

test('the same graph gives the same bytes', (t) => {
  t.deepEqual(int8Model(), int8Model());
});

test('a file that is not TFL3 is refused and says what it found', (t) => {
  const error = t.throws(() => readTflite(Buffer.from('\x89PNG\r\n\x1a\nand more', 'latin1'), 'cat.png'));
  t.true(isFault(error) && error.kind === 'refused');
  t.is(error.message, 'cat.png: identifier at byte 4 is "\\r\\n\\u001a\\n"; must be "TFL3"');
});

test('an empty file is refused', (t) => {
  t.throws(() => readTflite(new Uint8Array(0), 'empty.tflite'), {
    message: /^empty.tflite: file: points to bytes 0 to 8/,
  });
});

test('a file cut short is refused at the place that is missing', (t) => {
  const bytes = floatModel();
  const error = t.throws(() => readTflite(bytes.subarray(0, bytes.length - 64), 'cut.tflite'));
  t.true(isFault(error));
  t.regex(
    error.message,
    /^cut\.tflite: (?:\w+\[\d+\]\.?)*\w*: points to bytes \d+ to \d+ of a file of \d+; the file is corrupt/,
  );
});

test('lists of lists that multiply are refused before they eat the memory', (t) => {
  // n subgraphs that are all the same table, with n tensors that are all the same table: n * n entries in 8 n bytes.
  const n = 2000;
  const bytes = new Uint8Array(8 * n + 100);
  const view = new DataView(bytes.buffer);
  const point = (from: number, to: number): void => view.setUint32(from, to - from, true);
  const table = (at: number, vtable: number): void => view.setInt32(at, at - vtable, true);
  const [graphs, graph, tensors] = [36, 44 + 4 * n, 52 + 4 * n];
  const tensor = tensors + 4 + 4 * n;
  view.setUint32(0, 28, true);
  bytes.set(Buffer.from('TFL3'), 4);
  // vtables: of the root (field 2 at 4), of the graph (field 0 at 4), of the tensor (none). See the format's internals.
  new Uint16Array(bytes.buffer, 8, 5).set([10, 8, 0, 0, 4]);
  new Uint16Array(bytes.buffer, 18, 3).set([6, 8, 4]);
  new Uint16Array(bytes.buffer, 24, 2).set([4, 4]);
  table(28, 8);
  point(32, graphs);
  table(graph, 18);
  point(graph + 4, tensors);
  table(tensor, 24);
  for (const [list, target] of [
    [graphs, graph],
    [tensors, tensor],
  ] as const) {
    view.setUint32(list, n, true);
    for (let i = 0; i < n; i++) point(list + 4 + 4 * i, target);
  }
  t.throws(() => readTflite(bytes, 'bomb.tflite'), {
    message: /^bomb\.tflite: subgraphs\[\d+\]\.tensors(\[\d+\])?: lists more than the file can hold/,
  });
});

test('any damage to a file is refused as a Fault or read; nothing else is ever thrown', (t) => {
  const originals = [floatModel(), int8Model()];
  fc.assert(
    fc.property(
      fc.constantFrom(...originals),
      fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.option(fc.nat(4000)),
      (original, edits, cut) => {
        const bytes = original.slice(0, cut ?? original.length);
        for (const [at, value] of edits) bytes[at % original.length] = value;
        try {
          readTflite(bytes, 'damaged.tflite');
        } catch (error) {
          if (!isFault(error) || error.kind !== 'refused') throw error;
        }
      },
    ),
    { numRuns: 3000 },
  );
  t.pass();
});

test('noise is refused as a Fault', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      const bytes = new Uint8Array([...noise.subarray(0, 4), ...Buffer.from('TFL3'), ...noise.subarray(4)]);
      try {
        readTflite(bytes, 'noise.tflite');
      } catch (error) {
        if (!isFault(error) || error.kind !== 'refused') throw error;
      }
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
