/**
 * Whether a gas follows the wind: its rows from downwind against those from upwind, of a post whose wind turns or a box that
 * moves. The wind must have brought it and taken it away more than once: what came and went once may be a coincidence in time.
 * Pure, and exact on every machine (see core/exact): it stands in alerts, which a replay gives again to the byte.
 */
import { sinCosDeg } from '../../core/exact/turn.ts';
import type { GatheredRow } from '../locating/gather.ts';
import { degreeM } from '../plume/estimate.ts';
import { travel } from '../plume/response.ts';
import { limits } from '../plume/support.ts';

/** Why there is no contrast, in the words of an alert. */
export type NotCompared =
  | 'too few rows'
  | 'nobody tells the wind'
  | 'the wind that was told is old'
  | 'calm'
  | 'no position'
  | 'seen from one side only'
  | 'the side changed only once';

export type Contrast = { readonly contrast: number } | { readonly none: NotCompared };

/** A row that can be compared; the place is in metres east and north. */
interface Look {
  readonly value: number;
  /** Where the air of it goes, a vector of length 1. */
  readonly to: readonly [east: number, north: number];
  readonly place: readonly [east: number, north: number];
}

/** Rows of either side: a mean of fewer is hardly known. */
const least = 4;
/** Metres within which a box stands still as seen from a source, and those that make it another place. */
const still = { nearM: 10, apartM: 20 } as const;

export interface CompareOptions {
  readonly quantity: string;
  /** Of a fixed post; null: rows tell where they are from. */
  readonly where: { readonly lat: number; readonly lon: number } | null;
  /** Whether wind that is as old as this row is no wind of now. */
  readonly isStale: (row: GatheredRow) => boolean;
}

/**
 * Mean downwind less mean upwind, in the spread of single rows upwind and the standard error of the mean downwind together:
 * rows that follow each other are not worth as many that do not, so the clean side is not averaged.
 */
export function windContrast(rows: readonly GatheredRow[], options: CompareOptions): Contrast {
  const { quantity, where } = options;
  const seen = rows.flatMap((row) => {
    const value = meanFor(row, quantity);
    return value === null ? [] : [{ ...row, value }];
  });
  if (seen.length < 2 * least) return { none: 'too few rows' };
  const windy = seen.filter(({ wind }) => wind !== null);
  const newest = windy.at(-1);
  if (!newest) return { none: 'nobody tells the wind' };
  if (options.isStale(newest)) return { none: 'the wind that was told is old' };
  const moving = windy.filter(({ wind }) => wind !== null && wind.speedMs >= limits.calmMs);
  if (windy.length - moving.length > limits.calmShare * windy.length) return { none: 'calm' };
  const origin = where ?? moving.find(({ place }) => place)?.place;
  if (!origin) return { none: 'no position' };
  const [, cos] = sinCosDeg(origin.lat);
  const looks = moving.flatMap(({ wind, turns, place, value }): Look[] => {
    const at = where ?? place;
    if (!wind || turns || !at) return [];
    const east = (at.lon - origin.lon) * degreeM * cos;
    return [{ value, to: travel(wind.fromDeg), place: [east, (at.lat - origin.lat) * degreeM] }];
  });
  return looks.length < 2 * least ? { none: 'too few rows' } : compared(looks);
}

function meanFor({ values }: GatheredRow, quantity: string): number | null {
  const of = Object.entries(values).flatMap(([stream, [value]]) => (stream.endsWith(`/${quantity}`) ? [value] : []));
  return of.length === 0 ? null : mean(of);
}

type Side = 'down' | 'up';

function compared(looks: readonly Look[]): Contrast {
  const sideOf = isStill(looks) ? sideByWind(looks) : sideByPlace(looks);
  const sides = looks.map((one): Side | null => sideOf(one));
  const of = (side: Side): number[] => looks.flatMap(({ value }, i) => (sides[i] === side ? [value] : []));
  const [down, up] = [of('down'), of('up')];
  if (down.length < least || up.length < least) return { none: 'seen from one side only' };
  const known = sides.filter((side) => side !== null);
  const changes = known.filter((side, i) => i > 0 && side !== known[i - 1]).length;
  if (changes < 2) return { none: 'the side changed only once' };
  const [meanDown, meanUp] = [mean(down), mean(up)];
  const joint = Math.sqrt(variance(up) + variance(down) / down.length);
  // Values that stand still, as simulated ones do, are not without error.
  return { contrast: (meanDown - meanUp) / Math.max(joint, 0.01 * Math.abs(meanDown - meanUp), Number.MIN_VALUE) };
}

const isStill = (looks: readonly Look[]): boolean => {
  const [easts, norths] = [looks.map(({ place }) => place[0]), looks.map(({ place }) => place[1])];
  const reach = (all: readonly number[]): number => Math.max(...all) - Math.min(...all);
  return Math.max(reach(easts), reach(norths)) <= 2 * still.nearM;
};

/** From one place: gas comes with the wind of its mean direction, within 45 degrees, and not with that of the other half. */
function sideByWind(looks: readonly Look[]): (one: Look) => Side | null {
  const low = looks.map(({ value }) => value).toSorted((a, b) => a - b)[looks.length >> 2] ?? 0;
  let [east, north] = [0, 0];
  for (const { value, to } of looks) {
    const excess = Math.max(0, value - low);
    east += excess * to[0];
    north += excess * to[1];
  }
  const length = Math.sqrt(east * east + north * north);
  if (length === 0) return () => null;
  return ({ to }) => {
    const along = (to[0] * east + to[1] * north) / length;
    return along >= Math.SQRT1_2 ? 'down' : along < 0 ? 'up' : null;
  };
}

/**
 * From many places: about where most of the gas was and downwind of there, against upwind of there, within 45 degrees. A plume is
 * strongest close behind its source, so what lies upwind of that place lies upwind of the source, or nearly.
 */
function sideByPlace(looks: readonly Look[]): (one: Look) => Side | null {
  const strongest = looks.reduce((most, one) => (one.value > most.value ? one : most));
  const [x, y] = strongest.place;
  return ({ place, to }) => {
    const [dx, dy] = [place[0] - x, place[1] - y];
    const along = dx * to[0] + dy * to[1];
    const across = Math.abs(dx * to[1] - dy * to[0]);
    if (dx * dx + dy * dy <= still.nearM * still.nearM) return 'down';
    if (across > Math.abs(along)) return null;
    return along > 0 ? 'down' : along <= -still.apartM ? 'up' : null;
  };
}

const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length;
function variance(all: readonly number[]): number {
  const middle = mean(all);
  return all.reduce((sum, one) => sum + (one - middle) * (one - middle), 0) / (all.length - 1);
}
