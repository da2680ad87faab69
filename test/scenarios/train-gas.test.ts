import { cpSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { loadBox } from '../../daemons/core/config/box.ts';
import { parseValue } from '../../daemons/core/config/parse.ts';
import { card } from '../../daemons/core/model/card.ts';
import { inForceFolder } from '../../daemons/core/model/places.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { gasSection } from '../../daemons/gas/config.ts';
import { loadModel } from '../../daemons/gas/daemon.ts';
import { trainGas } from '../../daemons/tools/train/gas.ts';
import { type Bump, layBumps } from '../support/bump-captures.ts';

const shipped = path.join(import.meta.dirname, '../../models');

/** A models folder of its own, and an empty place for captures. */
function place(t: ExecutionContext): { models: string; captures: string } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-train-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const models = path.join(folder, 'models');
  cpSync(path.join(shipped, 'gas-vapour'), path.join(models, 'gas-vapour'), { recursive: true });
  return { models, captures: path.join(folder, 'captures') };
}

const bumps: readonly Bump[] = ['ammonia', 'acetone', 'toluene', 'ethanol'].flatMap((gas) =>
  [10, 30, 60].map((ppm) => ({ gas, ppm })),
);

const bytesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((name) => path.extname(name) !== '' && !name.startsWith('train'))
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name)).toString('base64')]),
  );

async function refusal(t: ExecutionContext, work: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(work);
  t.true(isFault(error) && error.kind === 'refused', `${error?.stack}`);
  return error?.message ?? '';
}

test('captures in, activated model out: the same bytes each time, and the one before is kept', async (t) => {
  const [one, other] = [place(t), place(t)];
  await layBumps(one.captures, '2026-05-02', bumps);
  const trained = await trainGas(one.captures, one.models);
  t.is(trained.version, '0.1.1');
  t.true(trained.held.accuracy >= 0.9, JSON.stringify(trained));
  await trainGas(one.captures, other.models);
  const folder = inForceFolder(path.join(one.models, 'gas-vapour'));
  t.is(folder, trained.folder);
  t.deepEqual(bytesOf(folder), bytesOf(inForceFolder(path.join(other.models, 'gas-vapour'))));
  t.deepEqual(bytesOf(path.join(one.models, 'gas-vapour')), bytesOf(path.join(shipped, 'gas-vapour')));
  t.deepEqual(readdirSync(one.models).sort(), [
    'gas-vapour',
    'gas-vapour.in-force',
    'gas-vapour.last-good',
    'gas-vapour@0.1.1',
  ]);
  const made = card.parse(JSON.parse(readFileSync(path.join(folder, 'card.json'), 'utf8')));
  t.regex(made.training.data, /^simulated exposures \(2026-05-02\) and the factory set$/);
});

test('what was written down wrong is seen by the exposures held out, and the model in force stays', async (t) => {
  const { models, captures } = place(t);
  const before = bytesOf(path.join(models, 'gas-vapour'));
  // The third of each gas is held out: these two bottles were swapped there, and nowhere else.
  const swapped = bumps.map((one) =>
    one.ppm !== 60 || !['ammonia', 'toluene'].includes(one.gas)
      ? one
      : { ...one, writtenAs: one.gas === 'ammonia' ? 'toluene' : 'ammonia' },
  );
  await layBumps(captures, '2026-05-02', swapped);
  t.regex(
    await refusal(t, trainGas(captures, models)),
    /held-out exposures say no; the model in force stays:\n +(ammonia|toluene): 0/,
  );
  t.deepEqual(bytesOf(path.join(models, 'gas-vapour')), before);
});

