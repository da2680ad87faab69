import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { fieldpost } from '../support/fieldpost.ts';

const root = path.join(import.meta.dirname, '../..');
const capture = path.join(root, 'test/captures/gas-line/normal');

test('replay prints the same envelopes at any speed, and only the streams that are asked for', async (t) => {
  const [fast, slow] = await Promise.all([
    fieldpost(['replay', capture]),
    fieldpost(['replay', capture, '--speed', '20', '--stream', 'alert']),
  ]);
  t.is(fast.code, 0, fast.err);
  const lines = fast.out.trimEnd().split('\n');
  const alerts = lines.filter((line) => line.includes('"stream":"alert"'));
  t.true(alerts.length > 0 && lines.length > alerts.length);
  t.is(slow.out, `${alerts.join('\n')}\n`);
});

test('a folder that is no capture, a broken line and a capture that is there already are named', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-replay-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const none = await fieldpost(['replay', folder]);
  t.is(none.code, 2);
  t.regex(none.err, /config\/devices: holds 0 devices/);

  const broken = path.join(folder, 'broken');
  cpSync(capture, broken, { recursive: true });
  writeFileSync(path.join(broken, 'sensors/air.jsonl'), '{"v":1}\n');
  const named = await fieldpost(['replay', broken]);
  t.is(named.code, 2);
  t.regex(named.err, /sensors\/air\.jsonl:1/);

  const box = ['--config', path.join(root, 'firmware-configs'), '--device', 'post-1', '--state', folder];
  const again = await fieldpost(['record', ...box, '--out', broken, '--for', '1']);
  t.is(again.code, 2);
  t.regex(again.out, /is there already; a capture is never written over/);
  const unknown = await fieldpost(['record', ...box, '--out', path.join(folder, 'new'), '--sensor', 'nose']);
  t.is(unknown.code, 2);
  t.regex(unknown.out, /--sensor nose: not on board sim-gas-8; known: /);
});
