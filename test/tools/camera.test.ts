import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { activateVision } from '../../daemons/core/model/activate-vision.ts';
import { blue, green, painted, signingKey, visionFolder } from '../support/vision-model.ts';

const pictures = await openPictures();
const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-try-'));
test.after.always(() => rmSync(root, { recursive: true }));
const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const fieldpost = async (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, [main, ...args]);

test('camera try draws a frame around the plot and says where it is', async (t) => {
  const model = visionFolder(root, pictures);
  const file = path.join(root, 'scene.png');
  writeFileSync(file, pictures.encodePng(painted(64, 48, blue, [{ box: [20, 16, 44, 32], colour: green }])));
  const out = path.join(root, 'drawn');
  const { stdout } = await fieldpost('camera', 'try', file, '--model', model, '--out', out, '--ios', '0.1', '--json');
  const line = JSON.parse(stdout) as { sightings: { label: string; box: { x0: number; y0: number } }[]; file: string };
  t.deepEqual(
    line.sightings.map(({ label }) => label),
    ['Green plot'],
  );
  const picture = pictures.decode(readFileSync(line.file), line.file);
  const { x0 = 0, y0 = 0 } = line.sightings[0]?.box ?? {};
  const at = 3 * ((y0 + 10) * 64 + x0);
  // Red, as far as JPEG keeps a line of one pixel.
  t.true((picture.rgb[at] ?? 0) > (picture.rgb[at + 2] ?? 0) + 40, `${picture.rgb.subarray(at, at + 3)}`);
  const bad = path.join(root, 'bad');
  mkdirSync(bad);
  writeFileSync(path.join(bad, 'cut.jpg'), pictures.encodeJpeg(painted(64, 48, blue), 90).subarray(0, 300));
  const failed = await t.throwsAsync(fieldpost('camera', 'try', bad, '--model', model, '--out', out));
  t.regex((failed as Error & { stderr: string }).stderr, /cut\.jpg: is truncated/);
  t.is((failed as Error & { code: number }).code, 1);
});

test('what camera sign signs is activated, and a changed card is not signed', async (t) => {
  const model = visionFolder(root, pictures, { 'card.sig.json': null });
  const key = path.join(root, 'signer.pem');
  writeFileSync(key, signingKey.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  t.false(existsSync(path.join(model, 'card.sig.json')));
  const { stdout } = await fieldpost('camera', 'sign', model, '--key', key);
  t.regex(stdout, /^colour 1\.0\.0 for "testing": signed by [0-9a-f]{64}, in /);
  const allow = { purpose: 'testing', labels: ['red', 'Green plot', 'blue'] };
  const active = await activateVision({
    folder: model,
    infer: await openLiteRt(),
    pictures,
    allow,
    signers: [signingKey.publicKey],
  });
  t.is(active.ref.name, 'colour');
  writeFileSync(path.join(model, 'model.tflite'), 'another');
  await t.throwsAsync(fieldpost('camera', 'sign', model, '--key', key));
});
