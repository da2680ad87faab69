/** What the ground is where: patches of one use each, with their colours and furrows. */
import type { Dice } from '../dice.ts';
import { type Waves, waves } from './noise.ts';
import { grassOf, greyOf, painted, type Rgb, type Season, soilOf } from './palette.ts';

/** Natural first; what people plant, build and mow is there to be taken for a plot and not to be one. */
export const uses = {
  forest: 5,
  wood: 4,
  shrub: 5,
  meadow: 4,
  bare: 2,
  rocks: 1.5,
  water: 0.7,
  felled: 1,
  plantation: 1.2,
  orchard: 1.8,
  vineyard: 1.4,
  hedges: 1,
  ploughed: 1.3,
  field: 1.5,
  lawn: 1.2,
  village: 1.4,
  glass: 0.7,
  solar: 0.6,
  cars: 0.6,
} as const;
export type Use = keyof typeof uses;
export const useNames = Object.keys(uses) as readonly Use[];
/** Where a plot is hidden. */
export const wild: readonly Use[] = ['forest', 'wood', 'shrub', 'meadow', 'bare', 'rocks', 'felled'];

export interface Ground {
  readonly low: Rgb;
  readonly high: Rgb;
  readonly coarse: Waves;
  readonly fine: Waves;
  readonly grain: Waves;
  readonly contrast: number;
  /** Leaves grow where the mixed noise is at least this; above 1: nowhere. */
  readonly greenFrom: number;
  readonly furrow: Furrow | null;
}

export interface Furrow {
  readonly c: number;
  readonly s: number;
  readonly period: number;
  /** Share of the period that is furrow, and what colour is there, and how much of it. */
  readonly share: number;
  readonly colour: Rgb;
  readonly amount: number;
  readonly green: boolean;
}

export interface Patch {
  readonly use: Use;
  readonly ground: Ground;
  /** Direction of whatever stands in rows here: a unit vector. */
  readonly c: number;
  readonly s: number;
}

/** A unit vector of any direction, without an angle. */
export function direction(dice: Dice): readonly [number, number] {
  for (;;) {
    const [x, y] = [dice.between(-1, 1), dice.between(-1, 1)];
    const length = Math.sqrt(x * x + y * y);
    if (length > 0.1 && length <= 1) return [x / length, y / length];
  }
}

const grassy: readonly Use[] = ['wood', 'meadow', 'orchard', 'vineyard', 'hedges', 'lawn', 'village', 'solar'];

export function patchOf(use: Use, season: Season, dice: Dice): Patch {
  const [c, s] = direction(dice);
  const grass = [grassOf(season, dice), grassOf(season, dice)] as const;
  const soil = [soilOf(dice), soilOf(dice)] as const;
  const isGrass = grassy.includes(use)
    ? dice.chance(0.8)
    : ['forest', 'shrub', 'felled'].includes(use) && dice.chance(0.5);
  const [low, high] = coloursOf(use, { grass, soil, isGrass, dice });
  // Dry grass is not green, and a mask of leaves must not hold it.
  const green = isGrass && season !== 'dry' && season !== 'autumn';
  return {
    ...{ use, c, s },
    ground: {
      ...{ low, high },
      coarse: waves(dice.between(2.5, 9), dice),
      fine: waves(dice.between(0.5, 1.4), dice),
      grain: waves(dice.between(0.08, 0.25), dice),
      contrast: use === 'water' || use === 'cars' ? 0.05 : dice.between(0.12, 0.45),
      greenFrom: green ? (dice.chance(0.6) ? 0 : 0.45) : 2,
      furrow: furrowOf(use, { c, s, season, dice, soil }),
    },
  };
}

interface Colouring {
  readonly grass: readonly [Rgb, Rgb];
  readonly soil: readonly [Rgb, Rgb];
  readonly isGrass: boolean;
  readonly dice: Dice;
}

function coloursOf(use: Use, { grass, soil, isGrass, dice }: Colouring): readonly [Rgb, Rgb] {
  if (use === 'water') return [painted([38, 58, 62], dice, 0.25), painted([52, 74, 72], dice, 0.25)];
  if (use === 'cars') return [greyOf(dice, 70, 130), greyOf(dice, 70, 130)];
  if (use === 'rocks') return [greyOf(dice), soil[0]];
  if (isGrass) return dice.chance(0.6) ? grass : [soil[0], grass[0]];
  return soil;
}

function furrowOf(
  use: Use,
  {
    c,
    s,
    season,
    dice,
    soil,
  }: {
    readonly c: number;
    readonly s: number;
    readonly season: Season;
    readonly dice: Dice;
    readonly soil: readonly [Rgb, Rgb];
  },
): Furrow | null {
  const across = { c: -s, s: c };
  if (use === 'ploughed')
    return {
      ...{ ...across, period: dice.between(0.4, 1.3), share: dice.between(0.35, 0.6), colour: painted(soil[1], dice) },
      ...{ amount: dice.between(0.3, 0.8), green: false },
    };
  if (use === 'field')
    return {
      ...{ ...across, period: dice.between(0.35, 0.9), share: dice.between(0.4, 0.85) },
      ...{ colour: grassOf(season === 'dry' ? 'summer' : season, dice), amount: dice.between(0.6, 1), green: true },
    };
  if (use === 'lawn' || (use === 'meadow' && dice.chance(0.2)))
    return {
      ...{ ...across, period: dice.between(1, 4), share: 0.5, colour: grassOf(season, dice) },
      ...{ amount: dice.between(0.2, 0.7), green: season !== 'dry' },
    };
  return null;
}
