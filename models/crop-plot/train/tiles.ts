/** Rendered tiles with the truth of their cells: by a seed, so that a seed of the hold-out is never one of the training. */

import type { Picture } from '../../../daemons/core/values/frame.ts';
import { resize, wholeOf } from '../../../daemons/core/vision/resize.ts';
import { opticsOf, photographed } from '../../../daemons/tools/simulate/aerial/camera.ts';
import { sceneOf } from '../../../daemons/tools/simulate/aerial/scene.ts';
import { seen } from '../../../daemons/tools/simulate/aerial/seen.ts';
import { diceOf } from '../../../daemons/tools/simulate/dice.ts';
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
const aroundM = 2;
/** Cells of a plot, and cells of none, by the share of them that its plants and their gaps take. */
const share = { plot: 0.5, none: 0.05 } as const;

export function tileOf(seed: number, side: number): Tile {
  const dice = diceOf(seed ^ 0x27d4eb2f);
  const hasPlot = dice.chance(0.5);
  // Heights above ground are known to a tenth or so.
  const scale = dice.between(0.87, 1.15);
  const sideM = side * workM * scale;
  const scene = sceneOf({
    ...{ seed, sideM: sideM + 2 * aroundM, plots: hasPlot ? 1 : 0 },
    marginM: -sideM * dice.between(0, 0.3),
  });
  // Frames from lower down show more than the network is shown of them.
  const finer = dice.weighted([7, 2, 1]) + 1;
  const view = { x0: aroundM, y0: aroundM, width: side * finer, height: side * finer, gsdM: (workM * scale) / finer };
  const sight = seen(scene, view);
  const photo = photographed(sight, opticsOf(dice));
  const picture = resize(photo, wholeOf(photo), { width: side, height: side }, 'area');
  return { picture, cells: cellsOf(sight.plot, side / stride, stride * finer), hasPlot };
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
