/** A piece of country by its seed: what lies where, and a picture of any part of it, with the truth beside it. */
import { sinCosDeg } from '../../../core/exact/turn.ts';
import { type Dice, diceOf } from '../dice.ts';
import type { Sun, Thing } from './canvas.ts';
import type { Road } from './ground.ts';
import { direction, type Patch, patchOf, type Use, useNames, uses, wild } from './land.ts';
import { noiseAt, waves } from './noise.ts';
import { greyOf, type Season, seasons, soilOf } from './palette.ts';
import { type Plot, plotAt } from './plot.ts';
import { standingOn } from './things.ts';

export interface SceneOptions {
  readonly seed: number;
  /** The country is a square of so many metres. */
  readonly sideM: number;
  readonly season?: Season;
  /** How many plots, each in a square of the country of its own. */
  readonly plots: number;
  /** Where their middles may lie: so far from the edges at the least, metres. */
  readonly marginM?: number;
  /** How often each use of land is drawn, where it is not as usual. */
  readonly often?: Readonly<Record<Use, number>>;
}

export interface Scene {
  readonly sideM: number;
  readonly season: Season;
  readonly sun: Sun;
  readonly patches: readonly Patch[];
  /** Patch of each half metre, row by row. */
  readonly map: Uint8Array;
  readonly mapSide: number;
  readonly road: Road | null;
  /** Lowest first. */
  readonly things: readonly Thing[];
  readonly plots: readonly Plot[];
  readonly seed: number;
}

/** Side of a cell of the map of patches, metres. */
export const mapM = 0.5;

export function sceneOf({ seed, sideM, season: wanted, plots: count, marginM = 0, often = uses }: SceneOptions): Scene {
  const dice = diceOf(seed);
  const season = wanted ?? dice.pick(seasons);
  const sun = sunOf(dice);
  const places = plotPlaces(count, { sideM, marginM, dice });
  const land = patchesOf({ sideM, season, dice, places, often });
  const { patches, map, mapSide } = land;
  const plots = places.map(([x, y]) => plotAt(x, y, season, dice));
  // The seeds of wild land around plots come last.
  plots.forEach((plot, i) => {
    claim(land, plot, patches.length - plots.length + i);
  });
  const patchAt = (x: number, y: number): number => {
    const [column, row] = [Math.floor(x / mapM), Math.floor(y / mapM)];
    if (column < 0 || row < 0 || column >= mapSide || row >= mapSide) return -1;
    return map[row * mapSide + column] as number;
  };
  const way = roadOf(dice, sideM);
  const hidden = plots.every(({ plants }) => plants.every(({ x, y }) => !way?.covers(x, y)));
  const road = hidden ? way : null;
  const grown = patches.flatMap((patch, i) =>
    standingOn({ dice, season, sideM, inside: (x, y) => patchAt(x, y) === i }, patch),
  );
  const kept = cleared(grown, plots, dice).filter((one) => !road?.covers(one.x, one.y));
  const things = [...kept, ...plots.flatMap((plot) => plot.plants)].toSorted((p, q) => p.h - q.h);
  return { sideM, season, sun, patches, map, mapSide, road, things, plots, seed };
}

export function sunOf(dice: Dice): Sun {
  const [x, y] = direction(dice);
  const [sin, cos] = sinCosDeg(dice.between(24, 68));
  // Some days are overcast: nothing throws a shadow to speak of.
  const cloudy = dice.chance(0.2);
  const left = cloudy ? dice.between(0.8, 0.95) : dice.between(0.3, 0.6);
  return { x, y, long: cloudy ? 0.3 : cos / sin, left: [left, left * 1.03, left * dice.between(1.05, 1.2)] };
}

interface Placing {
  readonly sideM: number;
  readonly marginM: number;
  readonly dice: Dice;
}

/** Far enough from each other not to be one plot: each has a cell of a lattice. */
function plotPlaces(count: number, { sideM, marginM, dice }: Placing): (readonly [number, number])[] {
  const across = Math.ceil(Math.sqrt(count));
  const cell = (sideM - 2 * marginM) / Math.max(1, across);
  return Array.from({ length: count }, (_, i) => [
    marginM + ((i % across) + dice.between(0.3, 0.7)) * cell,
    marginM + (Math.floor(i / across) + dice.between(0.3, 0.7)) * cell,
  ]);
}

