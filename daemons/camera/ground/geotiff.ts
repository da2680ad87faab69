/**
 * Elevation tiles as GeoTIFF (TIFF 6.0; OGC 19-008r4), the subset that elevation comes in: one band of 16-bit whole numbers or
 * 32-bit floats in WGS 84 degrees, strips or tiles, plain or deflated, predictors 1 to 3. All else is refused by name, with
 * the gdal_translate that makes it one of these.
 */
import { inflateSync } from 'node:zlib';
import { Fault } from '../../core/ports/fault.ts';
import { type Elevation, isHeight } from './elevation.ts';
import { type Tags, tagsOf } from './tiff-tags.ts';

/** As many points as an SRTM tile of one arc second has. */
const mostPoints = 3601 * 3601;

interface Layout {
  readonly width: number;
  readonly height: number;
  /** Of a strip or a tile. */
  readonly across: number;
  readonly down: number;
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
  readonly bytes: 2 | 4;
  readonly isFloat: boolean;
  readonly isSigned: boolean;
  readonly isDeflated: boolean;
  readonly predictor: number;
}

const wrong = (name: string, what: string, right: string): Fault => new Fault('config', `${name}: ${what}; ${right}`);
const remake = 'gdal_translate -ot Float32 -co COMPRESS=DEFLATE makes one that is read';

/** Errors: Fault `config` with the file and what is wrong with it. */
export function readGeoTiff(name: string, bytes: Uint8Array): Elevation {
  const { tags, isLittle } = tagsOf(name, bytes);
  const layout = layoutOf(name, tags);
  const { width, height, across, down, offsets } = layout;
  const heights = new Float32Array(width * height).fill(Number.NaN);
  const blank = Number(tags.text(42113) ?? Number.NaN);
  const columns = Math.ceil(width / across);
  offsets.forEach((_, i) => {
    const values = chunk(name, bytes, { layout, isLittle, i });
    const [x0, y0] = [(i % columns) * across, Math.floor(i / columns) * down];
    for (let y = 0; y < Math.min(down, height - y0); y++)
      for (let x = 0; x < Math.min(across, width - x0); x++) {
        const metres = values(y * across + x);
        if (metres !== blank && isHeight(metres)) heights[(y0 + y) * width + x0 + x] = metres;
      }
  });
  return { ...placeOf(name, tags), columns: width, rows: height, heights };
}

function layoutOf(name: string, tags: Tags): Layout {
  const one = (tag: number, usual?: number): number => tags.numbers(tag)?.[0] ?? usual ?? Number.NaN;
  const [width, height] = [one(256), one(257)];
  if (!(width >= 2 && height >= 2 && width * height <= mostPoints))
    throw wrong(name, `has ${width} by ${height} points`, `must have 2 by 2 to ${mostPoints} in all`);
  return { width, height, ...kindOf(name, one), ...piecesOf(name, tags, { width, height }) };
}

type Kind = Pick<Layout, 'bytes' | 'isFloat' | 'isSigned' | 'isDeflated' | 'predictor'>;

function kindOf(name: string, one: (tag: number, usual?: number) => number): Kind {
  const [bits, format, samples] = [one(258), one(339, 1), one(277, 1)];
  const isFloat = format === 3 && bits === 32;
  if (samples !== 1 || !(isFloat || (bits === 16 && (format === 1 || format === 2))))
    throw wrong(name, `has ${samples} bands of ${bits} bits in format ${format}`, remake);
  const compression = one(259, 1);
  const isDeflated = compression === 8 || compression === 32946;
  if (compression !== 1 && !isDeflated) throw wrong(name, `is compressed by method ${compression}`, remake);
  const predictor = one(317, 1);
  if (![1, isFloat ? 3 : 2].includes(predictor)) throw wrong(name, `has predictor ${predictor}`, remake);
  return { bytes: isFloat ? 4 : 2, isFloat, isSigned: format === 2, isDeflated, predictor };
}

function piecesOf(
  name: string,
  tags: Tags,
  { width, height }: { readonly width: number; readonly height: number },
): Pick<Layout, 'across' | 'down' | 'offsets' | 'counts'> {
  const first = (tag: number, usual: number): number => tags.numbers(tag)?.[0] ?? usual;
  const isTiled = tags.numbers(322) !== null;
  const [across, down] = isTiled ? [first(322, 0), first(323, 0)] : [width, Math.min(height, first(278, height))];
  const [offsets, counts] = [tags.numbers(isTiled ? 324 : 273) ?? [], tags.numbers(isTiled ? 325 : 279) ?? []];
  const isSize = across >= 1 && down >= 1 && across * down <= 4 * mostPoints;
  const wanted = isSize ? Math.ceil(width / across) * Math.ceil(height / down) : 0;
  if (!isSize || offsets.length !== wanted || counts.length !== wanted)
    throw wrong(name, `has ${offsets.length} pieces of ${across} by ${down}`, `must have ${wanted}`);
  return { across, down, offsets, counts };
}

