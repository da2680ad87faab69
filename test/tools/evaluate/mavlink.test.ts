import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { evaluateMavlink } from '../../../daemons/tools/evaluate/mavlink.ts';
import { given } from '../../support/needs.ts';

test('every log of the folder gives the frames that a count by brute force gives, and noise costs none', async (t) => {
  const data = given('data', 'real flight logs');
  if (data === null) {
    t.pass();
    return;
  }
  const figures = await evaluateMavlink(data);
  t.true(figures.length > 0);
  t.deepEqual(
    figures.filter(({ ok }) => ok !== true),
    [],
  );
  const flight = figures.find(({ note }) => note.startsWith('dronekit_flight.tlog: HEARTBEAT'));
  t.regex(flight?.note ?? '', /GLOBAL_POSITION_INT 2833\b/);
});

test('a folder without logs is named; a log of noise has no frames', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-mavlink-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const error = await t.throwsAsync(evaluateMavlink(folder));
  t.true(isFault(error) && error.kind === 'absent' && error.message.includes(folder));
  mkdirSync(path.join(folder, 'mavlink'));
  writeFileSync(path.join(folder, 'mavlink/noise.tlog'), Buffer.alloc(5000, 0xfd));
  const [frames] = await evaluateMavlink(folder);
  t.is(frames?.value, 0);
});