interface Patching {
  readonly sideM: number;
  readonly season: Season;
  readonly dice: Dice;
  readonly places: readonly (readonly [number, number])[];
  readonly often: Readonly<Record<Use, number>>;
}

/** Every place belongs to the nearest of some seeds, whose borders are bent by noise. Around a plot the land is wild. */
function patchesOf({ sideM, season, dice, places, often }: Patching): Pick<Scene, 'patches' | 'map' | 'mapSide'> {
  const size = dice.between(14, 60);
  const across = Math.max(1, Math.round(sideM / size));
  const seeds: { readonly x: number; readonly y: number; readonly patch: Patch }[] = [];
  for (let i = 0; i < across * across; i++) {
    const x = (((i % across) + dice.between(0.1, 0.9)) * sideM) / across;
    const y = ((Math.floor(i / across) + dice.between(0.1, 0.9)) * sideM) / across;
    seeds.push({ x, y, patch: patchOf(useOf(dice, often), season, dice) });
  }
  for (const [x, y] of places) seeds.push({ x, y, patch: patchOf(dice.pick(wild), season, dice) });
  const bend = waves(dice.between(4, 12), dice);
  const mapSide = Math.ceil(sideM / mapM);
  const map = new Uint8Array(mapSide * mapSide);
  for (let row = 0; row < mapSide; row++)
    for (let column = 0; column < mapSide; column++) {
      const [x, y] = [(column + 0.5) * mapM, (row + 0.5) * mapM];
      const [wx, wy] = [x + 5 * (noiseAt(bend, x, y) - 0.5), y + 5 * (noiseAt(bend, y + 40, x) - 0.5)];
      let [best, least] = [0, Number.POSITIVE_INFINITY];
      for (let i = 0; i < seeds.length; i++) {
        const seed = seeds[i] as (typeof seeds)[number];
        const d = (seed.x - wx) * (seed.x - wx) + (seed.y - wy) * (seed.y - wy);
        if (d < least) [best, least] = [i, d];
      }
      map[row * mapSide + column] = best;
    }
  return { patches: seeds.map(({ patch }) => patch), map, mapSide };
}

/** Nobody plants in a lake or between houses: the ground around a plot is of one wild kind. */
function claim(
  { map, mapSide }: { readonly map: Uint8Array; readonly mapSide: number },
  { plants, clear }: Plot,
  patch: number,
): void {
  const r = (clear + 1.5) / mapM;
  for (const plant of plants) {
    const [cx, cy] = [plant.x / mapM, plant.y / mapM];
    for (let y = Math.max(0, Math.ceil(cy - r)); y < Math.min(mapSide, cy + r); y++)
      for (let x = Math.max(0, Math.ceil(cx - r)); x < Math.min(mapSide, cx + r); x++)
        if ((x - cx) * (x - cx) + (y - cy) * (y - cy) < r * r) map[y * mapSide + x] = patch;
  }
}

const useOf = (dice: Dice, often: Readonly<Record<Use, number>>): Use =>
  useNames[dice.weighted(useNames.map((name) => often[name]))] as Use;

function roadOf(dice: Dice, sideM: number): Road | null {
  if (!dice.chance(0.35)) return null;
  const [c, s] = direction(dice);
  const [x, y] = [dice.between(0, sideM), dice.between(0, sideM)];
  const half = dice.between(1, 3.2);
  return {
    ...{ c, s, x, y, half, colour: dice.chance(0.5) ? greyOf(dice, 80, 150) : soilOf(dice) },
    covers: (px, py) => {
      const off = (py - y) * c - (px - x) * s;
      return off > -half && off < half;
    },
  };
}

/** What stands in a clearing was taken away, but for a share. */
function cleared(things: readonly Thing[], plots: readonly Plot[], dice: Dice): Thing[] {
  if (plots.length === 0) return [...things];
  return things.filter((one) => {
    const reach = one.kind === 'round' ? one.r : one.halfWidth;
    const plot = plots.find(({ plants, clear }) =>
      plants.some(
        ({ x, y }) => (x - one.x) * (x - one.x) + (y - one.y) * (y - one.y) < (clear + reach) * (clear + reach),
      ),
    );
    return !plot || (reach < 0.6 && dice.chance(plot.left));
  });
}
