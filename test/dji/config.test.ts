import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { z } from 'zod';
import { readHmsWords } from '../../daemons/core/adapters/hms-words.files.ts';
import { readSecretJson } from '../../daemons/core/adapters/secret-json.files.ts';
import { board } from '../../daemons/core/config/box.ts';
import { checkDji } from '../../daemons/dji/config.ts';
import { freshFolder } from '../core/spool/keeping.ts';

const dji = { broker: 'mqtts://broker:8883', dock: 'D1', drone: 'R1', answeredBy: 'this-box' };
const lens = { width: 1920, height: 1080, fx: 1600, fy: 1600, cx: 960, cy: 540 };
const camera = (source: object) => ({ id: 'air', source, lens, mount: { on: 'gimbal' } });
const soldered = (more: object, cameras: readonly object[] = []) =>
  board.parse({ board: 'b', ports: {}, sensors: [], cameras, dji: { ...dji, ...more } });

test('every mistake of a board is named with what would be right', (t) => {
  const mistakes: readonly (readonly [object, RegExp])[] = [
    [{ broker: 'mqtt://broker:1883' }, /dji\.broker.*must be mqtts/],
    [{ dock: 'a/#' }, /dji dock.*serial number/],
    [{ dock: '+' }, /dji dock.*serial number/],
    [{ drone: 'D1' }, /dji\.drone: is the serial number of the dock/],
    [{ answeredBy: undefined }, /dji answeredBy: is missing/],
    [{ takeoff: true }, /unknown key/],
    [{ live: { camera: 'air' } }, /no camera of this board with a source of kind rtsp/],
  ];
  for (const [change, right] of mistakes) t.throws(() => checkDji(soldered(change), 'b.yaml'), { message: right });
  const video = camera({ kind: 'video', file: 'a.mp4' });
  t.throws(() => checkDji(soldered({ live: { camera: 'air' } }, [video]), 'b.yaml'), { message: /kind rtsp/ });
  const rtsp = camera({ kind: 'rtsp', url: 'rtsp://127.0.0.1:8554/dji' });
  t.is(checkDji(soldered({ live: { camera: 'air' } }, [rtsp]), 'b.yaml').live?.camera, 'air');
  t.throws(() => checkDji(board.parse({ ...soldered({}), dock: {} }), 'b.yaml'), { message: /a box has one feed/ });
});

test('secrets are read from a file of their owner alone, and no message quotes them', (t) => {
  const file = path.join(freshFolder(t), 'login.json');
  const shape = z.strictObject({ username: z.string(), password: z.string().max(8) });
  t.is(readSecretJson(file, shape), null);
  writeFileSync(file, JSON.stringify({ username: 'u', password: 'sesame' }), { mode: 0o644 });
  t.throws(() => readSecretJson(file, shape), { message: /mode is 0644; must be 0600/ });
  chmodSync(file, 0o600);
  t.deepEqual(readSecretJson(file, shape), { username: 'u', password: 'sesame' });
  for (const text of [
    '{"password": sesame}',
    '{"username":"u","password":"sesame sesame"}',
    '{"sesame":1}',
    'sesame',
  ]) {
    writeFileSync(file, text);
    const error = t.throws(() => readSecretJson(file, shape), { message: /login\.json/ });
    if (text !== '{"sesame":1}') t.false(error?.message.includes('sesame'), error?.message);
  }
});

test("DJI's words are read where they lie, in English, and whatever else is in the file is passed over", (t) => {
  const file = path.join(freshFolder(t), 'hms.json');
  t.is(readHmsWords(file), null);
  writeFileSync(file, JSON.stringify({ a: { en: 'A', zh: 'x' }, b: 'B', c: { en: 5 }, d: null, e: [] }));
  t.deepEqual(
    [...(readHmsWords(file) ?? [])],
    [
      ['a', 'A'],
      ['b', 'B'],
    ],
  );
  for (const text of ['[]', '5', '{"a":', '']) {
    writeFileSync(file, text);
    t.throws(() => readHmsWords(file), { message: /must be the hms\.json of DJI/ });
  }
});

test('no source of the daemon has a topic for commands in it', (t) => {
  const folder = path.join(import.meta.dirname, '../../daemons/dji');
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  t.true(sources.length > 15);
  const published = sources.filter((name) => /publish\(/.test(readFileSync(path.join(folder, name), 'utf8')));
  t.deepEqual(published, ['daemon.ts']);
  for (const name of sources) {
    const text = readFileSync(path.join(folder, name), 'utf8');
    for (const topic of ['/services', 'property/set', '/drc/', 'drc/down'])
      t.false(text.includes(topic), `${name}: ${topic}`);
  }
});
