/** The ground that a profile names: level, or the elevation tiles of a folder. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Spot } from '../../core/geo/local.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { CameraProfile } from '../config.ts';
import { type Elevation, heightIn, readHgt, spacingOf } from './elevation.ts';
import { readGeoTiff } from './geotiff.ts';
import type { Ground } from './terrain.ts';

/** Tiles of one arc second have 52 MB in memory: four hold every flight of a box. */
const mostTiles = 4;
const mostFileBytes = 64 * 2 ** 20;

/** Errors: Fault `config` for a folder without tiles, with too many, or with a tile that cannot be read. */
export function groundFrom(section: CameraProfile['ground']): Ground {
  if (section.kind === 'flat') return { kind: 'flat', aboveSeaM: section.aboveSeaM ?? null, uM: section.uM };
  return groundOf(section.folder, tilesIn(section.folder), section.uM);
}

function groundOf(folder: string, tiles: readonly Elevation[], uM: number): Ground {
  const highestM = tiles.reduce(
    (most, { heights }) => heights.reduce((high, one) => (one > high ? one : high), most),
    Number.NEGATIVE_INFINITY,
  );
  if (!Number.isFinite(highestM))
    throw new Fault('config', `${folder}: no tile in it knows a height; must hold SRTM tiles (.hgt) or GeoTIFF files`);
  return {
    kind: 'tiles',
    uM,
    highestM,
    spacingM: Math.min(...tiles.map(spacingOf)),
    heightAt: (at: Spot) => {
      for (const tile of tiles) {
        const height = heightIn(tile, at);
        if (height !== null) return height;
      }
      return null;
    },
  };
}

function tilesIn(folder: string): readonly Elevation[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => /\.(hgt|tiff?)$/i.test(name));
  } catch (error) {
    throw new Fault(
      'config',
      `${folder}: cannot be read (${(error as NodeJS.ErrnoException).code}); must be a folder of elevation tiles`,
      error,
    );
  }
  if (names.length === 0 || names.length > mostTiles)
    throw new Fault(
      'config',
      `${folder}: has ${names.length} elevation tiles; must have 1 to ${mostTiles}, those of the area that is flown`,
    );
  return names.sort().map((name) => {
    const file = path.join(folder, name);
    const { size } = statSync(file);
    if (size > mostFileBytes)
      throw new Fault('config', `${file}: has ${size} bytes; must have ${mostFileBytes} at the most`);
    return /\.hgt$/i.test(name) ? readHgt(file, readFileSync(file)) : readGeoTiff(file, readFileSync(file));
  });
}
