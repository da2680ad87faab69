/** What stands on each kind of land. Sizes in metres; what is planted in rows has the distances of its kind. */
import type { Dice } from '../dice.ts';
import type { Thing } from './canvas.ts';
import { direction, type Patch, type Use } from './land.ts';
import { greyOf, leafOf, needleOf, painted, type Rgb, type Season } from './palette.ts';

export interface Standing {
  readonly dice: Dice;
  readonly season: Season;
  readonly sideM: number;
  /** Whether a place belongs to the patch that is being filled. */
  inside(x: number, y: number): boolean;
}

const round = (x: number, y: number, r: number, more: Partial<Extract<Thing, { kind: 'round' }>>): Thing => ({
  ...{ kind: 'round', x, y, r, h: r, colour: [90, 120, 60] as Rgb, green: true, ragged: 0.5, depth: 0.5 },
  ...more,
});

function tree({ dice, season }: Standing, x: number, y: number, r: number): Thing {
  const conifer = dice.chance(0.35);
  const dead = dice.chance(0.03);
  const colour = dead ? greyOf(dice, 120, 180) : conifer ? needleOf(dice) : leafOf(season, dice);
  const h = r * dice.between(1.2, conifer ? 4 : 2.6);
  return round(x, y, r, { h, colour, green: !dead, ragged: dice.between(0.3, 0.7), depth: dice.between(0.35, 0.8) });
}

/** Without order: a jittered lattice of which only a share is there; sizes spread by a factor. */
function scattered(
  on: Standing,
  { every, share, make }: { readonly every: number; readonly share: number; make(x: number, y: number): Thing },
): Thing[] {
  const found: Thing[] = [];
  for (let y = 0; y < on.sideM; y += every)
    for (let x = 0; x < on.sideM; x += every) {
      const [px, py] = [x + on.dice.between(0, every), y + on.dice.between(0, every)];
      if (on.dice.chance(share) && on.inside(px, py)) found.push(make(px, py));
    }
  return found;
}

/** Rows along (c, s), `apart` metres from row to row and `step` metres in the row. */
function inRows(
  on: Standing,
  { c, s }: { readonly c: number; readonly s: number },
  rows: { readonly apart: number; readonly step: number; readonly jitter: number; readonly gaps: number },
  make: (x: number, y: number) => Thing | readonly Thing[],
): Thing[] {
  const { dice, sideM } = on;
  const found: Thing[] = [];
  const half = sideM * 0.75;
  const [o, p] = [dice.between(0, rows.apart), dice.between(0, rows.step)];
  for (let v = -half; v < half; v += rows.apart)
    for (let u = -half; u < half; u += rows.step) {
      const [along, across] = [u + p + rows.jitter * dice.bell(), v + o + rows.jitter * dice.bell()];
      const [x, y] = [sideM / 2 + along * c - across * s, sideM / 2 + along * s + across * c];
      if (!on.inside(x, y) || dice.chance(rows.gaps)) continue;
      const made = make(x, y);
      if (Array.isArray(made)) found.push(...(made as Thing[]));
      else found.push(made as Thing);
    }
  return found;
}

/** Much smaller or larger than the usual: nature's sizes are spread wide. */
const spread = (dice: Dice, usual: number): number => {
  const t = dice.between(0, 1);
  return usual * (0.35 + 0.6 * dice.between(0, 1) + 1.6 * t * t * t);
};

function shrubs(on: Standing, every: number, share: number): Thing[] {
  const { dice, season } = on;
  const usual = dice.between(0.35, 1.1);
  const colours = [leafOf(season, dice), leafOf(season, dice), painted([120, 122, 88], dice)];
  return scattered(on, {
    every,
    share,
    make: (x, y) => {
      const r = spread(dice, usual);
      const shown = { colour: painted(dice.pick(colours), dice), ragged: dice.between(0.5, 1) };
      return round(x, y, r, { ...shown, h: r * dice.between(0.5, 1.3), depth: dice.between(0.3, 0.8) });
    },
  });
}

function trees(on: Standing, every: number, share: number): Thing[] {
  const usual = on.dice.between(1.4, 3.2);
  return scattered(on, { every, share, make: (x, y) => tree(on, x, y, Math.max(0.6, spread(on.dice, usual))) });
}

const box = (
  x: number,
  y: number,
  size: readonly [number, number],
  more: Partial<Extract<Thing, { kind: 'box' }>>,
): Thing => ({
  ...{ kind: 'box', x, y, halfLength: size[0] / 2, halfWidth: size[1] / 2, c: 1, s: 0, h: 1 },
  ...{ colour: [150, 150, 150] as Rgb, period: 0, dark: 0, green: false },
  ...more,
});

const roofs: readonly Rgb[] = [
  [158, 84, 62],
  [122, 118, 116],
  [188, 186, 180],
  [92, 96, 108],
  [98, 122, 96],
];
const cars: readonly Rgb[] = [
  [228, 228, 226],
  [52, 54, 58],
  [136, 140, 146],
  [146, 42, 40],
  [48, 78, 132],
  [62, 110, 66],
];

function stones(on: Standing, every: number, share: number): Thing[] {
  return scattered(on, {
    every,
    share,
    make: (x, y) => {
      const r = spread(on.dice, 0.5);
      return round(x, y, r, { h: r * 0.7, colour: greyOf(on.dice), green: false, ragged: 0.4, depth: 0.25 });
    },
  });
}

function logs(on: Standing): Thing[] {
  const { dice } = on;
  return scattered(on, {
    every: 6,
    share: 0.4,
    make: (x, y) => {
      const [c, s] = direction(dice);
      return box(x, y, [dice.between(2, 12), dice.between(0.2, 0.5)], { c, s, h: 0.3, colour: greyOf(dice, 130, 200) });
    },
  });
}

