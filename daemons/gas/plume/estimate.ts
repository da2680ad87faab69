/** The answer in metres as what is kept, sent and drawn: positions on the earth, regions as rings, a heat map of cells. */
import { sinCosDeg } from '../../core/exact/turn.ts';
import type { HeatMap, PlumeBasis, Rings, SourceEstimate, SourceFound, WindSupport } from '../../core/values/plume.ts';
import type { Grid } from './grid.ts';
import type { Posterior, Summary } from './posterior.ts';
import { ringsOf } from './rings.ts';
import { answerOf, type Source } from './source.ts';
import { type Support, spreadDegOf } from './support.ts';
import { bearingOf } from './wind.ts';

/** Where the local frame's zero is. */
export interface Origin {
  readonly lat: number;
  readonly lon: number;
}

/** Metres in a degree of a great circle on the mean earth; over a plume's some hundred metres the error is centimetres. */
export const degreeM = 111_195;

type ToDegrees = (x: number, y: number) => Origin;

export function toDegrees({ lat, lon }: Origin): ToDegrees {
  const [, cos] = sinCosDeg(lat);
  return (x, y) => ({ lat: lat + y / degreeM, lon: lon + x / (degreeM * cos) });
}

/** What is known beside the estimate itself. */
export type Circumstances = Omit<PlumeBasis, 'wind'>;

/**
 * What `source` comes to. The local frame's x is east and y north of `origin`. `next` proposes a further look; it is asked
 * only where there is an answer.
 */
export function estimateOf(
  source: Source,
  origin: Origin,
  about: Circumstances,
  next: (posterior: Posterior, summary: Summary) => SourceFound['next'] = () => null,
): SourceEstimate {
  const answer = answerOf(source);
  const basis: PlumeBasis = { ...about, wind: windOf(source.support) };
  if (answer.answer !== 'source') return { answer: 'not-enough', reason: answer.reason, ...basis };
  const { x, y, ceM, rate, region50, region90 } = answer.summary;
  const { grid } = source.filter;
  const place = toDegrees(origin);
  const gS = (mgS: number): number => short(mgS / 1000);
  return {
    answer: 'source',
    ...basis,
    where: { ...rounded(place(x, y)), ceM: short(ceM), source: 'plume' },
    rateGS: { median: gS(rate.median), low: gS(rate.low), high: gS(rate.high) },
    region50: ringsAt(region50, grid, place),
    region90: ringsAt(region90, grid, place),
    heat: heatOf(answer.posterior.cells, grid, place),
    next: next(answer.posterior, answer.summary),
  };
}

/** Four digits, and centimetres: what is kept and sent is no finer than it is known. */
const short = (value: number): number => Number(value.toPrecision(4));
const degrees = (value: number): number => Number(value.toFixed(7));
export const rounded = ({ lat, lon }: Origin): Origin => ({ lat: degrees(lat), lon: degrees(lon) });

/** A corner of the grid's cells in degrees. */
function cornerOf({ x, y, cellM }: Grid, place: ToDegrees): (column: number, row: number) => Origin {
  const [west, south] = [(x[0] ?? 0) - cellM / 2, (y[0] ?? 0) - cellM / 2];
  return (column, row) => place(west + column * cellM, south + row * cellM);
}

function ringsAt(region: Uint8Array, grid: Grid, place: ToDegrees): Rings {
  const corner = cornerOf(grid, place);
  return ringsOf(region, grid.columns).map((ring) =>
    ring.map(([column, row]) => {
      const { lat, lon } = corner(column, row);
      return [degrees(lon), degrees(lat)] as const;
    }),
  );
}

/** Cells of the heat map along a side at the most: an alert goes over radio links and is kept many times. */
const mostSide = 32;

/** The smallest rectangle that holds every cell of a thousandth or more, in blocks of cells where there are too many. */
function heatOf(cells: Float64Array, grid: Grid, place: ToDegrees): HeatMap {
  let [west, east, south, north] = [grid.columns, -1, grid.rows, -1];
  cells.forEach((p, c) => {
    if (p < 0.0005) return;
    const [column, row] = [c % grid.columns, Math.floor(c / grid.columns)];
    [west, east] = [Math.min(west, column), Math.max(east, column)];
    [south, north] = [Math.min(south, row), Math.max(north, row)];
  });
  // So flat that no cell stands out: then all of them.
  if (east < 0) [west, east, south, north] = [0, grid.columns - 1, 0, grid.rows - 1];
  const block = Math.max(1, Math.ceil(Math.max(east - west + 1, north - south + 1) / mostSide));
  const [columns, rows] = [Math.ceil((east - west + 1) / block), Math.ceil((north - south + 1) / block)];
  const sums = new Float64Array(columns * rows);
  for (let row = south; row <= north; row++)
    for (let column = west; column <= east; column++) {
      const into = Math.floor((row - south) / block) * columns + Math.floor((column - west) / block);
      sums[into] = (sums[into] ?? 0) + (cells[row * grid.columns + column] ?? 0);
    }
  const corner = cornerOf(grid, place);
  const [from, next] = [corner(west, south), corner(west + block, south + block)];
  return {
    ...rounded(from),
    cellLat: degrees(next.lat - from.lat),
    cellLon: degrees(next.lon - from.lon),
    columns,
    permille: Array.from(sums, (one) => Math.round(1000 * one)),
  };
}

function windOf(support: Support): WindSupport {
  const { rows, calm, speed, east, north } = support;
  return {
    rows,
    calm,
    meanSpeedMs: rows === 0 ? 0 : short(speed / rows),
    fromDeg: short(bearingOf(-east, -north)) % 360,
    spreadDeg: short(spreadDegOf(support)),
  };
}
