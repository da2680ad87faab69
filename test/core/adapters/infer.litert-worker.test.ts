import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openLiteRtWorker } from '../../../daemons/core/adapters/infer.litert-worker.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { answer, floatModel, numbers } from '../../support/dense-model.ts';

const engine = await openLiteRtWorker({ threads: 1 });
test.after.always(() => engine.close());

const furthest = (a: ArrayLike<number>, b: readonly number[]): number =>
  Math.max(...b.map((value, i) => Math.abs(value - (a[i] ?? 99))));

test('a model in a worker answers what the arithmetic says', async (t) => {
  const model = await engine.load(floatModel(), 'float.tflite');
  const features = numbers(6, 4);
  const [probabilities] = await model.run([features]);
  t.true(furthest(probabilities ?? [], answer(features)) < 1e-5);
  t.is(features.length, 6, 'the caller keeps its array');
});

test('calls that do not wait for each other are answered in turn, each with its own inputs', async (t) => {
  const model = await engine.load(floatModel(), 'float.tflite');
  const right = await Promise.all(
    [1, 2, 3, 4, 5].map(async (seed) => {
      const features = numbers(6, seed);
      const [probabilities] = await model.run([features]);
      return furthest(probabilities ?? [], answer(features)) < 1e-5;
    }),
  );
  t.deepEqual(right, [true, true, true, true, true]);
});

test('a broken file is refused without a thread, with the same words as inline', async (t) => {
  const error = await t.throwsAsync(engine.load(floatModel().subarray(0, 900), 'cut.tflite'));
  t.true(isFault(error) && error.kind === 'refused');
  t.regex(error?.message ?? '', /^cut\.tflite: .*; the file is corrupt/);
});

test('a wrong tensor is refused and the model goes on', async (t) => {
  const model = await engine.load(floatModel(), 'float.tflite');
  await t.throwsAsync(async () => model.run([new Float32Array(5)]), {
    message: /is Float32Array of 5; it takes float32 \[1,6\]/,
  });
  t.is((await model.run([new Float32Array(6)])).length, 1);
});

test('a closed model refuses to answer', async (t) => {
  const model = await engine.load(floatModel(), 'float.tflite');
  await model.close();
  await t.throwsAsync(async () => model.run([new Float32Array(6)]), { message: /the model is closed/ });
});

test('a thread that does not answer in time is ended: a Fault, never a hang', async (t) => {
  const silent = new URL(`data:text/javascript,${encodeURIComponent('setInterval(() => {}, 1000)')}`);
  const hanging = await openLiteRtWorker({ threads: 1, thread: silent, deadlineMs: 50 });
  const error = await t.throwsAsync(hanging.load(floatModel(), 'slow.tflite'));
  t.true(isFault(error) && error.kind === 'timeout');
  t.is(error?.message, 'slow.tflite: loading took longer than 50 ms; its thread was ended');
});

test('a thread that dies is a Fault with its reason', async (t) => {
  const dying = new URL(`data:text/javascript,${encodeURIComponent('throw new Error("out of memory")')}`);
  const engineOfDying = await openLiteRtWorker({ threads: 1, thread: dying });
  await t.throwsAsync(engineOfDying.load(floatModel(), 'm.tflite'), {
    message: /m\.tflite: the thread of the model ended: Error: out of memory/,
  });
});

test('two threads give the same answer; their runtime file is written into the given folder', async (t) => {
  const cacheDir = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-litert-'));
  const threaded = await openLiteRtWorker({ threads: 2, cacheDir });
  const model = await threaded.load(floatModel(), 'float.tflite');
  const features = numbers(6, 7);
  const [probabilities] = await model.run([features]);
  t.true(furthest(probabilities ?? [], answer(features)) < 1e-5);
  t.true(readFileSync(path.join(cacheDir, 'litert-threaded.cjs'), 'utf8').includes('ModuleFactory'));
  await threaded.close();
  rmSync(cacheDir, { recursive: true });
});