interface Piece {
  readonly layout: Layout;
  readonly isLittle: boolean;
  readonly i: number;
}

/** The values of one strip or tile. The last strip may be shorter: what is not there is no number. */
function chunk(name: string, file: Uint8Array, { layout, isLittle, i }: Piece): (at: number) => number {
  const { across, down, bytes, isDeflated, predictor, isFloat, isSigned } = layout;
  const [from = 0, count = 0] = [layout.offsets[i], layout.counts[i]];
  if (from + count > file.length)
    throw wrong(name, `ends at ${file.length}, inside piece ${i}`, 'it is cut off: fetch it again');
  let data = Uint8Array.from(file.subarray(from, from + count));
  if (isDeflated) {
    try {
      data = new Uint8Array(inflateSync(data, { maxOutputLength: across * down * bytes }));
    } catch (error) {
      throw wrong(
        name,
        `piece ${i} does not inflate to ${across} by ${down} points`,
        `it is damaged: fetch it again (${(error as Error).message})`,
      );
    }
  }
  // Predictor 3 leaves the bytes of a float from the most significant on, whatever the file's order.
  if (predictor === 3) data = unpredicted(data, across);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const little = predictor === 3 ? false : isLittle;
  const raw = (at: number): number => {
    if ((at + 1) * bytes > data.length) return Number.NaN;
    if (isFloat) return view.getFloat32(at * bytes, little);
    return isSigned ? view.getInt16(at * bytes, little) : view.getUint16(at * bytes, little);
  };
  if (predictor !== 2) return raw;
  const whole = isSigned ? new Int16Array(across * down) : new Uint16Array(across * down);
  // Each is the difference to its left neighbour, modulo 2^16: the array itself wraps.
  for (let at = 0; at < whole.length; at++) whole[at] = (at % across === 0 ? 0 : (whole[at - 1] ?? 0)) + raw(at);
  return (at) => ((at + 1) * bytes > data.length ? Number.NaN : (whole[at] ?? Number.NaN));
}

/** Adobe's floating point predictor (TIFF Technical Note 3): rows of byte planes, each byte the difference to the one before. */
function unpredicted(data: Uint8Array, across: number): Uint8Array<ArrayBuffer> {
  const row = 4 * across;
  const out = new Uint8Array(data.length);
  for (let start = 0; start + row <= data.length; start += row) {
    for (let i = 1; i < row; i++) data[start + i] = ((data[start + i] ?? 0) + (data[start + i - 1] ?? 0)) & 255;
    for (let x = 0; x < across; x++)
      for (let plane = 0; plane < 4; plane++) out[start + 4 * x + plane] = data[start + plane * across + x] ?? 0;
  }
  return out;
}

/** Model type geographic, its system WGS 84; whether a point is the middle of a pixel or its corner. */
function placeOf(name: string, tags: Tags): Pick<Elevation, 'north' | 'west' | 'stepLat' | 'stepLon'> {
  const keys = tags.numbers(34735) ?? [];
  const key = (id: number): number | undefined => {
    for (let i = 4; i + 3 < keys.length; i += 4) if (keys[i] === id) return keys[i + 3];
    return undefined;
  };
  const [model, system] = [key(1024), key(2048)];
  if (model !== 2 || system !== 4326)
    throw wrong(
      name,
      `is in model ${model}, system ${system}`,
      'must be in degrees of WGS 84: gdalwarp -t_srs EPSG:4326',
    );
  const [stepLon = Number.NaN, stepLat = Number.NaN] = tags.numbers(33550) ?? [];
  const [i = 0, j = 0, , lon = Number.NaN, lat = Number.NaN] = tags.numbers(33922) ?? [];
  if (!(stepLon > 0 && stepLat > 0 && stepLon < 1 && stepLat < 1 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180))
    throw wrong(
      name,
      `lies at ${lat}, ${lon} with steps of ${stepLat}, ${stepLon}`,
      'must say its place in degrees, north up',
    );
  const half = key(1025) === 2 ? 0 : 0.5;
  return { north: lat + (j - half) * stepLat, west: lon + (half - i) * stepLon, stepLat, stepLon };
}
