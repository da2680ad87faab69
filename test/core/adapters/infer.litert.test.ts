import test from 'ava';
import fc from 'fast-check';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import type { InlineModel } from '../../../daemons/core/ports/infer.ts';
import { int8Dense } from '../../../daemons/core/tflite/dense.ts';
import { dequantise, quantise } from '../../../daemons/core/tflite/quantise.ts';
import { writeTflite } from '../../../daemons/core/tflite/write.ts';
import { answer, floatModel, int8Model, layers, numbers } from '../../support/dense-model.ts';

const engine = await openLiteRt();

const asks = (model: InlineModel, features: Float32Array): Float32Array => {
  const [input, output] = [model.inputs[0], model.outputs[0]];
  if (!input?.quantisation || !output) throw new TypeError('not an int8 model');
  const given = new Int8Array(features.length);
  quantise(features, input.quantisation, given);
  const real = new Float32Array(3);
  dequantise(model.run([given])[0] ?? new Int8Array(3), output.quantisation, real);
  return real;
};

const furthest = (a: ArrayLike<number>, b: readonly number[]): number =>
  Math.max(...b.map((value, i) => Math.abs(value - (a[i] ?? 99))));

test('a float model answers what the arithmetic says', async (t) => {
  const model = await engine.load(floatModel(), 'float.tflite');
  for (let seed = 1; seed <= 20; seed++) {
    const features = numbers(6, seed);
    t.true(furthest(model.run([features])[0] ?? [], answer(features)) < 1e-5);
  }
});

test('an int8 model answers what the arithmetic says, within its steps', async (t) => {
  const model = await engine.load(int8Model(), 'int8.tflite');
  for (let seed = 1; seed <= 20; seed++) {
    const features = numbers(6, seed);
    t.true(furthest(asks(model, features), answer(features)) < 0.03);
  }
});

test('inputs and outputs are named with shape, type and quantisation', async (t) => {
  const model = await engine.load(int8Model(), 'int8.tflite');
  t.deepEqual(model.inputs, [
    { name: 'features', shape: [1, 6], type: 'int8', quantisation: { scale: Math.fround(2 / 255), zeroPoint: -1 } },
  ]);
  t.deepEqual(model.outputs, [
    { name: 'probabilities', shape: [1, 3], type: 'int8', quantisation: { scale: 1 / 256, zeroPoint: -128 } },
  ]);
});

test('the answer is kept in the same array until the next call', async (t) => {
  const model = await engine.load(floatModel(), 'float.tflite');
  const first = model.run([numbers(6, 1)])[0];
  t.is(model.run([numbers(6, 2)])[0], first);
});

test('two models of one engine do not disturb each other', async (t) => {
  const [one, two] = await Promise.all([engine.load(floatModel(), 'a'), engine.load(floatModel(), 'b')]);
  const before = [...(one.run([numbers(6, 1)])[0] ?? [])];
  two.run([numbers(6, 9)]);
  await two.close();
  t.deepEqual([...(one.run([numbers(6, 1)])[0] ?? [])], before);
});

test('a tensor of another type or size is refused, and says what is right', async (t) => {
  const model = await engine.load(int8Model(), 'int8.tflite');
  t.throws(() => model.run([new Float32Array(6)]), {
    message: /"features" is Float32Array of 6; it takes int8 \[1,6\]/,
  });
  t.throws(() => model.run([new Int8Array(7)]), { message: /"features" is Int8Array of 7; it takes int8 \[1,6\]/ });
  t.throws(() => model.run([]), { message: /0 inputs were given; it takes 1/ });
});

test('a closed model refuses to answer', async (t) => {
  const model = await engine.load(floatModel(), 'float.tflite');
  await model.close();
  t.throws(() => model.run([new Float32Array(6)]), { message: /float\.tflite: the model is closed/ });
});

