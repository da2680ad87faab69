/** The answer in metres as what is kept, sent and drawn: positions on the earth, regions as rings, a heat map of cells. */
import { sinCosDeg } from '../../core/exact/turn.ts';
import type { HeatMap, Rings, SourceEstimate, WindSupport } from '../../core/values/plume.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { Grid } from './grid.ts';
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
const degreeM = 111_195;

type ToDegrees = (x: number, y: number) => Origin;

export function toDegrees({ lat, lon }: Origin): ToDegrees {
  const [, cos] = sinCosDeg(lat);
  return (x, y) => ({ lat: lat + y / degreeM, lon: lon + x / (degreeM * cos) });
}

/** What `source` comes to at `at`. The local frame's x is east and y north of `origin`. */
export function estimateOf(source: Source, origin: Origin, at: Stamp): SourceEstimate {
  const answer = answerOf(source);
  const wind = windOf(source.support);
  if (answer.answer !== 'source') return { answer: 'not-enough', at, reason: answer.reason, wind };
  const { x, y, ceM, rate, region50, region90 } = answer.summary;
  const { grid } = source.filter;
  const place = toDegrees(origin);
  return {
    answer: 'source',
    at,
    where: { ...place(x, y), ceM, source: 'plume' },
    rateGS: { median: rate.median / 1000, low: rate.low / 1000, high: rate.high / 1000 },
    region50: ringsAt(region50, grid, place),
    region90: ringsAt(region90, grid, place),
    heat: heatOf(answer.posterior.cells, grid, place),
    wind,
  };
}

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
      return [lon, lat] as const;
    }),
  );
}

function heatOf(cells: Float64Array, grid: Grid, place: ToDegrees): HeatMap {
  const corner = cornerOf(grid, place);
  const [from, next] = [corner(0, 0), corner(1, 1)];
  return {
    ...from,
    cellLat: next.lat - from.lat,
    cellLon: next.lon - from.lon,
    columns: grid.columns,
    permille: Array.from(cells, (one) => Math.round(1000 * one)),
  };
}

function windOf(support: Support): WindSupport {
  const { rows, calm, speed, east, north } = support;
  return {
    rows,
    calm,
    meanSpeedMs: rows === 0 ? 0 : speed / rows,
    fromDeg: bearingOf(-east, -north),
    spreadDeg: spreadDegOf(support),
  };
}
