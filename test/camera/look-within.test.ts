import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { type LookedWithin, lookWithin } from '../../daemons/camera/look-within.ts';
import { tellGate, troubles } from '../../daemons/camera/troubles.ts';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { openPictures } from '../../daemons/core/adapters/pictures.wasm.ts';
import { loadVision, type VisionModel } from '../../daemons/core/model/vision.ts';
import type { Picture } from '../../daemons/core/values/frame.ts';
import { unknownCost } from '../../daemons/core/vision/budget.ts';
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
): Promise<LookedWithin[]> => {
  const { timed, nowMs } = ticking();
  const all: LookedWithin[] = [];
  let cost = unknownCost;
  for (const picture of list) {
    const vantage = { heightM, gsdCm: 2 };
    const [next, one] = await lookWithin(cost, { picture, vantage }, { model: timed, budgetMs, ios: 0.1, nowMs });
    cost = next;
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

test('too high or too low the model does not look; from a height that is not known it does', async (t) => {
  const [high] = await seen([plotAt(16)], null, 150);
  t.deepEqual(
    [high?.isAsked, high?.windows.looked, high?.why],
    [false, 0, 'height is 150 m; the model was made for 20 to 100 m'],
  );
  const [unknown] = await seen([plotAt(16)], null, null);
  t.deepEqual([unknown?.sightings.length, unknown?.isAsked, unknown?.why], [1, true, 'height not known']);
});

test('what would gate a model and is not known is told once, and so is that it is known again', (t) => {
  const said: (readonly [string, string])[] = [];
  const standing = troubles(({ type, message }) => void said.push([type, message]));
  for (const why of ['height not known', 'height not known', null]) tellGate(standing, { isAsked: true, why });
  tellGate(standing, { isAsked: false, why: 'height is 150 m' });
  t.deepEqual(said, [
    ['not-gated', 'height not known: whether the model was made for this cannot be said; it looks all the same'],
    ['not-gated-over', 'over after 2 pictures'],
    ['not-asked', 'height is 150 m; it is not asked'],
  ]);
});
