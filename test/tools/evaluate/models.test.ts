import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { openPictures } from '../../../daemons/core/adapters/pictures.wasm.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { classify, evaluateModels } from '../../../daemons/tools/evaluate/models.ts';
import { evaluateBeside } from '../../../daemons/tools/evaluate/models-beside.ts';
import { decodeBmp } from '../../../daemons/tools/evaluate/picture.ts';
import { given } from '../../support/needs.ts';
import { colourModel, green, painted } from '../../support/vision-model.ts';

const models = given('data/models', 'MobileNet v1 and v2 on real pictures');
const data = path.dirname(models ?? '');
const onData = models ? test : test.skip;

onData('MobileNet v1 and v2 and an int8 model give the labels and scores that their makers state', async (t) => {
  const figures = await evaluateModels(data);
  t.is(figures.length, 3);
  for (const { id, value, ok, note } of figures) t.true(ok, `${id} ${value}: ${note}`);
});

onData('inline and in a worker a model gives the same scores', async (t) => {
  const name = 'models/coral_mobilenet_v1_0.25_128_quant.tflite';
  const picture = decodeBmp(readFileSync(path.join(data, 'models/coral_cat.bmp')), 'cat');
  const inline = await classify(await openLiteRt(), readFileSync(path.join(data, name)), { name, picture });
  const [worker] = await evaluateModels(data);
  t.is(inline[283], worker?.value ?? undefined);
});

test('every model with an expectation file beside it is judged, whatever picture and resize it asks for', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-beside-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const pictures = await openPictures();
  writeFileSync(path.join(folder, 'scene.jpg'), pictures.encodeJpeg(painted(40, 40, green), 90));
  const values = { mean: [0, 0, 0], std: [255, 255, 255] };
  const expected = { picture: 'scene.jpg', class: 1, score: 0.9, resize: 'area', values };
  for (const [name, change] of Object.entries({ a: {}, b: { class: 0 }, c: { class: 3 } })) {
    writeFileSync(path.join(folder, `${name}.tflite`), colourModel());
    writeFileSync(path.join(folder, `${name}.expected.json`), JSON.stringify({ ...expected, ...change }));
  }
  const infer = await openLiteRt();
  const third = path.join(folder, 'c.expected.json');
  await t.throwsAsync(evaluateBeside(infer, folder), { message: `${third} class: is 3; the model has 3 classes` });
  rmSync(third);
  t.deepEqual(
    (await evaluateBeside(infer, folder)).map(({ id, ok }) => [id, ok]),
    [
      ['models.a', true],
      ['models.b', false],
    ],
  );
  writeFileSync(path.join(folder, 'b.expected.json'), JSON.stringify({ ...expected, resize: 'guess' }));
  await t.throwsAsync(evaluateBeside(infer, folder), { message: /b\.expected\.json.* resize/ });
});

test('a data folder that is not there is named', async (t) => {
  const error = await t.throwsAsync(evaluateModels('/nowhere'));
  t.true(isFault(error) && error.kind === 'absent');
  t.regex(error?.message ?? '', /^\/nowhere\/models\/.*: cannot be read; --data names the folder/);
});
