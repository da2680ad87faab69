/**
 * `fieldpost evaluate plume-study`: how often the regions hold the source in releases that `plume-nature.ts` makes up, with
 * errors that the estimate does not know of, in several winds and geometries; and whether calm and thin data are refused.
 * `temper` and `saturation` of the priors were chosen on seeds 0 to 29 in the usual weather with paths, posts and a drone;
 * this runs seeds from 1000, and nothing was chosen on any other weather or on one post alone.
 */
import type { NotEnough } from '../../core/values/plume.ts';
import { priors } from '../../gas/plume/options.ts';
import { answerOf, openSource, take } from '../../gas/plume/source.ts';
import { type Figure, printed } from './figures.ts';
import { type SceneKind, sceneOf, weathers } from './plume-nature.ts';

const firstSeed = 1000;

interface Case {
  readonly name: string;
  readonly kind: SceneKind;
  readonly weather: keyof typeof weathers;
  readonly minutes: number;
  readonly scenes: number;
}
/** A drone's battery lasts no longer than its minutes. */
const cases: readonly Case[] = [
  { name: 'beams', kind: 'beams', weather: 'usual', minutes: 140, scenes: 40 },
  { name: 'posts', kind: 'posts', weather: 'usual', minutes: 140, scenes: 40 },
  { name: 'drone', kind: 'drone', weather: 'usual', minutes: 60, scenes: 40 },
  { name: 'post', kind: 'post', weather: 'usual', minutes: 120, scenes: 40 },
  ...(['weak', 'strong', 'unstable', 'stable'] as const).flatMap((weather): Case[] => [
    { name: `posts.${weather}`, kind: 'posts', weather, minutes: 60, scenes: 20 },
    { name: `drone.${weather}`, kind: 'drone', weather, minutes: 60, scenes: 20 },
  ]),
];
/** What must be refused, and as what: in every release. */
const refusals: readonly (Case & { readonly as: NotEnough })[] = [
  { name: 'calm', kind: 'posts', weather: 'calm', minutes: 30, scenes: 20, as: 'calm-wind' },
  { name: 'thin', kind: 'posts', weather: 'usual', minutes: 8, scenes: 20, as: 'thin-data' },
];

export interface Coverage {
  readonly scenes: number;
  readonly answered: number;
  readonly in50: number;
  readonly in90: number;
  readonly errorsM: readonly number[];
  readonly rateFactors: readonly number[];
  readonly refused: Readonly<Partial<Record<NotEnough, number>>>;
}

/** Runs the scenes of one case from `seed` on; cells of 4 m, so that a study takes minutes. */
export function coverageOf({ kind, weather, minutes, scenes }: Omit<Case, 'name'>, seed: number): Coverage {
  let [answered, in50, in90] = [0, 0, 0];
  const errorsM: number[] = [];
  const rateFactors: number[] = [];
  const refused: Partial<Record<NotEnough, number>> = {};
  for (let i = 0; i < scenes; i++) {
    const { area, rows, truth } = sceneOf(kind, seed + i, minutes, weathers[weather]);
    const source = rows.reduce(take, openSource({ ...priors, cellM: 4, area }));
    const answer = answerOf(source);
    if (answer.answer !== 'source') {
      refused[answer.reason] = (refused[answer.reason] ?? 0) + 1;
      continue;
    }
    const { grid } = source.filter;
    const column = Math.floor((truth.x - area.westM) / grid.cellM);
    const cell = Math.floor((truth.y - area.southM) / grid.cellM) * grid.columns + column;
    const { x, y, rate, region50, region90 } = answer.summary;
    answered++;
    in50 += region50[cell] ?? 0;
    in90 += region90[cell] ?? 0;
    errorsM.push(Math.hypot(x - truth.x, y - truth.y));
    rateFactors.push(Math.exp(Math.abs(Math.log(rate.median / truth.rate))));
  }
  return { scenes, answered, in50, in90, errorsM, rateFactors, refused };
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function noteOf({ scenes, answered, in50, errorsM, rateFactors, refused }: Coverage): string {
  const why = Object.entries(refused).map(([reason, count]) => `${count} ${reason}`);
  const refusedWords = why.length > 0 ? ` (refused: ${why.join(', ')})` : '';
  if (answered === 0) return `simulated: none of ${scenes} releases answered${refusedWords}`;
  return (
    `simulated: ${answered} of ${scenes} releases answered${refusedWords}; 50 % regions hold ${((100 * in50) / answered).toFixed(0)} %; ` +
    `median error ${middle(errorsM).toFixed(1)} m, median rate factor ${middle(rateFactors).toFixed(2)}`
  );
}

/** Coverage in each case and in all of them, printed; that what cannot be answered is refused is judged. */
export async function evaluatePlumeStudy(): Promise<readonly Figure[]> {
  const studied = cases.map((one) => ({ one, coverage: coverageOf(one, firstSeed) }));
  const sum = (of: (one: Coverage) => number): number => studied.reduce((all, { coverage }) => all + of(coverage), 0);
  const answered = sum((one) => one.answered);
  const errors = studied.flatMap(({ coverage }) => coverage.errorsM);
  const all = printed(
    'plume.coverage90',
    sum((one) => one.in90) / answered,
    'share',
    `simulated: all cases, ${answered} of ${sum((one) => one.scenes)} releases answered; median error ${middle(errors).toFixed(1)} m`,
  );
  const each = studied.map(({ one, coverage }) =>
    printed(
      `plume.coverage90.${one.name}`,
      coverage.answered === 0 ? null : coverage.in90 / coverage.answered,
      'share',
      noteOf(coverage),
    ),
  );
  const declined = refusals.map((one): Figure => {
    const coverage = coverageOf(one, firstSeed);
    const value = (coverage.refused[one.as] ?? 0) / coverage.scenes;
    return {
      ...printed(`plume.refused.${one.name}`, value, 'share', noteOf(coverage)),
      reach: `= 1: refused as ${one.as}`,
      ok: value === 1,
    };
  });
  return [all, ...each, ...declined];
}
