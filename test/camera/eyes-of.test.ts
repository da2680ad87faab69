import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { eyesOf } from '../../daemons/camera/eyes-of.ts';
import { openLiteRtPlaced } from '../../daemons/core/adapters/infer.litert-placed.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { loadVision, type VisionModel } from '../../daemons/core/model/vision.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import { blue, green, painted, visionFolder } from '../support/vision-model.ts';

const pictures = await openPictures();
const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-eyes-'));
const folder = visionFolder(root, pictures);
test.after.always(() => rmSync(root, { recursive: true }));

const picture = painted(64, 48, blue, [{ box: [16, 16, 32, 32], colour: green }]);
const vantage = { heightM: null, gsdCm: null };
const how = { budgetMs: null, ios: 0.1, nowMs: () => 0 };

test('a model that fails at one picture is closed, and opened again for the next', async (t) => {
  const infer = await openLiteRtPlaced({ inlineMs: 0 });
  const opened: VisionModel[] = [];
  const eyes = await eyesOf(async () => {
    const model = await loadVision({ folder, infer });
    opened.push(model);
    return model;
  }, how);
  t.deepEqual(
    (await eyes.look(picture, vantage)).sightings.map(({ label }) => label),
    ['Green plot'],
  );
  // As when its thread ended: every call from now on is refused.
  await opened[0]?.close();
  await t.throwsAsync(eyes.look(picture, vantage), { instanceOf: Fault, message: /the model is closed/ });
  t.deepEqual(
    (await eyes.look(picture, vantage)).sightings.map(({ label }) => label),
    ['Green plot'],
  );
  t.is(opened.length, 2);
  await eyes.close();
  await t.throwsAsync(async () => opened[1]?.look(picture, { x0: 0, y0: 0, x1: 8, y1: 8 }), { instanceOf: Fault });
  await infer.close();
});

test('where it cannot be opened again each picture says why, until it can', async (t) => {
  const infer = await openLiteRtPlaced({ inlineMs: 0 });
  let [times, last]: [number, VisionModel | null] = [0, null];
  const eyes = await eyesOf(async () => {
    times += 1;
    if (times === 2) throw new Fault('refused', 'card.json: sha256: is of another file');
    last = await loadVision({ folder, infer });
    return last;
  }, how);
  await (last as VisionModel | null)?.close();
  await t.throwsAsync(eyes.look(picture, vantage), { message: /the model is closed/ });
  await t.throwsAsync(eyes.look(picture, vantage), { message: /is of another file/ });
  t.is((await eyes.look(picture, vantage)).sightings.length, 1);
  await eyes.close();
  await infer.close();
});
