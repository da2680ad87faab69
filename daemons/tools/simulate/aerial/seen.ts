/** Pictures of a scene as a perfect camera straight above would take them, with the truth beside them. */
import type { Picture } from '../../../core/values/frame.ts';
import { type Dice, diceOf } from '../dice.ts';
import { type Canvas, paint, paintRound, type Sun, type View } from './canvas.ts';
import { groundOf } from './ground.ts';
import { waves } from './noise.ts';
import { grassOf, type Season, soilOf } from './palette.ts';
import type { Plot } from './plot.ts';
import type { Scene } from './scene.ts';

export interface Seen {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8ClampedArray;
  /** 1 where leaves are. */
  readonly green: Uint8Array;
  /** Number of the plot that a pixel belongs to, from 1; 0 for none. */
  readonly plot: Uint8Array;
}

/** A part of the country as a perfect camera would see it. */
export function seen(scene: Scene, view: View): Seen {
  const { width, height } = view;
  const rgb = new Uint8ClampedArray(3 * width * height);
  const canvas = canvasOf(rgb, view, { sun: scene.sun, dice: diceOf(scene.seed ^ 0x5bd1e995) });
  groundOf(scene, canvas);
  for (const plot of scene.plots) dig(canvas, plot);
  for (const thing of scene.things) paint(canvas, thing);
  return { width, height, rgb: canvas.rgb, green: canvas.green, plot: plotMask(scene.plots, view) };
}

/** Number of the plot at each pixel, from 1; 0 for none. */
export function plotMask(plots: readonly Plot[], { x0, y0, width, height, gsdM }: View): Uint8Array {
  const mask = new Uint8Array(width * height);
  plots.forEach(({ plants, reach }, i) => {
    for (const plant of plants) {
      const [cx, cy, r] = [(plant.x - x0) / gsdM, (plant.y - y0) / gsdM, reach / gsdM];
      for (let y = Math.max(0, Math.ceil(cy - r)); y < Math.min(height, cy + r); y++)
        for (let x = Math.max(0, Math.ceil(cx - r)); x < Math.min(width, cx + r); x++)
          if ((x - cx) * (x - cx) + (y - cy) * (y - cy) < r * r) mask[y * width + x] = i + 1;
    }
  });
  return mask;
}

function canvasOf(
  rgb: Uint8ClampedArray,
  view: View,
  { sun, dice }: { readonly sun: Sun; readonly dice: Dice },
): Canvas {
  const count = view.width * view.height;
  return {
    ...{ view, sun, rgb, shaded: new Uint8Array(count), green: new Uint8Array(count) },
    edge: waves(dice.between(0.25, 0.5), dice),
    leaves: waves(Math.max(dice.between(0.12, 0.3), 2 * view.gsdM), dice),
  };
}

const bare = { kind: 'round', h: 0, green: false, ragged: 0.6, depth: 0.2 } as const;

function dig(canvas: Canvas, { dug, plants }: Plot): void {
  if (dug) for (const { x, y } of plants) paintRound(canvas, { ...bare, x, y, r: dug.r, colour: dug.colour });
}

export interface Planting {
  readonly plot: Plot;
  readonly season: Season;
  readonly sun: Sun;
  readonly dice: Dice;
}

/** A plot set into a picture of other ground: half of them in a clearing, which is painted first. */
export function planted(picture: Picture, view: View, { plot, season, sun, dice }: Planting): Uint8Array {
  const rgb = new Uint8ClampedArray(picture.rgb);
  const canvas = canvasOf(rgb, view, { sun, dice });
  const colour = dice.chance(0.5) ? soilOf(dice) : grassOf(season, dice);
  if (dice.chance(0.5))
    for (const { x, y } of plot.plants) paintRound(canvas, { ...bare, x, y, r: plot.clear, colour });
  dig(canvas, plot);
  for (const plant of plot.plants.toSorted((p, q) => p.h - q.h)) paint(canvas, plant);
  return new Uint8Array(rgb.buffer);
}
