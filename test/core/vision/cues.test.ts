import test from 'ava';
import fc from 'fast-check';
import type { Picture } from '../../../daemons/core/values/frame.ts';
import { tilesWithin, unknownCost, withTiles } from '../../../daemons/core/vision/budget.ts';
import { cuesOf } from '../../../daemons/core/vision/cues.ts';
import { exposed, noExposure, type PictureFlag } from '../../../daemons/core/vision/exposure.ts';
import { gateOf } from '../../../daemons/core/vision/gate.ts';
import { greenOf, mostPromising } from '../../../daemons/core/vision/promise.ts';
import { rowsOf } from '../../../daemons/core/vision/rows.ts';
import { excessGreen, ndvi, otsu, vegetationMask, vegetationOf } from '../../../daemons/core/vision/vegetation.ts';
import { numbers } from '../../support/dense-model.ts';
import { green, painted } from '../../support/vision-model.ts';

const soil = [120, 100, 80] as const;

test('excess green is that of chromatic coordinates, whatever the light', (t) => {
  const of = (colour: readonly number[]): number => excessGreen(painted(1, 1, colour)).values[0] ?? Number.NaN;
  t.is(of([50, 100, 50]), 0.5);
  t.is(of([25, 50, 25]), 0.5);
  t.is(of([80, 80, 80]), 0);
  t.is(of([0, 0, 0]), 0);
});

test('NDVI tells leaves from soil, and dark from nothing', (t) => {
  t.deepEqual(
    [...ndvi([90, 50, 0], [10, 50, 0])].map((one) => Number(one.toFixed(6))),
    [0.8, 0, 0],
  );
});

test('Otsu parts two heaps of numbers between them, and leaves one heap whole', (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: -1, max: 0, noNaN: true }),
      fc.double({ min: 0.5, max: 1, noNaN: true }),
      (low, high) => {
        const noise = numbers(400, 7).map((one) => one / 20);
        const cut =
          otsu(
            noise.map((one, i) => one + (i % 4 === 0 ? high : low)),
            0.1,
          ) ?? Number.NaN;
        t.true(cut > low && cut < high, `${cut}`);
      },
    ),
    { numRuns: 50 },
  );
  t.is(otsu(new Float32Array(10).fill(3), 0.1), null);
});

test('the vegetation mask is the green patch, and empty on bare soil and in the dark', (t) => {
  const scene = painted(40, 30, soil, [{ box: [10, 5, 20, 15], colour: green }]);
  const mask = vegetationMask(excessGreen(scene));
  const inPatch = (i: number): boolean => i % 40 >= 10 && i % 40 < 20 && i / 40 >= 5 && i / 40 < 15;
  t.true(mask.every((one, i) => Boolean(one) === inPatch(i)));
  t.false(vegetationMask(excessGreen(painted(40, 30, soil))).includes(1));
  t.false(vegetationMask(excessGreen(painted(40, 30, [0, 0, 0]))).includes(1));
});

/** As a camera without its infrared filter, and with a blue one, has it: plants are bright in red, which holds near infrared. */
const [leaves, dust] = [
  [220, 90, 60],
  [130, 120, 110],
] as const;

test('where a camera sees near infrared plants are told by NDVI, whichever channel holds it', (t) => {
  const scene = painted(40, 30, dust, [{ box: [10, 5, 20, 15], colour: leaves }]);
  const inPatch = (i: number): boolean => i % 40 >= 10 && i % 40 < 20 && i / 40 >= 5 && i / 40 < 15;
  const field = vegetationOf(scene, 1, { nir: 'red', red: 'blue' });
  t.true(Math.abs((field.values[6 * 40 + 12] ?? 0) - 160 / 280) < 1e-6);
  t.true(vegetationMask(field).every((one, i) => Boolean(one) === inPatch(i)));
  // By its green the same picture shows the dust between the plants.
  t.false(vegetationMask(vegetationOf(scene, 1, null)).some((one, i) => Boolean(one) && inPatch(i)));
  const turned = painted(40, 30, [110, 120, 130], [{ box: [10, 5, 20, 15], colour: [60, 90, 220] }]);
  t.deepEqual(
    vegetationOf(turned, 3, { nir: 'blue', red: 'red' }),
    vegetationOf(scene, 3, { nir: 'red', red: 'blue' }),
  );
});

