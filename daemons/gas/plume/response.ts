/**
 * What one look would read for a source of 1 mg/s in each cell and under each spread: the Gaussian plume with ground
 * reflection, C = 1/u x crosswind density x vertical density (sensing.md, section 3), at a point or averaged along a path.
 */
import { sinCosDeg } from '../../core/exact/turn.ts';
import type { Grid } from './grid.ts';
import type { PlumeOptions } from './options.ts';
import type { Look, Row } from './row.ts';
import { cumulated, density, perUnit, reach, stepM, type Tables, tablesOf } from './spread.ts';

/** Longest piece of a path within which the sigmas are taken as constant, m. */
const pieceM = 4;
/** Heights closer than this share a table, m. */
const heightM = 0.1;

/** A piece of a path in wind coordinates: downwind and crosswind position of both ends, and its share of the whole path. */
interface Piece {
  readonly along0: number;
  readonly across0: number;
  readonly along1: number;
  readonly across1: number;
  readonly share: number;
  readonly height: number;
}

/** Unit vector of where the wind goes TO, x east and y north, from where it comes FROM. */
export function travel(fromDeg: number): readonly [number, number] {
  const [sin, cos] = sinCosDeg(fromDeg);
  return [-sin, -cos];
}

function piecesOf({ at, to }: Look, [east, north]: readonly [number, number]): Piece[] {
  const end = to ?? at;
  const [dx, dy, dz] = [end.x - at.x, end.y - at.y, end.z - at.z];
  const count = Math.max(1, Math.ceil(Math.sqrt(dx * dx + dy * dy + dz * dz) / pieceM));
  return Array.from({ length: count }, (_, i) => {
    const [x0, y0] = [at.x + (dx * i) / count, at.y + (dy * i) / count];
    const [x1, y1] = [at.x + (dx * (i + 1)) / count, at.y + (dy * (i + 1)) / count];
    return {
      along0: x0 * east + y0 * north,
      across0: y0 * east - x0 * north,
      along1: x1 * east + y1 * north,
      across1: y1 * east - x1 * north,
      share: 1 / count,
      height: Math.round((at.z + (dz * (i + 0.5)) / count) / heightM),
    };
  });
}

/**
 * Fills `out[look]` with mg/m3 per mg/s at [cell][askew][shape]. A north mark that points `deg` beside true north is undone
 * by as much.
 */
export function respond(grid: Grid, options: PlumeOptions, row: Row, out: readonly Float64Array[]): void {
  for (const one of out) one.fill(0);
  for (const [i, { deg }] of options.askew.entries())
    respondTo(travel(row.wind.fromDeg + deg), i, { grid, options, row, out });
}

interface Task {
  readonly grid: Grid;
  readonly options: PlumeOptions;
  readonly row: Row;
  readonly out: readonly Float64Array[];
}

function respondTo(direction: readonly [number, number], askew: number, { grid, options, row, out }: Task): void {
  const [east, north] = direction;
  const cells = grid.x.length;
  const [along, across] = [new Float64Array(cells), new Float64Array(cells)];
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let c = 0; c < cells; c++) {
    const [x = 0, y = 0] = [grid.x[c], grid.y[c]];
    const a = x * east + y * north;
    along[c] = a;
    across[c] = y * east - x * north;
    lowest = a < lowest ? a : lowest;
    highest = a > highest ? a : highest;
  }
  const pieces = row.looks.map((look) => piecesOf(look, direction));
  const heights = [...new Set(pieces.flat().map((one) => one.height))];
  const farthest = pieces.flat().reduce((most, one) => Math.max(most, one.along0, one.along1), highest);
  const metres = heights.map((one) => one * heightM);
  const tables = tablesOf(options, row.wind, metres, farthest - lowest);
  const shapes = options.shapes.length;
  const [stride, offset] = [shapes * options.askew.length, askew * shapes];
  row.looks.forEach((look, k) => {
    const into = out[k];
    if (!into) return;
    for (const piece of pieces[k] ?? []) {
      const upright = tables.upright[heights.indexOf(piece.height)] ?? [];
      const scaled = { ...piece, share: piece.share / row.wind.speedMs };
      const place = { along, across, upright, tables, stride, offset };
      if (look.to === null) addPoint(scaled, place, into);
      else addPiece(scaled, place, into);
    }
  });
}

interface Place {
  readonly along: Float64Array;
  readonly across: Float64Array;
  readonly upright: readonly Float64Array[];
  readonly tables: Tables;
  readonly stride: number;
  readonly offset: number;
}

function addPoint({ along0, across0, share }: Piece, place: Place, into: Float64Array): void {
  const { along, across, upright, tables, stride, offset } = place;
  const { narrow, widest } = tables;
  const shapes = narrow.length;
  for (let c = 0; c < along.length; c++) {
    const x = along0 - (along[c] ?? 0);
    if (x <= 0) continue;
    const y = across0 - (across[c] ?? 0);
    const at = x / stepM;
    const i = Math.floor(at);
    const f = at - i;
    if (Math.abs(y) > reach * (widest[i + 1] ?? 0)) continue;
    for (let j = 0; j < shapes; j++) {
      const n = between(narrow[j], i, f);
      into[c * stride + offset + j] = share * n * normal(density, y * n) * between(upright[j], i, f);
    }
  }
}

function addPiece(piece: Piece, place: Place, into: Float64Array): void {
  const { along, across, upright, tables, stride, offset } = place;
  const { along0, across0, along1, across1, share } = piece;
  const { narrow, widest } = tables;
  const shapes = narrow.length;
  for (let c = 0; c < along.length; c++) {
    const a = along[c] ?? 0;
    const middle = 0.5 * (along0 + along1) - a;
    if (middle <= 0) continue;
    const [y0, y1] = [across0 - (across[c] ?? 0), across1 - (across[c] ?? 0)];
    const at = middle / stepM;
    const i = Math.floor(at);
    const limit = reach * (widest[i + 1] ?? 0);
    if ((y0 > limit && y1 > limit) || (y0 < -limit && y1 < -limit)) continue;
    const f = at - i;
    for (let j = 0; j < shapes; j++) {
      const n = between(narrow[j], i, f);
      const [t0, t1] = [y0 * n, y1 * n];
      // Mean of the density over the piece: exact for sigmas that are constant on it.
      const mean =
        Math.abs(t1 - t0) < 1e-3 ? normal(density, t0) : (normal(cumulated, t1) - normal(cumulated, t0)) / (t1 - t0);
      const h = c * stride + offset + j;
      into[h] = (into[h] ?? 0) + share * n * mean * between(upright[j], i, f);
    }
  }
}

function between(table: Float64Array | undefined, i: number, f: number): number {
  if (!table) return 0;
  const low = table[i] ?? 0;
  return low + f * ((table[i + 1] ?? 0) - low);
}

function normal(table: Float64Array, t: number): number {
  if (t <= -reach) return table[0] ?? 0;
  if (t >= reach) return table[table.length - 2] ?? 0;
  const at = (t + reach) * perUnit;
  const i = Math.floor(at);
  const low = table[i] ?? 0;
  return low + (at - i) * ((table[i + 1] ?? 0) - low);
}
