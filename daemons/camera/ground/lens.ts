/**
 * The lens: pinhole with Brown-Conrady distortion (D. C. Brown, Photogrammetric Engineering 37, 1971), in the order and signs
 * that OpenCV's calibration gives: k1, k2, k3 radial, p1, p2 tangential. Camera frame: x right, y down, z into the picture.
 */

export interface Lens {
  /** The picture that it was calibrated for, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  readonly k1: number;
  readonly k2: number;
  readonly k3: number;
  readonly p1: number;
  readonly p2: number;
}

export type Plane = readonly [x: number, y: number];

/** Where a point of the ideal picture (at distance 1) comes to lie in the real one, with the four slopes of that. */
function bent({ k1, k2, k3, p1, p2 }: Lens, [x, y]: Plane) {
  const r2 = x * x + y * y;
  const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3));
  const slope = 2 * (k1 + r2 * (2 * k2 + 3 * r2 * k3));
  return {
    at: [
      x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x),
      y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y,
    ] as const,
    xx: radial + x * x * slope + 2 * p1 * y + 6 * p2 * x,
    xy: x * y * slope + 2 * p1 * x + 2 * p2 * y,
    yy: radial + y * y * slope + 6 * p1 * y + 2 * p2 * x,
  };
}

/** The pixel that sees a direction of the camera frame; null behind the camera, or beyond where the lens is described. */
export function pixelOf(lens: Lens, [x, y, z]: readonly [number, number, number]): Plane | null {
  if (z <= 0) return null;
  const ideal = [x / z, y / z] as const;
  const { at, xx, xy, yy } = bent(lens, ideal);
  if (!isOpening(lens, ideal) || xx * yy - xy * xy <= 0) return null;
  return [lens.fx * at[0] + lens.cx, lens.fy * at[1] + lens.cy];
}

/** Whether the distorted radius grows all the way out to here: beyond that two directions share a pixel. */
function isOpening({ k1, k2, k3 }: Lens, [x, y]: Plane): boolean {
  const r2 = x * x + y * y;
  for (let i = 1; i <= 8; i++) {
    const s = (r2 * i) / 8;
    if (1 + s * (3 * k1 + s * (5 * k2 + s * 7 * k3)) <= 0) return false;
  }
  return true;
}

/** The direction [x, y, 1] that a pixel sees, by Newton's method; null where the lens' description does not reach. */
export function directionOf(lens: Lens, [u, v]: Plane): readonly [number, number, 1] | null {
  const aim = [(u - lens.cx) / lens.fx, (v - lens.cy) / lens.fy] as const;
  let [x, y] = aim;
  for (let i = 0; i < 20; i++) {
    const { at, xx, xy, yy } = bent(lens, [x, y]);
    const [ex, ey] = [aim[0] - at[0], aim[1] - at[1]];
    if (Math.abs(ex) + Math.abs(ey) < 1e-12) return isOpening(lens, [x, y]) ? [x, y, 1] : null;
    const determinant = xx * yy - xy * xy;
    if (!(determinant > 1e-3)) return null;
    x += (yy * ex - xy * ey) / determinant;
    y += (xx * ey - xy * ex) / determinant;
  }
  return null;
}
