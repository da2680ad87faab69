/** Rows that the plume's own formula makes, without noise or with a given one: for tests on arrays. */
import { openFilter } from '../../../daemons/gas/plume/filter.ts';
import { type Area, type PlumeOptions, priors } from '../../../daemons/gas/plume/options.ts';
import { respond } from '../../../daemons/gas/plume/response.ts';
import type { Look, Point, Row } from '../../../daemons/gas/plume/row.ts';

export const area: Area = { westM: 0, southM: 0, eastM: 60, northM: 60 };
/** One shape and no doubt on the north mark: small enough for a test. */
export const options: PlumeOptions = {
  ...priors,
  area,
  cellM: 4,
  shapes: [{ across: 1, up: 1, prior: 1 }],
  askew: [{ deg: 0, prior: 1 }],
};

export const point = (x: number, y: number, z = 1.5): Point => ({ x, y, z });

/** A row of point sensors that reads what a source of `rate` mg/s at `source` makes, over a background of 1 mg/m3. */
export function rowOf(
  source: { readonly x: number; readonly y: number; readonly rate: number },
  wind: { readonly fromDeg: number; readonly speedMs?: number },
  { atS, places }: { readonly atS: number; readonly places: readonly Point[] },
): Row {
  const looks: Look[] = places.map((at, k) => ({ stream: `post-${k}`, value: 1, at, to: null }));
  const row: Row = { atS, wind: { speedMs: wind.speedMs ?? 3, fromDeg: wind.fromDeg, tanH: 0.25, tanV: 0.15 }, looks };
  // A grid of one cell around the source gives the response to it.
  const half = options.cellM / 2;
  const one = {
    ...options,
    area: { westM: source.x - half, southM: source.y - half, eastM: source.x + half, northM: source.y + half },
  };
  const out = looks.map(() => new Float64Array(2));
  respond(openFilter(one).grid, one, row, out);
  return { ...row, looks: looks.map((look, k) => ({ ...look, value: 1 + source.rate * (out[k]?.[0] ?? 0) })) };
}

export const posts = [point(8, 8), point(50, 10), point(30, 52), point(10, 40), point(52, 44)];

/** `count` minutes in winds from all around, or from `fromDeg` alone. */
export function minutes(
  source: { readonly x: number; readonly y: number; readonly rate: number },
  count: number,
  { fromDeg, speedMs, places = posts }: { fromDeg?: number; speedMs?: number; places?: readonly Point[] } = {},
): Row[] {
  return Array.from({ length: count }, (_, i) =>
    rowOf(
      source,
      { fromDeg: fromDeg ?? (i * 77) % 360, ...(speedMs === undefined ? {} : { speedMs }) },
      { atS: i * 60, places },
    ),
  );
}