function hedge(on: Standing, patch: Patch, apart: number, step: number): Thing[] {
  const { dice, season } = on;
  const colour = leafOf(season, dice);
  const r = dice.between(0.35, 0.7);
  return inRows(on, patch, { apart, step, jitter: 0.08, gaps: dice.between(0, 0.12) }, (x, y) =>
    round(x, y, r * dice.between(0.8, 1.2), { h: r * 2, colour: painted(colour, dice, 0.06), ragged: 0.8 }),
  );
}

function orchard(on: Standing, patch: Patch): Thing[] {
  const { dice, season } = on;
  const young = dice.chance(0.35);
  const apart = dice.between(3.6, 7.5);
  const r = young ? dice.between(0.4, 0.9) : apart * dice.between(0.25, 0.46);
  const colour = dice.chance(0.3) ? painted([116, 124, 96], dice) : leafOf(season, dice);
  const rows = { apart, step: apart * dice.between(0.75, 1.1), jitter: 0.12, gaps: dice.between(0, 0.1) };
  return inRows(on, patch, rows, (x, y) =>
    round(x, y, r * dice.between(0.85, 1.15), { h: r * 1.8, colour: painted(colour, dice, 0.07), depth: 0.6 }),
  );
}

function village(on: Standing, patch: Patch): Thing[] {
  const { dice } = on;
  const houses = scattered(on, {
    every: 16,
    share: 0.6,
    make: (x, y) =>
      box(x, y, [dice.between(6, 16), dice.between(5, 10)], {
        ...{ c: patch.c, s: patch.s, h: dice.between(2.5, 7), colour: painted(dice.pick(roofs), dice) },
        ...{ period: dice.chance(0.5) ? dice.between(0.4, 1.2) : 0, dark: 0.2 },
      }),
  });
  return [...trees(on, 9, 0.4), ...houses];
}

const rowsOfBoxes = (
  on: Standing,
  patch: Patch,
  size: readonly [number, number],
  of: { readonly gap: number; readonly h: number; readonly gaps: number; colour(): Rgb; readonly period: number },
): Thing[] =>
  inRows(on, patch, { apart: size[1] + of.gap, step: size[0] + 0.4, jitter: 0.02, gaps: of.gaps }, (x, y) =>
    box(x, y, size, { c: patch.c, s: patch.s, h: of.h, colour: of.colour(), period: of.period, dark: 0.25 }),
  );

const standings: Partial<Record<Use, (on: Standing, patch: Patch) => Thing[]>> = {
  forest: (on) => [...shrubs(on, 3, 0.3), ...trees(on, 3.4, 0.9)],
  wood: (on) => [...shrubs(on, 2.5, 0.25), ...trees(on, 6, 0.5)],
  shrub: (on) => [...shrubs(on, 1.6, on.dice.between(0.2, 0.8)), ...trees(on, 14, 0.3), ...stones(on, 5, 0.1)],
  meadow: (on) => [...shrubs(on, 6, 0.2), ...trees(on, 20, 0.2)],
  bare: (on) => [...stones(on, 4, 0.3), ...shrubs(on, 3, 0.12)],
  rocks: (on) => [...stones(on, 1.6, 0.5), ...shrubs(on, 3, 0.25)],
  felled: (on) => [...logs(on), ...shrubs(on, 2.5, 0.3), ...stones(on, 3, 0.2), ...trees(on, 15, 0.3)],
  orchard,
  plantation: (on, patch) => {
    const apart = on.dice.between(2.8, 4.2);
    const colour = on.dice.chance(0.6) ? needleOf(on.dice) : leafOf(on.season, on.dice);
    return inRows(on, patch, { apart, step: apart * 0.9, jitter: 0.2, gaps: 0.05 }, (x, y) => {
      const r = apart * on.dice.between(0.45, 0.62);
      return round(x, y, r, { h: r * 3, colour: painted(colour, on.dice, 0.08), ragged: 0.5, depth: 0.6 });
    });
  },
  vineyard: (on, patch) => hedge(on, patch, on.dice.between(1.7, 3.2), on.dice.between(0.45, 0.7)),
  hedges: (on, patch) => [...hedge(on, patch, on.dice.between(9, 25), 0.5), ...trees(on, 14, 0.4)],
  lawn: (on) => trees(on, 12, 0.25),
  village,
  glass: (on, patch) => {
    const roof = greyOf(on.dice, 170, 235);
    const period = on.dice.between(1, 3);
    return rowsOfBoxes(on, patch, [on.dice.between(15, 40), on.dice.between(5, 9)], {
      ...{ gap: on.dice.between(0.5, 2), h: 3, gaps: 0.1, period },
      colour: () => painted(roof, on.dice, 0.05),
    });
  },
  solar: (on, patch) =>
    rowsOfBoxes(on, patch, [on.dice.between(6, 20), on.dice.between(1.6, 3.4)], {
      ...{ gap: on.dice.between(1.5, 4), h: 1, gaps: 0.03, period: on.dice.between(0.9, 1.8) },
      colour: () => painted([44, 52, 84], on.dice, 0.08),
    }),
  cars: (on, patch) =>
    rowsOfBoxes(on, patch, [on.dice.between(1.7, 1.9), on.dice.between(4, 4.8)], {
      ...{ gap: on.dice.between(0.8, 6), h: 1.4, gaps: on.dice.between(0.1, 0.6), period: 0 },
      colour: () => painted(on.dice.pick(cars), on.dice),
    }),
};

export const standingOn = (on: Standing, patch: Patch): Thing[] => standings[patch.use]?.(on, patch) ?? [];
