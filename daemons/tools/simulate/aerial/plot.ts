/** A hidden plot: plants of one kind and age in rows or in a loose group, in a clearing that was made for them. */
import type { Dice } from '../dice.ts';
import type { Round } from './canvas.ts';
import { direction } from './land.ts';
import { cropOf, painted, type Rgb, type Season, soilOf } from './palette.ts';

export interface Plot {
  readonly plants: readonly Round[];
  /** So far around each plant the ground belongs to the plot, metres. */
  readonly reach: number;
  /** So far around each plant the land was cleared, and what share of what stood there is left. */
  readonly clear: number;
  readonly left: number;
  /** The earth that was dug around each plant; null: none is seen. */
  readonly dug: { readonly colour: Rgb; readonly r: number } | null;
}

/** Radius of a plant by season, metres: set out in spring, grown in autumn; the dry season has all ages. */
const radii: Readonly<Record<Season, readonly [number, number]>> = {
  spring: [0.25, 0.45],
  summer: [0.4, 0.75],
  autumn: [0.55, 1],
  dry: [0.35, 0.8],
};

/** Plants that are near enough to be told apart only by size and order: from leaf to leaf they leave a little. */
export function plotAt(x: number, y: number, season: Season, dice: Dice): Plot {
  const r = dice.between(...radii[season]);
  const step = Math.max(1, Math.min(2.6, 2 * r * dice.between(1.05, 1.6)));
  const apart = step * dice.between(0.95, 1.45);
  const rows = dice.whole(3, 8);
  const inRow = dice.whole(Math.max(3, Math.ceil(9 / rows)), 12);
  const loose = dice.chance(0.3);
  const jitter = loose ? 0.2 * step : dice.between(0.02, 0.1) * step;
  const gaps = dice.between(0, 0.15);
  const [c, s] = direction(dice);
  const kind = cropOf(season, dice);
  const plants: Round[] = [];
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < inRow; k++) {
      const u = (k - (inRow - 1) / 2 + (loose && row % 2 === 1 ? 0.5 : 0)) * step + jitter * dice.bell();
      const v = (row - (rows - 1) / 2) * apart + jitter * dice.bell();
      const outside = loose && (2 * u) ** 2 / (inRow * step) ** 2 + (2 * v) ** 2 / (rows * apart) ** 2 > 1.1;
      if (outside || dice.chance(gaps)) continue;
      const size = r * Math.max(0.6, 1 + 0.12 * dice.bell());
      plants.push({
        ...{ kind: 'round', x: x + u * c - v * s, y: y + u * s + v * c, r: size, h: size * dice.between(1.4, 2.4) },
        ...{
          colour: painted(kind, dice, 0.06),
          green: true,
          ragged: dice.between(0.5, 0.9),
          depth: dice.between(0.4, 0.8),
        },
      });
    }
  const dug = dice.chance(0.5) ? { colour: soilOf(dice), r: r * dice.between(1.1, 1.5) } : null;
  return { plants, reach: 0.6 * apart, clear: dice.between(0.8, 2.5) + r, left: dice.between(0, 0.12), dug };
}

/** Smallest square around the plants. */
export function extentOf({ plants, reach }: Plot): { x0: number; y0: number; x1: number; y1: number } {
  const box = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  for (const { x, y } of plants) {
    box.x0 = Math.min(box.x0, x - reach);
    box.y0 = Math.min(box.y0, y - reach);
    box.x1 = Math.max(box.x1, x + reach);
    box.y1 = Math.max(box.y1, y + reach);
  }
  return box;
}
