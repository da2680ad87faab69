/**
 * What a camera really sees, by another route than the one that is measured: Earth-centred vectors and matrices, from the place
 * on the ground to the pixel. Nothing here is taken from `camera/ground`.
 */
type V3 = readonly [number, number, number];
type M3 = readonly [V3, V3, V3];

const a = 6_378_137;
const b = 6_356_752.314245179;
const rad = Math.PI / 180;

const dot = (p: V3, q: V3): number => p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
const times = (m: M3, v: V3): V3 => [dot(m[0], v), dot(m[1], v), dot(m[2], v)];
const across = (m: M3): M3 => [
  [m[0][0], m[1][0], m[2][0]],
  [m[0][1], m[1][1], m[2][1]],
  [m[0][2], m[1][2], m[2][2]],
];
const product = (m: M3, n: M3): M3 => {
  const columns = across(n);
  const row = (r: V3): V3 => [dot(r, columns[0]), dot(r, columns[1]), dot(r, columns[2])];
  return [row(m[0]), row(m[1]), row(m[2])];
};

function vectorOf(lat: number, lon: number, height: number): V3 {
  const [s, c] = [Math.sin(lat * rad), Math.cos(lat * rad)];
  const n = (a * a) / Math.sqrt(a * a * c * c + b * b * s * s);
  return [
    (n + height) * c * Math.cos(lon * rad),
    (n + height) * c * Math.sin(lon * rad),
    (((b * b) / (a * a)) * n + height) * s,
  ];
}

/** Rows: north, east, down at a place, in Earth-centred coordinates. */
function level(lat: number, lon: number): M3 {
  const [sp, cp, sl, cl] = [Math.sin(lat * rad), Math.cos(lat * rad), Math.sin(lon * rad), Math.cos(lon * rad)];
  return [
    [-sp * cl, -sp * sl, cp],
    [-sl, cl, 0],
    [-cp * cl, -cp * sl, -sp],
  ];
}

/** From the body to north, east, down: yaw, pitch, roll in degrees, as three matrices. */
export function bodyMatrix(roll: number, pitch: number, yaw: number): M3 {
  const [sr, cr] = [Math.sin(roll * rad), Math.cos(roll * rad)];
  const [sp, cp] = [Math.sin(pitch * rad), Math.cos(pitch * rad)];
  const [sy, cy] = [Math.sin(yaw * rad), Math.cos(yaw * rad)];
  return product(
    product(
      [
        [cy, -sy, 0],
        [sy, cy, 0],
        [0, 0, 1],
      ],
      [
        [cp, 0, sp],
        [0, 1, 0],
        [-sp, 0, cp],
      ],
    ),
    [
      [1, 0, 0],
      [0, cr, -sr],
      [0, sr, cr],
    ],
  );
}

export interface TrueCamera {
  readonly lat: number;
  readonly lon: number;
  readonly height: number;
  /** Roll, pitch and yaw of what carries it, and of it on that, in degrees. */
  readonly body: V3;
  readonly mount: V3;
  readonly f: readonly [number, number];
  readonly centre: readonly [number, number];
  readonly k: V3;
  readonly p: readonly [number, number];
}

/** The pixel at which a place appears; null behind the camera. */
export function seenAt(
  camera: TrueCamera,
  place: { readonly lat: number; readonly lon: number; readonly height: number },
) {
  const [from, to] = [vectorOf(camera.lat, camera.lon, camera.height), vectorOf(place.lat, place.lon, place.height)];
  const ned = times(level(camera.lat, camera.lon), [to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
  const [ahead, right, down] = times(across(product(bodyMatrix(...camera.body), bodyMatrix(...camera.mount))), ned);
  if (ahead <= 0) return null;
  const [x, y] = [right / ahead, down / ahead];
  const r = x ** 2 + y ** 2;
  // Further out than any picture the polynomial folds back into it: no lens does.
  if (r > 1) return null;
  const swell = 1 + camera.k[0] * r + camera.k[1] * r ** 2 + camera.k[2] * r ** 3;
  return [
    camera.centre[0] + camera.f[0] * (swell * x + 2 * camera.p[0] * x * y + camera.p[1] * (r + 2 * x ** 2)),
    camera.centre[1] + camera.f[1] * (swell * y + camera.p[0] * (r + 2 * y ** 2) + 2 * camera.p[1] * x * y),
  ] as const;
}

/** Metres between two places of one height, straight through. */
export function apartM(
  p: { readonly lat: number; readonly lon: number },
  q: { readonly lat: number; readonly lon: number },
): number {
  const [u, v] = [vectorOf(p.lat, p.lon, 0), vectorOf(q.lat, q.lon, 0)];
  return Math.hypot(u[0] - v[0], u[1] - v[1], u[2] - v[2]);
}
