import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { loadBox } from '../daemons/core/config/box.ts';
import { mistakesOf, modelMistakesOf } from '../daemons/tools/check.ts';
import { schemas } from '../daemons/tools/schema.ts';
import { arrayConstants } from '../daemons/tools/simulate/array.ts';

const folder = path.join(import.meta.dirname, '../firmware-configs');

const devices = ['post-1', 'post-2'];

test('every shipped configuration file is without a mistake', (t) => {
  for (const device of [...devices, 'dock-1', 'air-1']) t.deepEqual(mistakesOf(folder, device), []);
});

test('the shipped model fits the shipped boards', async (t) => {
  for (const device of devices) t.deepEqual(await modelMistakesOf(folder, device, path.join(folder, '../models')), []);
});

test('the schemas in the tree are what the parsers say (npm run schema writes them)', (t) => {
  for (const [name, text] of schemas()) t.is(readFileSync(path.join(folder, 'schema', `${name}.json`), 'utf8'), text);
});

test('the simulated board states what the simulated array is made of', (t) => {
  const { board } = loadBox(folder, 'post-1');
  t.is(board.array.length, arrayConstants.length);
  board.array.forEach((element, i) => {
    t.like(element, {
      quantity: arrayConstants[i]?.quantity,
      part: arrayConstants[i]?.part,
      loadOhm: arrayConstants[i]?.loadOhm,
      supplyMv: arrayConstants[i]?.supplyMv,
      r0Ohm: arrayConstants[i]?.r0Ohm,
      perDegree: arrayConstants[i]?.perDegree,
      perLnHumidity: arrayConstants[i]?.perLnHumidity,
    });
  });
});
