/** Rendered tiles with the truth of their cells: by a seed, so that a seed of the hold-out is never one of the training. */

import type { Picture } from '../../../daemons/core/values/frame.ts';
import { resize, wholeOf } from '../../../daemons/core/vision/resize.ts';
import { opticsOf, photographed } from '../../../daemons/tools/simulate/aerial/camera.ts';
import type { View } from '../../../daemons/tools/simulate/aerial/canvas.ts';
import type { Use } from '../../../daemons/tools/simulate/aerial/land.ts';
import { extentOf, type Plot, plotAt } from '../../../daemons/tools/simulate/aerial/plot.ts';
import { type Scene, sceneOf } from '../../../daemons/tools/simulate/aerial/scene.ts';
import { planted, plotMask, type Seen, seen } from '../../../daemons/tools/simulate/aerial/seen.ts';
import { type Dice, diceOf } from '../../../daemons/tools/simulate/dice.ts';
import { stride } from './net.ts';

/** What a pixel covers on the ground when the network looks, metres: a plant of half a metre is five pixels then. */
export const workM = 0.1;

export interface Tile {
  readonly picture: Picture;
  /** Of each cell: 1 a plot, 0 none, -1 the edge of one, which is neither. */
  readonly cells: Int8Array;
  readonly hasPlot: boolean;
}

/** Land around a tile whose trees and shadows reach into it, metres. */
const aroundM = 4;
/** So many times a tile's side the land goes on: where patches meet there are corners and ends of rows, as on a flight. */
const landSides = 3;
/** So far from the middle of a tile its plot may have its own, in sides of the tile. */
const offMiddle = 0.4;

/** Half of the tiles lie where more grows that was taken for a plot: what stands in rows, and what stands alone. */
const confusing: Readonly<Record<Use, number>> = {
  ...{ forest: 1, wood: 2, shrub: 8, meadow: 2, bare: 2.5, rocks: 2, water: 0.2, felled: 2, plantation: 1.5 },
  ...{ orchard: 4, vineyard: 7, hedges: 3, ploughed: 0.7, field: 0.7, lawn: 0.5, village: 1, glass: 0.3, solar: 0.5 },
  cars: 0.5,
};

/** Cells of a plot, and cells of none, by the share of them that its plants and their gaps take. */
const share = { plot: 0.5, none: 0.05 } as const;

/** Plots for which nothing was cleared: set between and upon whatever grows there. */
const uncleared = 0.15;

export function tileOf(seed: number, side: number): Tile {
  const dice = diceOf(seed ^ 0x27d4eb2f);
  const hasPlot = dice.chance(0.5);
  const isSet = hasPlot && dice.chance(uncleared);
  // Heights above ground are known to a tenth or so.
  const scale = dice.between(0.87, 1.15);
  const sideM = side * workM * scale;
  const landM = landSides * sideM + 2 * aroundM;
  const scene = sceneOf({
    ...{ seed, sideM: landM, plots: hasPlot && !isSet ? 1 : 0, marginM: landM / 3 },
    ...(dice.chance(0.5) ? { often: confusing } : {}),
  });
  const plot = isSet ? plotAt(landM / 2, landM / 2, scene.season, dice) : scene.plots[0];
  // Frames from lower down show more than the network is shown of them.
  const finer = dice.weighted([7, 2, 1]) + 1;
  const [x0, y0] = cornerOf(plot, { sideM, landM, dice });
  const view = { x0, y0, width: side * finer, height: side * finer, gsdM: (workM * scale) / finer };
  const sight = isSet && plot ? setInto(seen(scene, view), view, { plot, scene, dice }) : seen(scene, view);
  const photo = photographed(sight, opticsOf(dice));
  const picture = resize(photo, wholeOf(photo), { width: side, height: side }, 'area');
  return { picture, cells: cellsOf(sight.plot, side / stride, stride * finer), hasPlot };
}

function setInto(
  { width, height, rgb }: Seen,
  view: View,
  { plot, scene: { season, sun }, dice }: { readonly plot: Plot; readonly scene: Scene; readonly dice: Dice },
): Pick<Seen, 'width' | 'height' | 'rgb' | 'plot'> {
  const ground = { width, height, rgb: new Uint8Array(rgb.buffer) };
  const painted = planted(ground, view, { plot, season, sun, dice });
  return { width, height, rgb: new Uint8ClampedArray(painted.buffer), plot: plotMask([plot], view) };
}

/** Anywhere, or with the plot in it. */
function cornerOf(
  plot: Plot | undefined,
  { sideM, landM, dice }: { readonly sideM: number; readonly landM: number; readonly dice: Dice },
): readonly [number, number] {
  const most = landM - sideM - aroundM;
  if (!plot) return [dice.between(aroundM, most), dice.between(aroundM, most)];
  const { x0, y0, x1, y1 } = extentOf(plot);
  const along = (middle: number): number => {
    const corner = middle + sideM * (dice.between(-offMiddle, offMiddle) - 0.5);
    return Math.max(aroundM, Math.min(most, corner));
  };
  return [along((x0 + x1) / 2), along((y0 + y1) / 2)];
}

function cellsOf(plot: Uint8Array, across: number, pixels: number): Int8Array {
  const covered = new Int32Array(across * across);
  for (let y = 0; y < across * pixels; y++)
    for (let x = 0; x < across * pixels; x++)
      if (plot[y * across * pixels + x]) {
        const cell = Math.floor(y / pixels) * across + Math.floor(x / pixels);
        covered[cell] = (covered[cell] as number) + 1;
      }
  return Int8Array.from(covered, (count) => {
    const of = count / (pixels * pixels);
    return of >= share.plot ? 1 : of <= share.none ? 0 : -1;
  });
}

/** As the card says: (byte - mean) / std. */
export const pixel = { mean: 127.5, std: 64 } as const;

export function valuesOf({ rgb }: Picture, into: Float32Array): Float32Array {
  for (let i = 0; i < rgb.length; i++) into[i] = ((rgb[i] as number) - pixel.mean) / pixel.std;
  return into;
}
