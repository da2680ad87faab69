import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { noWatch, type Seen, type WatchOptions, watchFrame } from '../../daemons/camera/watch.ts';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { loadVision, type VisionModel } from '../../daemons/core/model/vision.ts';
import type { Picture } from '../../daemons/core/values/frame.ts';
import { blue, colourCard, green, painted, visionFolder } from '../support/vision-model.ts';

const pictures = await openPictures();
const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-watch-'));
const ground = { gsdCm: [1, 10], heightM: [20, 100], thingM: 0.04 };
const cardText = JSON.stringify({ ...colourCard, ground });
const model = await loadVision({
  folder: visionFolder(root, pictures, { 'card.json': cardText }),
  infer: await openLiteRt(),
});

test.after.always(() => rmSync(root, { recursive: true }));

/** The model on a clock on which every window takes 10 ms. */
function ticking(): { readonly timed: VisionModel; readonly nowMs: () => number } {
  let now = 0;
  const look: VisionModel['look'] = (picture, window) => {
    now += 10;
    return model.look(picture, window);
  };
  return { timed: { ...model, look }, nowMs: () => now };
}

const seen = async (
  list: readonly Picture[],
  budgetMs: number | null,
  heightM: number | null = 50,
): Promise<Seen[]> => {
  const { timed, nowMs } = ticking();
  const options: WatchOptions = { model: timed, budgetMs, ios: 0.1, nowMs };
  const all: Seen[] = [];
  let state = noWatch;
  for (const picture of list) {
    const [next, one] = await watchFrame(state, { picture }, { heightM, gsdCm: 2 }, options);
    state = next;
    all.push(one);
  }
  return all;
};

const plotAt = (x: number): Picture => painted(64, 48, blue, [{ box: [x, 16, x + 16, 32], colour: green }]);

test('within a budget the greenest windows are looked at, and the plot is still found', async (t) => {
  const all = await seen([plotAt(16), plotAt(20), plotAt(24)], 100);
  t.deepEqual(
    all.map(({ windows }) => windows.looked),
    [4, 10, 10],
  );
  t.true((all[0]?.windows.all ?? 0) > 40);
  for (const { sightings } of all)
    t.deepEqual(
      sightings.map(({ label }) => label),
      ['Green plot'],
    );
  const [unhurried] = await seen([plotAt(16)], null);
  t.is(unhurried?.windows.looked, unhurried?.windows.all);
});

test('black and stuck pictures are not looked at, and it is said', async (t) => {
  const [black] = await seen([painted(64, 48, [0, 0, 0])], null);
  t.deepEqual([black?.windows.looked, black?.flags, black?.why], [0, ['black'], 'the picture is black']);
  const stuck = (
    await seen(
      Array.from({ length: 5 }, () => plotAt(16)),
      null,
    )
  ).at(-1);
  t.deepEqual([stuck?.sightings, stuck?.flags], [[], ['stuck']]);
});

test('too high or too low the model does not look; a height that is not known is told', async (t) => {
  const [high] = await seen([plotAt(16)], null, 150);
  t.deepEqual([high?.windows.looked, high?.why], [0, 'height is 150 m; the model was made for 20 to 100 m']);
  const [unknown] = await seen([plotAt(16)], null, null);
  t.deepEqual([unknown?.sightings.length, unknown?.why], [1, 'height not known']);
});
