/**
 * `fieldpost evaluate plume`: controlled releases with a known place and rate, through the source estimate that runs on the
 * box. Nothing is fitted to them: the priors are those of `gas/plume/options.ts`, the area is where the paths are and 20 m around.
 */
import process from 'node:process';
import { type Area, priors } from '../../gas/plume/options.ts';
import { answerOf, openSource, take } from '../../gas/plume/source.ts';
import type { Figure } from './figures.ts';
import { type Release, readReleases } from './plume-data.ts';

/** Metres around the instruments in which a source is looked for. */
const marginM = 20;
const reach = { positionM: 4, rateFactor: 2.3 } as const;

interface Result {
  readonly name: string;
  /** Null when the estimate declined to answer; `words` then says why. */
  readonly errorM: number | null;
  readonly factor: number | null;
  readonly in50: boolean;
  readonly in90: boolean;
  readonly seconds: number;
  readonly words: string;
}

function areaOf({ sensor, reflectors }: Release): Area {
  const places = [sensor, ...reflectors];
  const [xs, ys] = [places.map(({ x }) => x), places.map(({ y }) => y)];
  return {
    westM: Math.min(...xs) - marginM,
    southM: Math.min(...ys) - marginM,
    eastM: Math.max(...xs) + marginM,
    northM: Math.max(...ys) + marginM,
  };
}

function resultOf(release: Release): Result {
  const { name, rows, truth } = release;
  const area = areaOf(release);
  const before = process.cpuUsage();
  const source = rows.reduce(take, openSource({ ...priors, area }));
  const answer = answerOf(source);
  const spent = process.cpuUsage(before);
  const seconds = (spent.user + spent.system) / 1e6;
  if (answer.answer !== 'source')
    return {
      name,
      errorM: null,
      factor: null,
      in50: false,
      in90: false,
      seconds,
      words: `not enough: ${answer.reason}`,
    };
  const { grid } = source.filter;
  const { x, y, ceM, rate, region50, region90 } = answer.summary;
  const column = Math.floor((truth.x - area.westM) / grid.cellM);
  const row = Math.floor((truth.y - area.southM) / grid.cellM);
  const isOnGrid = column >= 0 && column < grid.columns && row >= 0 && row < grid.rows;
  const cell = isOnGrid ? row * grid.columns + column : -1;
  const errorM = Math.hypot(x - truth.x, y - truth.y);
  const ratio = rate.median / 1e6 / truth.rateKgS;
  const area90 = region90.reduce((sum, one) => sum + one, 0) * grid.cellM ** 2;
  const kgH = (mgS: number): string => (mgS * 0.0036).toFixed(2);
  return {
    name,
    errorM,
    factor: Math.max(ratio, 1 / ratio),
    in50: region50[cell] === 1,
    in90: region90[cell] === 1,
    seconds,
    words:
      `${rows.length} rows: error ${errorM.toFixed(1)} m, ce ${ceM.toFixed(1)} m, rate ${kgH(rate.median)} ` +
      `(${kgH(rate.low)} to ${kgH(rate.high)}) of ${kgH(truth.rateKgS * 1e6)} kg/h, ratio ${ratio.toFixed(2)}, truth in the 50 % region: ` +
      `${region50[cell] === 1 ? 'yes' : 'no'}, 90 %: ${region90[cell] === 1 ? 'yes' : 'no'} (${area90} m2), ${seconds.toFixed(1)} s`,
  };
}

/** The worst release decides the position and the rate; every region must hold its truth. Errors: Fault `absent`, `config`. */
export async function evaluatePlume(data: string): Promise<readonly Figure[]> {
  const results = readReleases(data).map(resultOf);
  const note = results.map(({ name, words }) => `${name}: ${words}`).join('; ');
  const worst = (of: (one: Result) => number | null): number | null =>
    results.some((one) => of(one) === null) ? null : Math.max(...results.map((one) => of(one) ?? 0));
  const figure = (id: string, value: number | null, unit: string, limit: string, ok: boolean | null): Figure => ({
    id,
    value,
    unit,
    baseline: null,
    ratio: null,
    reach: limit,
    ok,
    note,
  });
  const [errorM, factor] = [worst((one) => one.errorM), worst((one) => one.factor)];
  const share = (of: (one: Result) => boolean): number => results.filter(of).length / results.length;
  const held = share((one) => one.in90);
  const seconds = Math.max(...results.map((one) => one.seconds));
  return [
    figure('plume.position', errorM, 'm', `<= ${reach.positionM} m`, errorM !== null && errorM <= reach.positionM),
    figure('plume.rate', factor, 'factor', `<= ${reach.rateFactor}`, factor !== null && factor <= reach.rateFactor),
    figure('plume.region', held, 'share', '= 1: the 90 % region holds the truth', held === 1),
    {
      ...figure(
        'plume.region50',
        share((one) => one.in50),
        'share',
        '',
        null,
      ),
      reach: null,
    },
    { ...figure('plume.seconds', seconds, 's', '', null), reach: null },
  ];
}
