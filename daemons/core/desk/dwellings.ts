/** Where people live: a layer that the organisation loads, and which of it a region touches. */
import { radiiAt } from '../geo/ellipsoid.ts';
import { type Ground, type Line, touches } from './ground.ts';

export interface Dwelling {
  readonly name: string;
  readonly ground: Ground;
}

export interface Dwellings {
  readonly size: number;
  /** Names of what a region touches, sorted; beyond a bound the rest is one line with its number. */
  touchedBy(region: Ground): readonly string[];
}

/** Names that an alert carries; more would say nothing more to a person. */
const mostNames = 50;
/** Side of a cell of the index, in degrees: some hundred metres to a kilometre. */
const cellDeg = 0.01;
const columns = Math.round(360 / cellDeg);
/** What covers more cells than this is looked at every time. */
const mostCells = 4096;

interface Span {
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** The cells that a piece of ground and its margin lie in. Longitudes are counted on from the first point. */
function spanOf({ rings, radiusM }: Ground): Span {
  const points = rings.flat();
  const [lon0 = 0] = points[0] ?? [];
  const lons = points.map(([lon]) => lon0 + ((((lon - lon0 + 180) % 360) + 360) % 360) - 180);
  const lats = points.map(([, lat]) => lat);
  const [south, north] = extent(lats);
  const { meridianM, acrossM } = radiiAt(Math.max(Math.abs(south), Math.abs(north)));
  const perDegree = Math.PI / 180;
  const tall = radiusM / (meridianM * perDegree);
  const steep = Math.cos(Math.min(89.9, Math.max(Math.abs(south), Math.abs(north)) + tall) * perDegree);
  const wide = radiusM / (acrossM * perDegree * steep);
  const [west, east] = extent(lons);
  const row = Math.floor((south - tall) / cellDeg);
  const column = Math.floor((west - wide) / cellDeg);
  return {
    ...{ row, column },
    rows: Math.floor((north + tall) / cellDeg) - row + 1,
    columns: Math.min(columns, Math.floor((east + wide) / cellDeg) - column + 1),
  };
}

const extent = (values: readonly number[]): readonly [number, number] =>
  values.reduce(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.MAX_VALUE, -Number.MAX_VALUE],
  );

function* cellsOf(span: Span): Generator<number> {
  for (let row = span.row; row < span.row + span.rows; row++)
    for (let column = span.column; column < span.column + span.columns; column++)
      yield row * columns + (((column % columns) + columns) % columns);
}

export function openDwellings(all: readonly Dwelling[]): Dwellings {
  const cells = new Map<number, Dwelling[]>();
  const wide: Dwelling[] = [];
  for (const one of all) {
    const span = spanOf(one.ground);
    if (span.rows * span.columns > mostCells) {
      wide.push(one);
      continue;
    }
    for (const cell of cellsOf(span)) {
      const held = cells.get(cell);
      if (held) held.push(one);
      else cells.set(cell, [one]);
    }
  }
  const near = (region: Ground): Iterable<Dwelling> => {
    const span = spanOf(region);
    if (span.rows * span.columns > mostCells) return all;
    const found = new Set<Dwelling>(wide);
    for (const cell of cellsOf(span)) for (const one of cells.get(cell) ?? []) found.add(one);
    return found;
  };
  return {
    size: all.length,
    touchedBy: (region) => {
      const names = new Set<string>();
      for (const one of near(region)) if (!names.has(one.name) && touches(region, one.ground)) names.add(one.name);
      const sorted = [...names].sort();
      if (sorted.length <= mostNames) return sorted;
      return [...sorted.slice(0, mostNames), `and ${sorted.length - mostNames} more`];
    },
  };
}

export const pointAt = (lon: number, lat: number, radiusM: number): Ground => ({ rings: [[[lon, lat]]], radiusM });
export const areaOf = (rings: readonly Line[]): Ground => ({ rings, radiusM: 0 });