test('a model that the runtime cannot prepare is refused: left alone, it would answer unwritten memory', async (t) => {
  // An int8 SOFTMAX answers in 1/256 from -128 and in nothing else (kernels/activations.cc).
  const graph = int8Dense(
    layers,
    [
      [-1, 1],
      [0, 4],
      [-4, 4],
    ],
    '',
  );
  const last = graph.tensors.length - 1;
  const quantisation = { scales: [0.1], zeroPoints: [0], dimension: 0 };
  const tensors = graph.tensors.map((one, i) => (i === last ? { ...one, quantisation } : one));
  const error = await t.throwsAsync(engine.load(writeTflite({ ...graph, tensors }), 'scale.tflite'));
  t.true(isFault(error) && error.kind === 'refused');
  t.regex(error?.message ?? '', /^scale\.tflite: the runtime refused it: .*SOFTMAX\) failed to prepare/s);
});

test('a model that fails at an inference is closed for good, and the others go on', async (t) => {
  const witness = await engine.load(floatModel(), 'witness.tflite');
  const truth = [...(witness.run([numbers(6, 1)])[0] ?? [])];
  const lookup = writeTflite({
    description: 'takes the value at an index',
    tensors: [
      { name: 'values', shape: [4], type: 'float32', data: Float32Array.of(1, 2, 3, 4) },
      { name: 'index', shape: [1], type: 'int32' },
      { name: 'value', shape: [1], type: 'float32' },
    ],
    ops: [{ op: 'GATHER', version: 1, inputs: [0, 1], outputs: [2], options: { axis: 0 } }],
    inputs: [1],
    outputs: [2],
  });
  const model = await engine.load(lookup, 'lookup.tflite');
  t.deepEqual([...(model.run([Int32Array.of(2)])[0] ?? [])], [3]);
  const error = t.throws(() => model.run([Int32Array.of(99)]));
  t.true(isFault(error) && error.kind === 'refused');
  t.regex(error.message, /^lookup\.tflite: the runtime failed at an inference, and the model was closed: .*index/s);
  t.throws(() => model.run([Int32Array.of(2)]), { message: /failed at an earlier inference; load it again/ });
  t.deepEqual([...(witness.run([numbers(6, 1)])[0] ?? [])], truth);
});

test('a model with a custom operator is refused before it is loaded: the runtime would answer zeros', async (t) => {
  const bytes = floatModel();
  // OperatorCode of SOFTMAX: both fields hold 25. Every byte 25 that makes the file name a custom operator will do.
  const refusals = [...bytes.keys()]
    .filter((at) => bytes[at] === 25)
    .map(async (at) => {
      const changed = bytes.slice();
      changed[at] = 32;
      return engine.load(changed, 'custom.tflite').then(
        () => '',
        (error: Error) => error.message,
      );
    });
  t.true((await Promise.all(refusals)).some((message) => /custom operator "" has no kernel here/.test(message)));
});

test('360 damaged models are refused by name or run; the process lives and other models still answer right', async (t) => {
  const witness = await engine.load(int8Model(), 'witness.tflite');
  const truth = [...asks(witness, numbers(6, 3))];
  const before = process.exitCode;
  let refused = 0;
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(floatModel(), int8Model()), damage, async (original, edits) => {
      const bytes = original.slice();
      for (const [at, value] of edits) bytes[at % bytes.length] = value;
      try {
        const model = await engine.load(bytes, 'damaged.tflite');
        const [input] = model.inputs;
        const count = input?.shape.reduce((product, size) => product * size, 1) ?? 0;
        model.run([input?.type === 'float32' ? new Float32Array(count) : new Int8Array(count)]);
        await model.close();
      } catch (error) {
        if (!isFault(error) || error.kind !== 'refused' || !error.message.startsWith('damaged.tflite: ')) throw error;
        refused += 1;
      }
    }),
    { numRuns: 360 },
  );
  t.true(refused > 100, `${refused} were refused`);
  t.deepEqual([...asks(witness, numbers(6, 3))], truth);
  t.true(furthest(asks(await engine.load(int8Model(), 'after.tflite'), numbers(6, 3)), truth) === 0);
  t.is(process.exitCode, before);
});
