/** The measuring of a plot detector in pieces that any thread may do: each is its seed and what is made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { CameraProfile } from '../../camera/config.ts';
import type { VisionModel } from '../../core/model/vision.ts';
import type { Pictures } from '../../core/ports/pictures.ts';
import type { Picture, PixelBox } from '../../core/values/frame.ts';
import { excessGreen, vegetationMask } from '../../core/vision/vegetation.ts';
import type { Season } from '../simulate/aerial/palette.ts';
import { extentOf } from '../simulate/aerial/plot.ts';
import { sceneOf } from '../simulate/aerial/scene.ts';
import { flown } from './aerial-flown.ts';
import { type Pass, type Passing, passOver, passOverPicture } from './aerial-passes.ts';
import { composited, country, flightFrame, flightOver, type Shot } from './aerial-scenes.ts';
import { type Counted, count, nothingCounted } from './aerial-sightings.ts';

/** With `passing` a flight over it, judged by its alerts; without it one picture at a scale that is known, judged by its sightings. */
export type Job = (
  | { readonly kind: 'country'; readonly seed: number; readonly sideM: number }
  | { readonly kind: 'flight' | 'set'; readonly seed: number; readonly season: Season; readonly gsdM: number }
  | { readonly kind: 'tile'; readonly tile: number }
) & { readonly passing?: Passing };

export interface Done {
  readonly job: Job;
  /** For each threshold: of the flight, and of its first picture alone. */
  readonly counted: readonly Counted[];
  readonly once: readonly Counted[];
  /** Ground that every picture shows. */
  readonly km2: number;
  /** On which land what is false at the first threshold lies. */
  readonly where: readonly string[];
  /** Intersection over union of the vegetation mask with the leaves that were drawn: by Otsu, and by a fixed 0. */
  readonly mask: { readonly otsu: number; readonly fixed: number } | null;
}

export interface RealTile {
  readonly name: string;
  readonly picture: Picture;
  readonly gsdM: number;
  /** Of the drone frame the scale is not documented. */
  readonly assumed: boolean;
}

/** NEON tiles (PNG) have 10 cm a pixel; what the drone frame (JPEG) has is not written anywhere: 5 cm are assumed. */
export function realTiles(data: string, pictures: Pictures): RealTile[] {
  const folder = path.join(data, 'aerial');
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => /\.(png|jpe?g)$/i.test(name))
    .toSorted()
    .map((name) => {
      const picture = pictures.decode(readFileSync(path.join(folder, name)), path.join(folder, name));
      const known = name.endsWith('.png');
      return { name, picture, gsdM: known ? 0.1 : 0.05, assumed: !known };
    });
}

export interface Bench {
  readonly model: VisionModel;
  readonly tiles: readonly RealTile[];
  readonly thresholds: readonly number[];
  /** What flights are judged by. */
  readonly section: CameraProfile;
}

export async function done(job: Job, bench: Bench): Promise<Done> {
  const { model, tiles, thresholds, section } = bench;
  const pass = job.passing && passOf(job, job.passing, tiles);
  if (pass) {
    const { alerts, once, where, first } = await flown(pass, { model, section, thresholds });
    const shown = { job, counted: alerts, km2: pass.km2, where, mask: maskOf(job, first) };
    // Of a real tile a flight leaves out the edges, and there is little enough of it.
    return { ...shown, once: job.kind === 'tile' ? (await done({ kind: 'tile', tile: job.tile }, bench)).once : once };
  }
  const counted = thresholds.map(nothingCounted);
  const shot = shotOf(job, tiles);
  const wrong = await count(model, shot, thresholds, counted);
  const { landAt } = shot;
  const where = landAt ? wrong.map(({ box }) => landAt(box)) : [];
  const km2 = (shot.picture.width * shot.picture.height * (shot.gsdCm / 100) ** 2) / 1e6;
  return { job, counted, once: counted, km2, where, mask: maskOf(job, shot) };
}

/** Pixels of the country that a picture of it shows at once: seven windows of the network, with their overlaps. */
const countryPx = 1760;

function passOf(job: Job, passing: Passing, tiles: readonly RealTile[]): Pass {
  switch (job.kind) {
    case 'country': {
      const size = { width: countryPx, height: countryPx, gsdM: 0.1 };
      return passOver(sceneOf({ seed: job.seed, sideM: job.sideM, plots: 0 }), passing, { ...size, plots: [] });
    }
    case 'flight': {
      const { land, view } = flightOver(job);
      return passOver(land, passing, { ...view, plots: land.plots.map(extentOf) });
    }
    case 'set': {
      const { picture, plots } = shotOf(job, tiles);
      return passOverPicture(picture, passing, { seed: job.seed, gsdM: job.gsdM, plots });
    }
    case 'tile': {
      const { picture, gsdM } = tiles[job.tile] as RealTile;
      return passOverPicture(picture, passing, { seed: 23_000_000 + job.tile, gsdM, plots: [] });
    }
  }
}

function shotOf(job: Job, tiles: readonly RealTile[]): Shot & { landAt?(box: PixelBox): string } {
  switch (job.kind) {
    case 'country':
      return country(job.seed, job.sideM);
    case 'flight':
      return flightFrame(job);
    case 'set': {
      const known = tiles.filter(({ assumed }) => !assumed);
      const tile = known[job.seed % known.length] as RealTile;
      return composited(tile.picture, tile.gsdM, job);
    }
    case 'tile': {
      const { picture, gsdM } = tiles[job.tile] as RealTile;
      return { picture, gsdCm: 100 * gsdM, plots: [], green: new Uint8Array() };
    }
  }
}

/** A mask is the same at any scale; the coarsest is the quickest. */
function maskOf(job: Job, { picture, green, gsdCm }: Pick<Shot, 'picture' | 'green' | 'gsdCm'>): Done['mask'] {
  if (job.kind !== 'flight' || gsdCm < 9) return null;
  const field = excessGreen(picture);
  const iou = (mask: ArrayLike<number>): number => {
    let [both, either] = [0, 0];
    for (let i = 0; i < green.length; i++) {
      if (mask[i] && green[i]) both++;
      if (mask[i] || green[i]) either++;
    }
    return either === 0 ? 1 : both / either;
  };
  return { otsu: iou(vegetationMask(field)), fixed: iou(field.values.map((value) => Number(value > 0))) };
}
