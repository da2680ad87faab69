/**
 * `fieldpost evaluate plume-study`: how often the regions hold the source in releases that `plume-nature.ts` makes up, with
 * errors that the estimate does not know of. `temper` and `saturation` of the priors were chosen on seeds 0 to 29; this runs
 * seeds from 1000.
 */
import { priors } from '../../gas/plume/options.ts';
import { answerOf, openSource, take } from '../../gas/plume/source.ts';
import { type Figure, printed } from './figures.ts';
import { type SceneKind, sceneOf } from './plume-nature.ts';

/** Minutes of each kind of scene: a drone's battery lasts no longer. */
const minutes: Readonly<Record<SceneKind, number>> = { beams: 140, posts: 140, drone: 60 };
const firstSeed = 1000;

export interface Coverage {
  readonly scenes: number;
  readonly answered: number;
  readonly in50: number;
  readonly in90: number;
  readonly errorsM: readonly number[];
  readonly rateFactors: readonly number[];
}

/** Runs `scenes` of one kind from `seed` on; cells of 4 m, so that a study takes minutes. */
export function coverageOf(kind: SceneKind, scenes: number, seed: number): Coverage {
  let [answered, in50, in90] = [0, 0, 0];
  const errorsM: number[] = [];
  const rateFactors: number[] = [];
  for (let i = 0; i < scenes; i++) {
    const { area, rows, truth } = sceneOf(kind, seed + i, minutes[kind]);
    const source = rows.reduce(take, openSource({ ...priors, cellM: 4, area }));
    const answer = answerOf(source);
    if (answer.answer !== 'source') continue;
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
  return { scenes, answered, in50, in90, errorsM, rateFactors };
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Coverage of both regions for each kind of scene, printed; it judges nothing. */
export async function evaluatePlumeStudy(scenes = 40): Promise<readonly Figure[]> {
  return (['beams', 'posts', 'drone'] as const).flatMap((kind) => {
    const { answered, in50, in90, errorsM, rateFactors } = coverageOf(kind, scenes, firstSeed);
    const note =
      `${answered} of ${scenes} releases answered; 50 % regions hold ${((100 * in50) / answered).toFixed(0)} %; ` +
      `median error ${middle(errorsM).toFixed(1)} m, median rate factor ${middle(rateFactors).toFixed(2)}`;
    return [printed(`plume.coverage90.${kind}`, in90 / answered, 'share', note)];
  });
}
