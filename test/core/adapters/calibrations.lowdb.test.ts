import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openCalibrations } from '../../../daemons/core/adapters/calibrations.lowdb.ts';
import { adjustmentOf, aSigner, bumpOf, checkOf } from '../../support/calibration-records.ts';

const capture = path.join(import.meta.dirname, '../../captures/gas-line/normal/calibrations.json');

function file(t: ExecutionContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-records-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return path.join(folder, 'calibrations.json');
}

const prover = { device: 'post-1', signer: aSigner() };

test('the newest adjustment of a part is in force, and a check or a bump changes nothing of it', async (t) => {
  const at = file(t);
  const records = await openCalibrations(at, prover);
  await records.add(adjustmentOf('first'));
  await records.add(adjustmentOf('second', { replaces: 'first' }));
  await records.add(checkOf('check'));
  await records.add(bumpOf('bump'));
  await records.add(adjustmentOf('other part', { serial: 'SN-2' }));
  const again = await openCalibrations(at, prover);
  t.is(again.inForce('nh3', 'SN-1', 'ammonia')?.id, 'second');
  t.is(again.inForce('nh3', 'SN-3', 'ammonia'), null);
  t.deepEqual(
    again.all().map(({ record, id }) => [record, id]),
    [
      ['adjustment', 'first'],
      ['adjustment', 'second'],
      ['adjustment', 'other part'],
      ['check', 'check'],
      ['bump', 'bump'],
    ],
  );
  t.deepEqual([again.notes, again.refused, again.unproved], [[], [], []]);
});

test('a file of the first version opens, and goes on with signed records', async (t) => {
  const at = file(t);
  writeFileSync(at, readFileSync(capture));
  const records = await openCalibrations(at, prover);
  t.is(records.inForce('nh3', 'SIM-0004', 'ammonia')?.version, 1);
  t.is(records.unproved.length, 2);
  await records.add(adjustmentOf('next', { serial: 'SIM-0004', replaces: 'nh3-ammonia-simulated' }));
  const again = await openCalibrations(at, prover);
  t.is(again.inForce('nh3', 'SIM-0004', 'ammonia')?.id, 'next');
  t.deepEqual(again.refused, []);
});

test('a record edited by hand is refused by name, the one before it stands, and the file keeps both', async (t) => {
  const at = file(t);
  const records = await openCalibrations(at, prover);
  await records.add(adjustmentOf('first'));
  await records.add(adjustmentOf('second'));
  const text = readFileSync(at, 'utf8');
  const place = text.lastIndexOf('"coefficient": 1.25');
  writeFileSync(at, `${text.slice(0, place)}"coefficient": 1.05${text.slice(place + '"coefficient": 1.25'.length)}`);
  t.true(await records.reload());
  t.is(records.inForce('nh3', 'SN-1', 'ammonia')?.id, 'first');
  t.deepEqual(
    records.refused.map(({ id }) => id),
    ['second'],
  );
  await records.add(adjustmentOf('third'));
  t.is(records.inForce('nh3', 'SN-1', 'ammonia')?.id, 'third');
  t.regex(readFileSync(at, 'utf8'), /1\.05/);
});

test('a record that lost a field is refused by name, and the file is used all the same', async (t) => {
  const at = file(t);
  const records = await openCalibrations(at);
  await records.add(adjustmentOf('first'));
  await records.add(adjustmentOf('second'));
  const plain = JSON.parse(readFileSync(at, 'utf8')) as { calibrations: Record<string, unknown>[] };
  delete plain.calibrations[1]?.fit;
  writeFileSync(at, JSON.stringify(plain));
  const again = await openCalibrations(at);
  t.is(again.inForce('nh3', 'SN-1', 'ammonia')?.id, 'first');
  t.regex(again.refused[0]?.why ?? '', /fit/);
  t.deepEqual(again.notes, []);
});

test('two processes add to what is in the file, not to what they read', async (t) => {
  const at = file(t);
  const [one, other] = [await openCalibrations(at, prover), await openCalibrations(at, prover)];
  await one.add(adjustmentOf('of one'));
  await other.add(adjustmentOf('of the other'));
  t.true(await one.reload());
  t.false(await one.reload());
  t.is(one.inForce('nh3', 'SN-1', 'ammonia')?.id, 'of the other');
  t.is(one.all().length, 2);
});

test('a record that is not whole, or whose name is taken, is refused and nothing is written', async (t) => {
  const at = file(t);
  const records = await openCalibrations(at);
  await records.add(adjustmentOf('a'));
  const before = readFileSync(at, 'utf8');
  await t.throwsAsync(records.add(adjustmentOf('a')), { message: /a record a already/ });
  await t.throwsAsync(records.add(adjustmentOf('b', { atMs: Number.NaN })), { message: /record b: .*atMs/s });
  t.is(readFileSync(at, 'utf8'), before);
});
