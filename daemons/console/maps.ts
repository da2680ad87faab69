import { readdirSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { PMTiles, type Source, TileType } from 'pmtiles';
import * as z from 'zod';
import { Fault } from '../core/ports/fault.ts';

/** A region's base map: one PMTiles file (v3), as the page is told of it. */
export interface RegionMap {
  readonly name: string;
  readonly url: string;
  readonly kind: 'vector' | 'raster';
  readonly minZoom: number;
  readonly maxZoom: number;
  /** West, south, east, north in degrees. */
  readonly bounds: readonly [number, number, number, number];
  readonly attribution: string;
  /** Names of the layers of a vector map. */
  readonly layers: readonly string[];
}

export interface MapFile {
  readonly map: RegionMap;
  readonly file: string;
}

const metadata = z.object({
  name: z.string().optional(),
  attribution: z.string().optional(),
  vector_layers: z.array(z.object({ id: z.string() })).optional(),
});

const raster: readonly TileType[] = [TileType.Png, TileType.Jpeg, TileType.Webp, TileType.Avif];

/**
 * Looks at a PMTiles file, or at every one in a folder. Errors: Fault `config` that names the file: a map that was asked for
 * and cannot be shown must be known before the operators rely on it.
 */
export async function findMaps(given: string): Promise<readonly MapFile[]> {
  const files = filesAt(given);
  return Promise.all(files.map(async (file, index) => ({ file, map: await describeMap(file, index) })));
}

function filesAt(given: string): string[] {
  const stat = statSync(given, { throwIfNoEntry: false });
  if (!stat)
    throw new Fault('config', `map ${given}: no such file or folder; must be a .pmtiles file or a folder of them`);
  if (!stat.isDirectory()) return [given];
  const names = readdirSync(given).filter((name) => name.endsWith('.pmtiles'));
  return names.sort().map((name) => path.join(given, name));
}

async function describeMap(file: string, index: number): Promise<RegionMap> {
  const handle = await open(file, 'r').catch((error: Error) => {
    throw new Fault('config', `map ${file}: cannot be read: ${error.message}`, error);
  });
  try {
    const archive = new PMTiles(fileSource(handle, (await handle.stat()).size, file));
    const header = await archive.getHeader();
    const kind = header.tileType === TileType.Mvt ? 'vector' : raster.includes(header.tileType) ? 'raster' : null;
    if (!kind) throw new Error(`tile type ${header.tileType} is not one this page draws`);
    const said = metadata.safeParse(await archive.getMetadata()).data ?? {};
    return {
      name: said.name ?? path.basename(file, '.pmtiles'),
      // The number keeps two files of the same name apart, and nothing of the path is told.
      url: `/maps/${index}.pmtiles`,
      kind,
      minZoom: header.minZoom,
      maxZoom: header.maxZoom,
      bounds: [header.minLon, header.minLat, header.maxLon, header.maxLat],
      attribution: said.attribution ?? '',
      layers: (said.vector_layers ?? []).map((layer) => layer.id),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Fault('config', `map ${file}: ${why}; must be a PMTiles version 3 file with MVT or image tiles`, error);
  } finally {
    await handle.close();
  }
}

/** Offsets and lengths come out of the file itself: what points outside of it is refused before it is allocated or read. */
const fileSource = (handle: FileHandle, size: number, key: string): Source => ({
  getKey: () => key,
  getBytes: async (offset, length) => {
    if (!(offset >= 0 && offset < size && length >= 0)) throw new Error('its header points outside of the file');
    // The first read asks for more than a small file has.
    const buffer = new ArrayBuffer(Math.min(length, size - offset));
    const { bytesRead } = await handle.read(new Uint8Array(buffer), 0, buffer.byteLength, offset);
    return { data: buffer.slice(0, bytesRead) };
  },
});
