import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { parse, stringify } from 'yaml';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { encodeTelemetry } from '../../../daemons/core/telemetry/encode.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { normal, seeded } from '../../../daemons/tools/simulate/random.ts';
import { curveOf, scoresOf } from '../../../daemons/tools/thresholds/quiet.ts';
import { thresholds } from '../../../daemons/tools/thresholds/thresholds.ts';
import { stampAt } from '../../support/readings.ts';

const configs = path.join(import.meta.dirname, '../../../firmware-configs');
const change = {
  baseline: { blockSamples: 20, blocks: 10, learnBlocks: 2, quantile: 0.5, up: 0.5, down: 1, leastSpread: 0.01 },
  of: 4,
  least: 3,
};
/** Air with noise and nothing in it, a value every so many seconds. */
function quiet(n: number, everyS: number): Measurement[] {
  let random = seeded(7);
  return Array.from({ length: n }, (_, i) => {
    const [value, next] = normal(random);
    random = next;
    const at = stampAt(i * everyS);
    return { sensor: 'nh3', quantity: 'ammonia', at, value, unit: 'ppm', u: null, flags: [], calibration: null };
  });
}

test('hours are those that were judged: neither the learning nor a pause counts', async (t) => {
  const values = quiet(3640, 1);
  const { hours } = await scoresOf([values], 'ammonia', change);
  // Two blocks of 20 teach the baseline, three more values fill the memory of the score.
  t.true(Math.abs(hours - 3596 / 3600) < 0.002, String(hours));
  const late = values.map((one, i) => (i < 2000 ? one : { ...one, at: stampAt(i + 50_000) }));
  t.true(Math.abs((await scoresOf([late], 'ammonia', change)).hours - hours) < 0.001);
});

test('a smaller budget needs a higher threshold, and one that the hours cannot carry is refused by its number', async (t) => {
  const curve = curveOf(await scoresOf([quiet(40_000, 1)], 'ammonia', change), [1, 0.3, 0.0001], change.of);
  const [one, third, tiny] = curve.map(({ fit }) => fit);
  t.true(one && third && !('refused' in one) && !('refused' in third) && third.threshold > one.threshold);
  t.regex(
    tiny && 'refused' in tiny ? tiny.refused : '',
    /11\.\d quiet hours are too few for 0\.0001 false alarms per hour: 334 are needed/,
  );
});

test('kept telemetry of a box becomes the threshold in its profile, comments stay, and thin hours change nothing', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-thresholds-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const config = path.join(folder, 'config');
  cpSync(configs, config, { recursive: true });
  const file = path.join(config, 'profiles/gas-vapour.yaml');
  const whole = parse(readFileSync(file, 'utf8'));
  const rule = {
    kind: 'nh3-change',
    family: 'evidence',
    severity: 'warning',
    score: { change: 'ammonia' },
    on: 8,
    off: 4,
  };
  whole.gas.rules.push({ ...rule, raiseAfter: 1, clearAfter: 4 });
  whole.gas.change = { ...change.baseline, of: change.of, least: change.least };
  writeFileSync(file, `# of this box alone\n${stringify(whole)}`);
  const state = path.join(folder, 'box');
  const spool = await openSpool({ path: path.join(state, 'spool', 'gas.db'), device: 'post-1', telemetryHoldMs: 0 });
  const all = quiet(30_000, 1);
  for (let i = 0; i < all.length; i += 1000) {
    const measurements = all.slice(i, i + 1000);
    const body = encodeTelemetry({ readings: [], measurements, run: { id: 'r', first: 0 } });
    await spool.append([{ stream: 'tele', at: stampAt(i), body }]);
  }
  await spool.close();
  const asked = { quantity: 'ammonia', config, device: 'post-1', state, captures: [], write: true };

  const before = readFileSync(file, 'utf8');
  await t.throwsAsync(thresholds({ ...asked, budget: 0.0001 }), {
    message: /^ammonia: 8\.\d quiet hours are too few .*; the profile is as it was$/,
  });
  await t.throwsAsync(thresholds({ ...asked, quantity: 'chlorine', budget: 0.1 }), {
    message: /gas-vapour\.yaml gas\.rules: none has the score \{change: chlorine\}/,
  });
  t.is(readFileSync(file, 'utf8'), before);

  const found = await thresholds({ ...asked, budget: 0.1 });
  const after = readFileSync(file, 'utf8');
  t.true(after.startsWith('# of this box alone\n'));
  const written = parse(after).gas.rules.at(-1);
  t.deepEqual([written.on, written.off, written.budgetPerHour], [found.on, found.off, 0.1]);
  t.true(Math.abs(found.off / found.on - 0.5) < 0.01);
});
