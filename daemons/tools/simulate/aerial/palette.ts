/** What things look like from above in daylight: plausible colours (sRGB bytes), wide enough that no single one is learned. */
import type { Dice } from '../dice.ts';

export const seasons = ['spring', 'summer', 'autumn', 'dry'] as const;
export type Season = (typeof seasons)[number];
export type Rgb = readonly [number, number, number];

const grass: Readonly<Record<Season, readonly Rgb[]>> = {
  spring: [
    [92, 132, 56],
    [120, 150, 72],
  ],
  summer: [
    [100, 126, 60],
    [136, 140, 78],
  ],
  autumn: [
    [138, 130, 76],
    [112, 118, 66],
  ],
  dry: [
    [178, 160, 108],
    [158, 142, 94],
  ],
};
const leaf: Readonly<Record<Season, readonly Rgb[]>> = {
  spring: [
    [98, 142, 62],
    [128, 158, 80],
    [84, 124, 66],
  ],
  summer: [
    [70, 106, 46],
    [88, 118, 56],
    [62, 92, 52],
  ],
  autumn: [
    [156, 118, 50],
    [110, 112, 54],
    [136, 84, 46],
    [84, 104, 50],
  ],
  dry: [
    [106, 116, 66],
    [124, 124, 82],
    [78, 98, 56],
  ],
};
const needles: readonly Rgb[] = [
  [52, 82, 48],
  [66, 92, 60],
  [46, 72, 52],
];
const soils: readonly Rgb[] = [
  [150, 118, 86],
  [176, 142, 106],
  [122, 92, 66],
  [198, 180, 150],
  [158, 104, 72],
  [128, 118, 104],
  [96, 76, 60],
];
/** Of the wanted plants: watered, so green when all around is dry; in autumn some turn. */
const crop: Readonly<Record<Season, readonly Rgb[]>> = {
  spring: [
    [92, 150, 62],
    [80, 138, 58],
  ],
  summer: [
    [68, 124, 46],
    [82, 136, 56],
    [58, 108, 44],
  ],
  autumn: [
    [96, 122, 54],
    [84, 112, 48],
    [112, 112, 62],
  ],
  dry: [
    [66, 118, 46],
    [84, 128, 58],
  ],
};

export const painted = (colour: Rgb, dice: Dice, spread = 0.12): Rgb => {
  const light = 1 + spread * dice.bell();
  return [
    colour[0] * light * (1 + 0.05 * dice.bell()),
    colour[1] * light * (1 + 0.03 * dice.bell()),
    colour[2] * light * (1 + 0.06 * dice.bell()),
  ];
};

export const grassOf = (season: Season, dice: Dice): Rgb => painted(dice.pick(grass[season]), dice);
export const leafOf = (season: Season, dice: Dice): Rgb => painted(dice.pick(leaf[season]), dice);
export const needleOf = (dice: Dice): Rgb => painted(dice.pick(needles), dice);
export const soilOf = (dice: Dice): Rgb => painted(dice.pick(soils), dice);
export const cropOf = (season: Season, dice: Dice): Rgb => painted(dice.pick(crop[season]), dice, 0.1);

export const greyOf = (dice: Dice, low = 90, high = 215): Rgb => {
  const value = dice.between(low, high);
  return [value * dice.between(0.96, 1.06), value, value * dice.between(0.94, 1.06)];
};
