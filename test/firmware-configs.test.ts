import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
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

test('a section of a profile that a daemon would refuse is a mistake before it starts', (t) => {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-check-'));
  t.teardown(() => rmSync(copy, { recursive: true }));
  cpSync(folder, copy, { recursive: true });
  const profile = path.join(copy, 'profiles/gas-vapour.yaml');
  const shipped = readFileSync(profile, 'utf8');
  for (const [section, told] of [
    ['spool: { tele: { megabytes: 0 } }', /profiles\/gas-vapour\.yaml spool tele\.megabytes/],
    ['spool: { telemetry: { days: 3 } }', /profiles\/gas-vapour\.yaml spool.*telemetry/],
    ['agent: { boots: many }', /profiles\/gas-vapour\.yaml agent/],
  ] as const) {
    writeFileSync(profile, `${shipped}\n${section}\n`);
    const mistakes = mistakesOf(copy, 'post-1');
    t.is(mistakes.length, 1, mistakes.join('\n'));
    t.regex(mistakes[0] ?? '', told);
  }
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
