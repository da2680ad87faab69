import test from 'ava';
import { cameraProfile } from '../../../daemons/camera/config.ts';
import { vantageOf } from '../../../daemons/camera/ground/vantage.ts';
import type { VisionModel } from '../../../daemons/core/model/vision.ts';
import { visionCard } from '../../../daemons/core/model/vision-card.ts';
import type { Picture, PixelBox } from '../../../daemons/core/values/frame.ts';
import { flown } from '../../../daemons/tools/evaluate/aerial-flown.ts';
import { type Pass, passOverPicture } from '../../../daemons/tools/evaluate/aerial-passes.ts';
import { shippedRule } from '../../../daemons/tools/evaluate/aerial-rule.ts';
import { colourCard } from '../../support/vision-model.ts';

const gsdM = 0.1;
const plot: PixelBox = { x0: 150, y0: 160, x1: 210, y1: 230 };
const green = [40, 200, 40] as const;

/** Grey land with a green field. */
function landWith(field: PixelBox | null): Picture {
  const rgb = new Uint8Array(3 * 400 * 400).fill(120);
  if (field)
    for (let y = field.y0; y < field.y1; y++)
      for (let x = field.x0; x < field.x1; x++) rgb.set(green, 3 * (400 * y + x));
  return { width: 400, height: 400, rgb };
}

const side = 40;
const parsed = visionCard.parse({
  ...colourCard,
  labels: [
    { name: 'background', role: 'background' },
    { name: 'crop-plot', role: 'target' },
  ],
});

/** A model that finds what is green, as sure as it is told for each look; and counts how often it was asked. */
function greenEye(sure: readonly number[]): { readonly model: VisionModel; readonly asked: () => number } {
  let asked = 0;
  const mask = { name: 'map', shape: [1, side, side, 2], type: 'float32' as const };
  const card: VisionModel['card'] = {
    ...parsed,
    task: 'segmentation',
    output: { layout: 'mask', mask, activation: 'none', leastCells: 4, grow: 0.5, by: 'all' },
    thresholds: { score: 0.6 },
    ground: { gsdCm: [1, 20], heightM: [15, 400], thingM: 8, workCm: 40 },
  };
  const model: VisionModel = {
    ...{ ref: { name: 'green', version: '1', sha256: '0'.repeat(64) }, card, cardSha256: '' },
    labels: [
      { name: 'background', role: 'background' },
      { name: 'crop-plot', role: 'target' },
    ],
    input: { width: 400, height: 400 },
    look: () => Promise.reject(new Error('not asked here')),
    numbers: async ({ width, rgb }, { x0, y0, x1, y1 }) => {
      const score = sure[asked++] ?? 0;
      const values = new Float32Array(2 * side * side);
      for (let row = 0; row < side; row++)
        for (let column = 0; column < side; column++) {
          const [x, y] = [
            Math.floor(x0 + ((column + 0.5) * (x1 - x0)) / side),
            Math.floor(y0 + ((row + 0.5) * (y1 - y0)) / side),
          ];
          const at = 3 * (y * width + x);
          const is = (rgb[at + 1] ?? 0) > (rgb[at] ?? 0) + 40 ? score : 0;
          values.set([1 - is, is], 2 * (row * side + column));
        }
      return new Map([['map', { shape: mask.shape, values }]]);
    },
    close: async () => {},
  };
  return { model, asked: () => asked };
}

const passOver = (field: PixelBox | null, seed = 7): Pass =>
  passOverPicture(landWith(field), { looks: 4, stepM: 1 }, { seed, gsdM, plots: field === plot ? [plot] : [] });
const section = shippedRule();

test('a plot that every look shows is one alert, where the truth lies by what the box is told', async (t) => {
  for (const seed of [1, 2, 3, 4, 5, 6]) {
    const { model } = greenEye([0.9, 0.9, 0.9, 0.9]);
    const { alerts, once } = await flown(passOver(plot, seed), { model, section, thresholds: [0.6, 0.95] });
    t.deepEqual(alerts, [
      { plots: 1, found: 1, false: 0 },
      { plots: 1, found: 0, false: 0 },
    ]);
    t.deepEqual(once, alerts);
  }
});

test("the profile's rule decides: two looks of four are no alert, three of four are", async (t) => {
  const fly = async (sure: readonly number[]): Promise<number | undefined> => {
    const { model } = greenEye(sure);
    return (await flown(passOver(plot), { model, section, thresholds: [0.6] })).alerts[0]?.found;
  };
  t.is(await fly([0.9, 0.9, 0, 0]), 0);
  t.is(await fly([0.9, 0.9, 0, 0.9]), 1);
  const one = cameraProfile.parse({ ...section, rules: section.rules.map((rule) => ({ ...rule, minLooks: 1 })) });
  const { model } = greenEye([0.9, 0, 0, 0]);
  t.is((await flown(passOver(plot), { model, section: one, thresholds: [0.6] })).alerts[0]?.found, 1);
});

test('what is no plot and is found in every look is one false alert', async (t) => {
  const { model } = greenEye([0.9, 0.9, 0.9, 0.9]);
  const { alerts, where } = await flown(passOver({ ...plot }), { model, section, thresholds: [0.6] });
  t.deepEqual(alerts, [{ plots: 0, found: 0, false: 1 }]);
  t.deepEqual(where, ['a real tile']);
});

test('looks that could raise nothing any more are not taken', async (t) => {
  const empty = greenEye([0, 0, 0, 0]);
  t.deepEqual((await flown(passOver(null), { model: empty.model, section, thresholds: [0.6] })).alerts, [
    { plots: 0, found: 0, false: 0 },
  ]);
  // Three looks make an alert, and after two that showed nothing only two are left.
  t.is(empty.asked(), 2);
});

test('the box is told a height and a place that are off, by no more than its receiver says', (t) => {
  const scales = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
    const look = passOver(plot, seed).look(0);
    const { gsdCm } = vantageOf(look.scene(section));
    return (gsdCm ?? 0) / look.gsdCm;
  });
  t.true(scales.every((scale) => Math.abs(scale - 1) < 0.05));
  t.true(new Set(scales).size > 4);
});
