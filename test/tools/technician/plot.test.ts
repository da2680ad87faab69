import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { arrayDrift } from '../../../daemons/tools/technician/drift.ts';
import { plotsOf, writePage } from '../../../daemons/tools/technician/plot.ts';
import { timelinesOf } from '../../../daemons/tools/technician/timeline.ts';

const root = path.join(import.meta.dirname, '../../..');
const models = path.join(root, 'models');
const captures = path.join(root, 'test/captures/gas-line');
const normal = path.join(captures, 'normal');

test('a capture becomes a timeline for each rule: the scores of the line, its threshold, the classes and the alert', async (t) => {
  const [vapour, ammonia] = await timelinesOf(normal, models);
  t.is(vapour?.title, 'vapour');
  t.deepEqual(vapour?.labels, ['air', 'ammonia', 'acetone', 'toluene', 'ethanol', 'exhaust']);
  for (const { probabilities, threshold } of vapour?.moments ?? []) {
    t.is(threshold, 0.8);
    t.true(Math.abs((probabilities ?? []).reduce((a, b) => a + b, 0) - 1) < 0.02);
  }
  t.is(ammonia?.title, 'ammonia');
  const [[from = 0] = []] = ammonia?.alerts ?? [];
  const before = ammonia?.moments.filter(({ s }) => s <= from) ?? [];
  // Raised after four in a row at or above the threshold.
  t.true(before.slice(-4).every(({ value, threshold }) => (value ?? 0) >= threshold));
});

test('the array drifts against its first capture, in per cent, a series for each element', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-drift-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  for (const name of ['a', 'b']) cpSync(normal, path.join(folder, name), { recursive: true });
  const series = await arrayDrift(folder, models);
  t.is(series.length, 8);
  for (const { points } of series)
    t.deepEqual(
      points.map(({ value }) => value),
      [100, 100],
    );
  const empty = await t.throwsAsync(arrayDrift(path.join(root, 'models'), models));
  t.true(isFault(empty) && /holds no capture/.test(empty.message));
});

test('each picture is a page of its own, and what is asked for wrongly is named', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-plots-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const wanted = { folder: undefined, models, model: 'gas-vapour', columns: 80 };
  const model = await plotsOf({ ...wanted, what: 'model' });
  t.true(model.lines.some((one) => one.startsWith('> 0.80')));
  const file = path.join(folder, 'model.html');
  writePage(file, model);
  t.regex(readFileSync(file, 'utf8'), /^<!doctype html>.*simulated responses.*<svg /s);
  for (const [what, message] of [
    ['timeline', /needs a folder/],
    ['weather', /must be timeline, drift or model/],
  ] as const) {
    const error = await t.throwsAsync(plotsOf({ ...wanted, what }));
    t.true(isFault(error) && message.test(error.message));
  }
});
