import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { openLiteRt } from '../../../daemons/core/adapters/infer.litert.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { classify, evaluateModels } from '../../../daemons/tools/evaluate/models.ts';
import { decodeBmp } from '../../../daemons/tools/evaluate/picture.ts';
import { given } from '../../support/needs.ts';

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

test('a data folder that is not there is named', async (t) => {
  const error = await t.throwsAsync(evaluateModels('/nowhere'));
  t.true(isFault(error) && error.kind === 'absent');
  t.regex(error?.message ?? '', /^\/nowhere\/models\/.*: cannot be read; --data names the folder/);
});