test('too few exposures, too few levels, and a gas that the model does not know are each refused by name', async (t) => {
  const { models, captures } = place(t);
  await layBumps(captures, '2026-05-02', [
    { gas: 'ammonia', ppm: 10 },
    { gas: 'acetone', ppm: 20 },
    { gas: 'acetone', ppm: 20 },
    { gas: 'acetone', ppm: 20 },
    { gas: 'ethanol', ppm: 20, writtenAs: 'chlorine' },
  ]);
  const said = await refusal(t, trainGas(captures, models));
  t.regex(said, /too little to learn from; the model in force stays/);
  t.regex(said, /ammonia: 1 exposures; at least 3/);
  t.regex(said, /ammonia: 1 concentrations; at least 2/);
  t.regex(said, /acetone: 1 concentrations; at least 2/);
  t.regex(said, /chlorine: is no label of gas-vapour \(air, ammonia/);
});

test('a target that was shown in damp air, where no negative was, is refused with its humidity', async (t) => {
  const { models, captures } = place(t);
  await layBumps(captures, '2026-05-02', [...bumps, { gas: 'ammonia', ppm: 20, relativePercent: 90 }]);
  // The air of that capture is what stood beside it: without that line nothing does.
  const file = path.join(captures, 'exposures.yaml');
  const text = readFileSync(file, 'utf8');
  const at = text.indexOf('  - capture: 2026-05-02-12');
  writeFileSync(file, text.slice(0, at) + text.slice(text.indexOf('  - capture', at + 5)));
  t.regex(
    await refusal(t, trainGas(captures, models)),
    /ammonia: 13\.\d g\/m3 of water, and no negative within a quarter of it; expose clean air there/,
  );
});

test('a model whose golden vectors come out otherwise is not trained on: it is no model in force', async (t) => {
  const { models, captures } = place(t);
  await layBumps(captures, '2026-05-02', bumps.slice(0, 1));
  const file = path.join(models, 'gas-vapour/golden/vectors.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/"probabilities":\[[\d.]+/, '"probabilities":[0.123'));
  t.regex(await refusal(t, trainGas(captures, models)), /vectors\.json/);
});

test('a second training goes on from the first, and is not held against it on what the first had learned', async (t) => {
  const { models, captures } = place(t);
  await layBumps(captures, '2026-05-02', bumps);
  t.not((await trainGas(captures, models)).inForce, null);
  const again = await trainGas(captures, models);
  t.is(again.version, '0.1.2');
  t.is(again.inForce, null);
  t.is(readlinkSync(path.join(models, 'gas-vapour.last-good')), 'gas-vapour@0.1.1');
  t.is(readlinkSync(path.join(models, 'gas-vapour.in-force')), 'gas-vapour@0.1.2');
});

test('a factory set of another model is refused by name', async (t) => {
  const { models, captures } = place(t);
  await layBumps(captures, '2026-05-02', bumps);
  const file = path.join(models, 'gas-vapour/factory.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"label":"air"', '"label":"chlorine"'));
  t.regex(await refusal(t, trainGas(captures, models)), /factory\.json exposures\.0: is "chlorine" with 18 features/);
});

test('a box whose trained model was damaged goes on with the one before, and says so; a training mends it', async (t) => {
  const { models, captures } = place(t);
  await layBumps(captures, '2026-05-02', bumps);
  const { folder } = await trainGas(captures, models);
  const file = path.join(folder, 'model.tflite');
  writeFileSync(file, readFileSync(file).subarray(0, 500));
  const { board, profile, files } = loadBox(path.join(shipped, '../firmware-configs'), 'post-1');
  const section = parseValue(`${files.profile} gas`, profile.gas ?? {}, gasSection);
  const told: string[] = [];
  const model = await loadModel(section, board, models, ({ message }) => void told.push(message));
  t.is(model?.ref.version, '0.1.0');
  t.is(told.length, 1);
  t.regex(told[0] ?? '', /sha256: .*the model is not used; instead gas-vapour 0\.1\.0 decides/);
  // A replay and a check must not answer for another model than the one that is named.
  await t.throwsAsync(loadModel(section, board, models));
  const mended = await trainGas(captures, models);
  t.is(mended.version, '0.1.2');
  t.regex(mended.notes.join(), /instead gas-vapour 0\.1\.0 decides/);
  t.is((await loadModel(section, board, models))?.ref.version, '0.1.2');
  t.is(readlinkSync(path.join(models, 'gas-vapour.last-good')), 'gas-vapour');
});
