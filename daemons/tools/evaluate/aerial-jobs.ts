/** The measuring of a plot detector in pieces that any thread may do: each is its seed and what is made of it. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { VisionModel } from '../../core/model/vision.ts';
import type { Pictures } from '../../core/ports/pictures.ts';
import type { Picture, PixelBox } from '../../core/values/frame.ts';
import { excessGreen, vegetationMask } from '../../core/vision/vegetation.ts';
import type { Season } from '../simulate/aerial/palette.ts';
import { composited, country, flightFrame, type Shot } from './aerial-scenes.ts';
import { type Counted, count, nothingCounted } from './aerial-sightings.ts';

export type Job =
  | { readonly kind: 'country'; readonly seed: number; readonly sideM: number }
  | { readonly kind: 'flight' | 'set'; readonly seed: number; readonly season: Season; readonly gsdM: number }
  | { readonly kind: 'tile'; readonly tile: number };

export interface Done {
  readonly job: Job;
  /** For each threshold. */
  readonly counted: readonly Counted[];
  readonly km2: number;
  /** On which land false sightings at the first threshold lie. */
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
}

export async function done(job: Job, { model, tiles, thresholds }: Bench): Promise<Done> {
  const counted = thresholds.map(nothingCounted);
  const shot = shotOf(job, tiles);
  const wrong = await count(model, shot, thresholds, counted);
  const { landAt } = shot;
  const where = landAt ? wrong.map(({ box }) => landAt(box)) : [];
  const km2 = (shot.picture.width * shot.picture.height * (shot.gsdCm / 100) ** 2) / 1e6;
  // A mask is the same at any scale; the coarsest is the quickest.
  const masked = job.kind === 'flight' && shot.gsdCm > 9;
  return { job, counted, km2, where, mask: masked ? maskOf(shot) : null };
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

function maskOf({ picture, green }: Shot): { otsu: number; fixed: number } {
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
