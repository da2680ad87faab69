/** Whether what was measured can bear an answer at all, and the wind that it rests on. */
import { ln } from '../../core/exact/math.ts';
import type { NotEnough } from '../../core/values/plume.ts';
import { travel } from './response.ts';
import type { Row } from './row.ts';

export const limits = {
  /** Below this the air has no direction and Gaussian plumes do not hold, m/s. */
  calmMs: 0.5,
  /** Rows with moving air before anything is said. */
  rows: 12,
  /** Share of calm rows beyond which the wind is called calm. */
  calmShare: 0.5,
  /**
   * Degrees by which the wind must have varied, or, as seen across it, metres over which the instruments must be spread:
   * one direction and one place leave the whole line upwind open.
   */
  spreadDeg: 8,
  acrossM: 10,
  /** Log likelihood, tempered, by which a source must explain more than none: 3 is odds of 20 to 1. */
  gain: 3,
  /** Share of the probability in the outermost cells beyond which the source may lie outside. */
  edge: 0.2,
} as const;

/** Plain sums, of the same size however long it runs. */
export interface Support {
  readonly rows: number;
  readonly calm: number;
  readonly speed: number;
  readonly east: number;
  readonly north: number;
  /** Sums over the places that were looked at, from the first one: metres, squares, and their count. */
  readonly first: { readonly x: number; readonly y: number } | null;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
  readonly places: number;
}

export const freshSupport: Support = {
  rows: 0,
  calm: 0,
  speed: 0,
  east: 0,
  north: 0,
  first: null,
  x: 0,
  y: 0,
  xx: 0,
  xy: 0,
  yy: 0,
  places: 0,
};

export const isCalm = ({ wind }: Row): boolean => !(wind.speedMs >= limits.calmMs);

export function supported(state: Support, row: Row): Support {
  if (isCalm(row)) return { ...state, calm: state.calm + 1 };
  const [east, north] = travel(row.wind.fromDeg);
  const seen = row.looks.flatMap(({ at, to }) => (to ? [at, to] : [at]));
  const first = state.first ?? (seen[0] ? { x: seen[0].x, y: seen[0].y } : null);
  let { x, y, xx, xy, yy, places } = state;
  for (const place of seen) {
    const [dx, dy] = [place.x - (first?.x ?? 0), place.y - (first?.y ?? 0)];
    x += dx;
    y += dy;
    xx += dx * dx;
    xy += dx * dy;
    yy += dy * dy;
    places++;
  }
  const speed = state.speed + row.wind.speedMs;
  const moved = { rows: state.rows + 1, calm: state.calm, speed, east: state.east + east, north: state.north + north };
  return { ...moved, first, x, y, xx, xy, yy, places };
}

const degPerRad = 57.29577951308232;

/** Circular standard deviation of the rows' wind directions, degrees. */
export function spreadDegOf({ rows, east, north }: Support): number {
  if (rows === 0) return 0;
  const length = Math.min(1, Math.sqrt(east * east + north * north) / rows);
  return length <= 0 ? 180 : Math.sqrt(Math.max(0, -2 * ln(length))) * degPerRad;
}

/** Standard deviation of the places as seen across the mean wind, m. */
function acrossMOf({ east, north, x, y, xx, xy, yy, places }: Support): number {
  const length = Math.sqrt(east * east + north * north);
  if (places === 0 || length === 0) return 0;
  const [a, b] = [-north / length, east / length];
  const mean = (a * x + b * y) / places;
  return Math.sqrt(Math.max(0, (a * a * xx + 2 * a * b * xy + b * b * yy) / places - mean * mean));
}

/** Why the data cannot bear an answer, whatever it would be; null when they may. */
export function refusal(support: Support): NotEnough | null {
  const all = support.rows + support.calm;
  if (all >= limits.rows && support.calm > limits.calmShare * all) return 'calm-wind';
  if (support.rows < limits.rows) return 'thin-data';
  if (spreadDegOf(support) < limits.spreadDeg && acrossMOf(support) < limits.acrossM) return 'direction-spread';
  return null;
}