test('windows and cues of such a camera go by NDVI too', (t) => {
  const infrared = { nir: 'red', red: 'blue' } as const;
  const scene = painted(256, 64, dust, [{ box: [128, 0, 192, 64], colour: leaves }]);
  const windows = [0, 64, 128, 192].map((x0) => ({ x0, y0: 0, x1: x0 + 64, y1: 64 }));
  t.deepEqual(greenOf(scene, windows, infrared), [0, 0, 1, 0]);
  const place = { x0: 128, y0: 0, x1: 192, y1: 64 };
  t.is(cuesOf(scene, place, 0.1, infrared)?.green, 1);
  t.is(cuesOf(scene, place, 0.1)?.green, 0);
});

/** Rows of a given period and direction. */
const grating = (
  width: number,
  height: number,
  { period, angleDeg }: { period: number; angleDeg: number },
): Uint8Array =>
  Uint8Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const angle = (angleDeg * Math.PI) / 180;
    const across = -x * Math.sin(angle) + y * Math.cos(angle);
    return Number(((across % period) + period) % period < period / 2);
  });

test('rows are found with their direction and distance', (t) => {
  for (const angleDeg of [0, 30, 75, 90, 140]) {
    const found = rowsOf(grating(96, 80, { period: 9, angleDeg }), { width: 96, height: 80 }, { period: [4, 20] });
    t.true((found?.strength ?? 0) > 0.6, `${angleDeg}: ${found?.strength}`);
    t.is(found?.angleDeg, angleDeg);
    t.true(Math.abs((found?.period ?? 0) - 9) <= 1, `${found?.period}`);
  }
});

test('scattered plants and a single edge are no rows; empty and full say nothing', (t) => {
  const scattered = Uint8Array.from(numbers(96 * 80, 5), (one) => Number(one > 0.4));
  const edge = Uint8Array.from({ length: 96 * 80 }, (_, i) => Number(i % 96 < 40));
  for (const mask of [scattered, edge]) {
    const found = rowsOf(mask, { width: 96, height: 80 }, { period: [4, 20] });
    t.true((found?.strength ?? 1) < 0.5, `${found?.strength}`);
  }
  t.is(rowsOf(new Uint8Array(100), { width: 10, height: 10 }, { period: [2, 5] }), null);
  t.is(rowsOf(new Uint8Array(100).fill(1), { width: 10, height: 10 }, { period: [2, 5] }), null);
});

test('the cues of a place: its green, and its rows with their distance in metres, at any scale', (t) => {
  for (const [pixels, metresPerPixel] of [
    [200, 0.1],
    [400, 0.05],
  ] as const) {
    const every = 2.4 / metresPerPixel;
    const rows = Array.from({ length: 8 }, (_, i) => ({
      box: [0, Math.round(i * every), pixels, Math.round(i * every + every / 3)] as const,
      colour: green,
    }));
    const field = { x0: 0.1 * pixels, y0: 0.1 * pixels, x1: 0.9 * pixels, y1: 0.9 * pixels };
    const found = cuesOf(painted(pixels, pixels, soil, rows), field, metresPerPixel);
    t.true(Math.abs((found?.green ?? 0) - 1 / 3) < 0.06, `${found?.green}`);
    t.true((found?.rows ?? 0) > 0.9, `${found?.rows}`);
    t.true(Math.abs((found?.apartM ?? 0) - 2.4) <= 0.2, `${found?.apartM}`);
  }
  const beside = painted(200, 200, soil, [{ box: [0, 0, 40, 200], colour: green }]);
  t.like(cuesOf(beside, { x0: 60, y0: 60, x1: 160, y1: 160 }, 0.1), { green: 0, rows: 0 });
});

