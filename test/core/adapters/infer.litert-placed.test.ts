import test from 'ava';
import { openLiteRtPlaced } from '../../../daemons/core/adapters/infer.litert-placed.ts';
import { answer, floatModel, numbers } from '../../support/dense-model.ts';

const features = numbers(6, 4);

test('a model that is quick enough answers at once, on the thread of the caller', async (t) => {
  const engine = await openLiteRtPlaced({ inlineMs: Number.POSITIVE_INFINITY });
  const model = await engine.load(floatModel(), 'float.tflite');
  const said = model.run([features]);
  t.true(Array.isArray(said));
  await engine.close();
});

test('a heavier one answers from a thread of its own, with the same bits and under the same engine', async (t) => {
  const [here, there] = [
    await openLiteRtPlaced({ inlineMs: Number.POSITIVE_INFINITY }),
    await openLiteRtPlaced({ inlineMs: 0 }),
  ];
  t.deepEqual(there.engine, here.engine);
  const [inline, apart] = [await here.load(floatModel(), 'a'), await there.load(floatModel(), 'b')];
  const said = apart.run([features]);
  t.true(said instanceof Promise);
  const [numbersApart] = await said;
  const [numbersInline] = await inline.run([features]);
  t.deepEqual(numbersApart, numbersInline);
  const right = answer(features);
  t.true(right.every((value, i) => Math.abs(value - (numbersApart?.[i] ?? 99)) < 1e-5));
  await there.close();
  await t.throwsAsync(async () => apart.run([features]), { message: /the model is closed/ });
  await here.close();
});

test('a broken file is refused wherever its model would have run', async (t) => {
  const engine = await openLiteRtPlaced({ inlineMs: 0 });
  await t.throwsAsync(engine.load(floatModel().subarray(0, 900), 'cut.tflite'), { message: /^cut\.tflite: .*corrupt/ });
  await engine.close();
});
