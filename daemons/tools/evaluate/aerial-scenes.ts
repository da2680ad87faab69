/** Pictures to measure a plot detector on: rendered country and flights, and plots set into real tiles. All seeds are the caller's. */
import type { Picture, PixelBox } from '../../core/values/frame.ts';
import { resize, wholeOf } from '../../core/vision/resize.ts';
import { opticsOf, photographed } from '../simulate/aerial/camera.ts';
import type { View } from '../simulate/aerial/canvas.ts';
import type { Season } from '../simulate/aerial/palette.ts';
import { extentOf, type Plot, plotAt } from '../simulate/aerial/plot.ts';
import { mapM, type Scene, sceneOf, sunOf } from '../simulate/aerial/scene.ts';
import { planted, seen } from '../simulate/aerial/seen.ts';
import { diceOf } from '../simulate/dice.ts';

export interface Shot {
  readonly picture: Picture;
  readonly gsdCm: number;
  /** Where plots are: the square around the plants and their gaps, in pixels. */
  readonly plots: readonly PixelBox[];
  /** 1 where leaves are; empty where nobody knows. */
  readonly green: Uint8Array;
}

const boxIn = (plot: Plot, { x0, y0, gsdM }: View): PixelBox => {
  const at = extentOf(plot);
  return {
    ...{ x0: (at.x0 - x0) / gsdM, y0: (at.y0 - y0) / gsdM },
    ...{ x1: (at.x1 - x0) / gsdM, y1: (at.y1 - y0) / gsdM },
  };
};

/** Country without a plot, at the scale at which the network looks. Metres along a side. */
export function country(seed: number, sideM: number, gsdM = 0.1): Shot & { landAt(box: PixelBox): string } {
  const scene = sceneOf({ seed, sideM: sideM + 8, plots: 0 });
  const pixels = Math.round(sideM / gsdM);
  const sight = seen(scene, { x0: 4, y0: 4, width: pixels, height: pixels, gsdM });
  const picture = photographed(sight, opticsOf(diceOf(seed ^ 0x3c6ef372)));
  const landAt = ({ x0, y0, x1, y1 }: PixelBox): string => {
    const [x, y] = [4 + ((x0 + x1) / 2) * gsdM, 4 + ((y0 + y1) / 2) * gsdM];
    const patch = scene.patches[scene.map[Math.floor(y / mapM) * scene.mapSide + Math.floor(x / mapM)] ?? -1];
    return `${patch?.use} in ${scene.season}`;
  };
  return { picture, gsdCm: 100 * gsdM, plots: [], green: sight.green, landAt };
}

export interface FlightOptions {
  readonly seed: number;
  readonly season: Season;
  readonly gsdM: number;
}

const frameM = { width: 44, height: 33 } as const;

/** Land with a plot about its middle, and what a camera over the middle sees of it. */
export function flightOver({ seed, season, gsdM }: FlightOptions): { readonly land: Scene; readonly view: View } {
  const land = sceneOf({ seed, sideM: 52, season, plots: 1, marginM: 12 });
  const view: View = {
    ...{ x0: 4, y0: 9.5, gsdM },
    ...{ width: Math.round(frameM.width / gsdM), height: Math.round(frameM.height / gsdM) },
  };
  return { land, view };
}

/** One frame of a flight over one plot, which is in it whole unless it is larger than the frame. */
export function flightFrame(options: FlightOptions): Shot {
  const { seed } = options;
  const { land: scene, view } = flightOver(options);
  const { gsdM } = view;
  const sight = seen(scene, view);
  const picture = photographed(sight, opticsOf(diceOf(seed ^ 0x3c6ef372)));
  return { picture, gsdCm: 100 * gsdM, plots: scene.plots.map((plot) => boxIn(plot, view)), green: sight.green };
}

/** A rendered plot in the middle of a real tile that was taken at `tileM` a pixel, shown at `gsdM`. */
export function composited(tile: Picture, tileM: number, { seed, season, gsdM }: FlightOptions): Shot {
  const dice = diceOf(seed);
  const size = { width: Math.round((tile.width * tileM) / gsdM), height: Math.round((tile.height * tileM) / gsdM) };
  const ground = resize(tile, wholeOf(tile), size, 'bilinear-half-pixel');
  const view: View = { x0: 0, y0: 0, ...size, gsdM };
  const [x, y] = [size.width * gsdM * dice.between(0.4, 0.6), size.height * gsdM * dice.between(0.4, 0.6)];
  const plot = plotAt(x, y, season, dice);
  const rgb = planted(ground, view, { plot, season, dice, sun: sunOf(dice) });
  return { picture: { ...size, rgb }, gsdCm: 100 * gsdM, plots: [boxIn(plot, view)], green: new Uint8Array(0) };
}