test('colour has no word where nothing is green, and order none where a pixel is too coarse', (t) => {
  const all = { x0: 20, y0: 20, x1: 80, y1: 80 };
  t.is(cuesOf(painted(100, 100, soil), all, 0.1), null);
  const patch = painted(100, 100, soil, [{ box: [30, 30, 60, 60], colour: green }]);
  t.is(cuesOf(patch, all, 0.5), null);
  t.is(cuesOf(patch, all, 0), null);
  t.is(cuesOf(patch, { x0: 300, y0: 300, x1: 310, y1: 310 }, 0.1), null);
  t.truthy(cuesOf(patch, { x0: -50, y0: -50, x1: 400, y1: 400 }, 0.1));
});

test('the greenest windows come first', (t) => {
  const scene = painted(256, 64, soil, [{ box: [128, 0, 192, 64], colour: green }]);
  const windows = [0, 64, 128, 192].map((x0) => ({ x0, y0: 0, x1: x0 + 64, y1: 64 }));
  const promise = greenOf(scene, windows);
  t.deepEqual(promise, [0, 0, 1, 0]);
  t.deepEqual(
    mostPromising(windows, promise, 2).map(({ x0 }) => x0),
    [128, 0],
  );
});

test('a budget buys as many windows as they cost lately, and one at the least', (t) => {
  t.is(tilesWithin(100, unknownCost), 4);
  const cost = withTiles(unknownCost, 4, 80);
  t.is(tilesWithin(100, cost), 5);
  t.is(tilesWithin(1, cost), 1);
  let slow = cost;
  for (let i = 0; i < 30; i++) slow = withTiles(slow, 1, 50);
  t.is(tilesWithin(100, slow), 2);
});

test("the gates are the card's, and what is not known is told", (t) => {
  const ground = { gsdCm: [1, 5], heightM: [30, 120] } as const;
  t.deepEqual(gateOf(ground, { heightM: 60, gsdCm: 2 }), { look: true, why: null });
  t.deepEqual(gateOf(ground, { heightM: 20, gsdCm: 2 }), {
    look: false,
    why: 'height is 20 m; the model was made for 30 to 120 m',
  });
  t.deepEqual(gateOf(ground, { heightM: 60, gsdCm: 8 }), {
    look: false,
    why: 'a pixel is 8 cm; the model was made for 1 to 5 cm',
  });
  t.deepEqual(gateOf(ground, { heightM: null, gsdCm: 2 }), { look: true, why: 'height not known' });
  t.deepEqual(gateOf(null, { heightM: null, gsdCm: null }), { look: true, why: null });
});

const flagsOf = (pictures: readonly Picture[]): readonly PictureFlag[] => {
  let [state, flags]: ReturnType<typeof exposed> = [noExposure, []];
  for (const picture of pictures) [state, flags] = exposed(state, picture);
  return flags;
};

test('black, overexposed, flat and stuck pictures are flagged; a noisy scene is not', (t) => {
  const noisy = (seed: number): Picture => ({
    width: 64,
    height: 48,
    rgb: Uint8Array.from(numbers(64 * 48 * 3, seed), (one) => 120 + 60 * one),
  });
  t.deepEqual(flagsOf([painted(64, 48, [2, 1, 3])]), ['black']);
  t.deepEqual(flagsOf([painted(64, 48, [255, 255, 255])]), ['overexposed']);
  t.deepEqual(flagsOf([painted(64, 48, [90, 90, 90])]), ['flat']);
  t.deepEqual(flagsOf([1, 2, 3, 4, 5, 6].map(noisy)), []);
  t.deepEqual(flagsOf([noisy(1), noisy(2), ...Array.from({ length: 5 }, () => noisy(3))]), ['stuck']);
});
