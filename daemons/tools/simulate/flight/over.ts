/**
 * What a camera on a drone sees of a flat country: each pixel is looked up on the ground by the plane-to-plane map that four
 * places make, which are put into the picture by Earth-centred vectors. Nothing of `camera/ground` is used: it is what is measured.
 */
import { type Metres, type Spot, spotAt } from '../../../core/geo/local.ts';
import type { Picture } from '../../../core/values/frame.ts';
import { seenAt, type TrueCamera } from '../../evaluate/aerial-truth.ts';

/** A country from straight above, north up. */
export interface Country {
  readonly middle: Spot;
  readonly aboveSeaM: number;
  readonly picture: Picture;
  readonly gsdM: number;
}

/** Haze over the horizon. */
const sky = [196, 204, 214] as const;
/** Metres from under the camera to the places that make the map. */
const reachM = 10;

/** Rows of a 3 by 3 matrix that takes [x, y, 1] of a pixel to metres north and east of the country's middle, times a third. */
type Plane = readonly number[];

/** Errors: RangeError when the camera does not see the ground under itself: no picture of this country can be made. */
export function pictureFrom(
  country: Country,
  camera: TrueCamera,
  { width, height }: { readonly width: number; readonly height: number },
): Picture {
  const [a, b, c, d, e, f, g, h] = planeOf(country, camera) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const rgb = new Uint8Array(3 * width * height);
  const { picture: ground, gsdM } = country;
  const below = g * camera.centre[0] + h * camera.centre[1] + 1;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [px, py] = [x + 0.5, y + 0.5];
      const w = g * px + h * py + 1;
      const at = 3 * (y * width + x);
      // On the other side of the horizon than the ground under the camera.
      if (w * below <= 0) rgb.set(sky, at);
      else {
        const [north, east] = [(a * px + b * py + c) / w, (d * px + e * py + f) / w];
        sample(ground, ground.width / 2 + east / gsdM - 0.5, ground.height / 2 - north / gsdM - 0.5, rgb, at);
      }
    }
  return { width, height, rgb };
}

/** Between four pixels; beyond the edge the edge goes on. */
function sample({ width, height, rgb }: Picture, x: number, y: number, out: Uint8Array, at: number): void {
  const [cx, cy] = [Math.max(0, Math.min(width - 1.001, x)), Math.max(0, Math.min(height - 1.001, y))];
  const [x0, y0] = [Math.floor(cx), Math.floor(cy)];
  const [u, v] = [cx - x0, cy - y0];
  const from = 3 * (y0 * width + x0);
  const below = from + 3 * width;
  for (let k = 0; k < 3; k++) {
    const top = (1 - u) * (rgb[from + k] as number) + u * (rgb[from + 3 + k] as number);
    const low = (1 - u) * (rgb[below + k] as number) + u * (rgb[below + 3 + k] as number);
    out[at + k] = (1 - v) * top + v * low;
  }
}

/** The eight numbers of the map: by its four pairs, solved by elimination with pivots. */
function planeOf({ middle, aboveSeaM }: Country, camera: TrueCamera): Plane {
  const rows: number[][] = [];
  for (const [n, e] of [
    [reachM, reachM],
    [reachM, -reachM],
    [-reachM, -reachM],
    [-reachM, reachM],
  ] as const) {
    const place = spotAt(camera, [n, e]);
    const pixel = seenAt(camera, { ...place, height: aboveSeaM });
    if (!pixel) throw new RangeError('the camera does not see the ground under itself');
    const [x, y] = pixel;
    const [north, east] = metresFrom(middle, place);
    rows.push([x, y, 1, 0, 0, 0, -north * x, -north * y, north], [0, 0, 0, x, y, 1, -east * x, -east * y, east]);
  }
  return solved(rows);
}

/** The inverse of `spotAt`, by asking it: so that both ways agree to a micrometre. */
function metresFrom(middle: Spot, place: Spot): Metres {
  let [n, e] = [0, 0];
  for (let i = 0; i < 4; i++) {
    const got = spotAt(middle, [n, e]);
    n += (place.lat - got.lat) * 111_132;
    e += (place.lon - got.lon) * 111_320 * Math.cos((middle.lat * Math.PI) / 180);
  }
  return [n, e];
}

function solved(rows: readonly number[][]): number[] {
  const count = rows.length;
  const m = rows.map((row) => [...row]);
  for (let k = 0; k < count; k++) {
    const pivot = m.reduce(
      (best, row, i) => (i >= k && Math.abs(row[k] ?? 0) > Math.abs(m[best]?.[k] ?? 0) ? i : best),
      k,
    );
    [m[k], m[pivot]] = [m[pivot] as number[], m[k] as number[]];
    const top = m[k] as number[];
    m.forEach((row, i) => {
      if (i === k) return;
      const times = (row[k] as number) / (top[k] as number);
      for (let j = k; j <= count; j++) row[j] = (row[j] as number) - times * (top[j] as number);
    });
  }
  return m.map((row, i) => (row[count] as number) / (row[i] as number));
}
