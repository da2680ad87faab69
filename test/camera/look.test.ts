import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { lookAt, windowsOf } from '../../daemons/camera/look.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { folderFrames } from '../../daemons/core/adapters/frames.folder.ts';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { loadVision, type VisionModel } from '../../daemons/core/model/vision.ts';
import type { FrameTrouble } from '../../daemons/core/ports/frames.ts';
import { blue, green, painted, visionFolder } from '../support/vision-model.ts';

const pictures = await openPictures();
const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-look-'));
test.after.always(() => rmSync(root, { recursive: true }));

const stills = (name: string, files: Readonly<Record<string, Uint8Array>>): string => {
  const folder = path.join(root, name);
  mkdirSync(folder);
  for (const [file, bytes] of Object.entries(files)) writeFileSync(path.join(folder, file), bytes);
  return folder;
};

test('a folder of stills goes through tiles and a model, and comes out as one sighting a plot', async (t) => {
  const model = await loadVision({ folder: visionFolder(root, pictures), infer: await openLiteRt() });
  const scene = painted(64, 48, blue, [{ box: [20, 16, 44, 32], colour: green }]);
  const folder = stills('good', {
    'b.png': pictures.encodePng(painted(64, 48, blue)),
    'a.png': pictures.encodePng(scene),
  });
  const source = folderFrames({ folder, name: 'stills', clock: systemClock(), pictures });
  const found = [];
  for await (const { seq, picture } of source.frames({
    signal: new AbortController().signal,
    onTrouble: (one) => t.fail(one.message),
  }))
    found.push({ seq, ...(await lookAt(picture, model, { gsdCm: null, ios: 0.1 })) });
  t.deepEqual(
    found.map(({ seq, sightings }) => [seq, sightings.map(({ label }) => label)]),
    [
      [1, ['Green plot']],
      [2, []],
    ],
  );
  const { x0, y0, x1, y1 } = found[0]?.sightings[0]?.box ?? { x0: 0, y0: 0, x1: 0, y1: 0 };
  // Tiles of 8 pixels that are green enough reach over the edges of the plot by less than one of them.
  t.true(x0 > 12 && x0 < 28 && y0 > 8 && y0 < 24 && x1 > 36 && x1 < 52 && y1 > 24 && y1 < 40, `${[x0, y0, x1, y1]}`);
});

test('between two windows the process hears what else comes', async (t) => {
  const model = await loadVision({ folder: visionFolder(root, pictures), infer: await openLiteRt() });
  let heard = 0;
  let over = false;
  const hear = (): void => {
    heard++;
    if (!over) setImmediate(hear);
  };
  setImmediate(hear);
  const { windows } = await lookAt(painted(64, 48, blue), model, { gsdCm: null, ios: 0.1 });
  over = true;
  t.true(windows.looked > 20 && heard >= windows.looked, `${heard} times in ${windows.looked} windows`);
});

test('a picture that cannot be used is told, counted and stepped over', async (t) => {
  const good = pictures.encodeJpeg(painted(32, 32, green), 90);
  const folder = stills('bad', { 'a.jpg': good.subarray(0, 200), 'b.jpg': good, 'notes.txt': good });
  const troubles: FrameTrouble[] = [];
  const frames = [];
  const source = folderFrames({ folder, name: 'stills', clock: systemClock(), pictures });
  for await (const frame of source.frames({
    signal: new AbortController().signal,
    onTrouble: (one) => troubles.push(one),
  }))
    frames.push([frame.seq, frame.dropped]);
  t.deepEqual(frames, [[2, 1]]);
  t.is(troubles.length, 1);
  t.regex(troubles[0]?.message ?? '', /^stills: .*a\.jpg: is truncated/);
});

test('a folder that is not there, or has no picture, can never be opened', async (t) => {
  const open = (folder: string): Promise<unknown> =>
    folderFrames({ folder, name: 'x', clock: systemClock(), pictures })
      .frames({ signal: new AbortController().signal, onTrouble: () => {} })
      [Symbol.asyncIterator]()
      .next();
  await t.throwsAsync(open('/nowhere'), { message: /^\/nowhere: cannot be read \(ENOENT\)/ });
  await t.throwsAsync(open(stills('none', {})), { message: /has no picture/ });
});

test('a model that knows one scale is shown windows that come to it, and no picture as a whole', async (t) => {
  const model = await loadVision({ folder: visionFolder(root, pictures), infer: await openLiteRt() });
  const gsd: [number, number] = [1, 11];
  const height: [number, number] = [10, 400];
  const ground = { gsdCm: gsd, heightM: height, thingM: 0.1, workCm: 10 };
  const scaled: VisionModel = { ...model, card: { ...model.card, task: 'detection', ground } };
  const picture = painted(160, 120, blue);
  const sides = (gsdCm: number | null): string[] => [
    ...new Set(windowsOf(picture, scaled, gsdCm).map(({ x0, y0, x1, y1 }) => `${x1 - x0}x${y1 - y0}`)),
  ];
  // The model takes 8 pixels: 80 cm.
  t.deepEqual(sides(10), ['8x8']);
  t.deepEqual(sides(2), ['40x40']);
  t.deepEqual(sides(null), ['160x120', '8x8']);
  // What is covered is covered whole.
  const covered = windowsOf(picture, scaled, 2);
  t.is(Math.max(...covered.map(({ x1 }) => x1)), 160);
  t.is(Math.max(...covered.map(({ y1 }) => y1)), 120);
});
