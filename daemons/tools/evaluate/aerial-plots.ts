/** `fieldpost evaluate aerial`: what the shipped plot detector finds and what it takes for a plot, on scenes it has not seen. */
import path from 'node:path';
import { openPictures } from '../../core/adapters/pictures.wasm.ts';
import { parse } from '../../core/model/trust.ts';
import { visionCard } from '../../core/model/vision-card.ts';
import { seasons } from '../simulate/aerial/palette.ts';
import { allDone, type Sum, sumAt } from './aerial-crew.ts';
import { type Done, type Job, type RealTile, realTiles } from './aerial-jobs.ts';
import type { Passing } from './aerial-passes.ts';
import { type Figure, printed } from './figures.ts';

const folder = path.join(import.meta.dirname, '../../../models/crop-plot');
/** Neither the training's seeds (from 1,000,000) nor the hold-out's (from 8,000,000). */
const seeds = { country: 20_000_000, flight: 21_000_000, set: 22_000_000 } as const;
/** Side of a piece of country, and how many of them: together a little more than 10 km2 that every picture of a flight shows. */
const countryM = 200;
const countries = 360;
/** Flights for each season at each ground sample distance. */
const flights = 20;
/** Pictures of a flight over a place; over real tiles, which are small, they are taken nearer to each other. */
const passing: Passing = { looks: 4, stepM: 4 };
const overTiles: Passing = { looks: 4, stepM: 1 };
const gsds = [0.02, 0.05, 0.1] as const;
/** Of the card's threshold: what lies about it. */
const about = [-0.06, -0.03, 0.03, 0.06] as const;

function jobsOf(share: number, tiles: readonly RealTile[]): Job[] {
  const some = (of: number): number => Math.max(1, Math.ceil(share * of));
  const flown = (kind: 'flight' | 'set', seed: number, passing: Passing): Job[] =>
    seasons.flatMap((season, s) =>
      gsds.flatMap((gsdM, g) =>
        Array.from({ length: some(flights) }, (_, i) => ({
          ...{ kind, season, gsdM, passing, seed: seed + 10_000 * (3 * s + g) + i },
        })),
      ),
    );
  return [
    ...tiles.map((_, tile): Job => ({ kind: 'tile', tile, passing: overTiles })),
    ...flown('flight', seeds.flight, passing),
    ...(tiles.some(({ assumed }) => !assumed) ? flown('set', seeds.set, overTiles) : []),
    ...Array.from(
      { length: some(countries) },
      (_, i): Job => ({ kind: 'country', seed: seeds.country + i, sideM: countryM, passing }),
    ),
  ];
}

/** `share`: how much of it, 0 to 1. */
export async function evaluatePlots(data: string, share = 1): Promise<readonly Figure[]> {
  const from = performance.now();
  const { thresholds: set } = parse(path.join(folder, 'card.json'), visionCard);
  const thresholds = [set.score, ...about.map((by) => Number((set.score + by).toFixed(3)))];
  const tiles = realTiles(data, await openPictures());
  const all = await allDone(jobsOf(share, tiles), { folder, data, thresholds });
  const seconds = Math.round((performance.now() - from) / 1000);
  return [
    ...recallFigures('aerial.recall', 'rendered flights with unseen seeds', ofKind(all, 'flight')),
    ...(tiles.length === 0
      ? [printed('aerial.recall.set', null, 'share', `skipped: no data in ${data}/aerial`)]
      : recallFigures('aerial.recall.set', 'rendered plots set into the real tiles', ofKind(all, 'set'))),
    tileFigure(ofKind(all, 'tile'), tiles, data),
    countryFigure(all, { thresholds, seconds }),
    maskFigure(ofKind(all, 'flight')),
  ];
}

const ofKind = (all: readonly Done[], kind: Job['kind']): Done[] => all.filter(({ job }) => job.kind === kind);

const recallOf = ({ plots, found }: Sum): number => (plots === 0 ? Number.NaN : found / plots);

function recallFigures(id: string, where: string, all: readonly Done[]): Figure[] {
  return gsds.map((gsdM) => {
    const here = all.filter(({ job }) => 'gsdM' in job && job.gsdM === gsdM);
    const sum = sumAt(here, 0);
    const once = sumAt(here, 0, 'once');
    const series = seasons.map((season) => {
      const of = sumAt(
        here.filter(({ job }) => 'season' in job && job.season === season),
        0,
      );
      return { at: season, value: recallOf(of), n: of.plots };
    });
    const value = recallOf(sum);
    const judged = gsdM < 0.1;
    return {
      ...printed(`${id}.${100 * gsdM}cm`, value, 'share', ''),
      ...(judged ? { reach: '>= 0.90', ok: value >= 0.9 } : {}),
      series,
      note: `${sum.found} of ${sum.plots} plots in ${where}, ${passing.looks} looks and one alert each by the shipped profile's rule; ${series.map(({ at, value: one }) => `${at} ${one.toFixed(2)}`).join(', ')}; ${sum.false} false; one look alone: ${once.found}, ${once.false} false; simulated`,
    };
  });
}

/** Largest mean of a Poisson process that shows no more events 5 times in 100: within 0.2 of the exact one up to 50, never below. */
const upper95 = (events: number): number => events + 1.645 * Math.sqrt(events + 1) + 1.6;

function tileFigure(all: readonly Done[], tiles: readonly RealTile[], data: string): Figure {
  if (all.length === 0) return printed('aerial.false.tiles', null, 'alarms', `skipped: no data in ${data}/aerial`);
  const [alarms, once] = [sumAt(all, 0).false, sumAt(all, 0, 'once').false];
  const km2 = all.reduce((sum, one) => sum + one.km2, 0);
  const assumed = tiles.filter((one) => one.assumed).map(({ name }) => name);
  return {
    ...printed('aerial.false.tiles', alarms, 'alarms', ''),
    ...{ reach: '0', ok: alarms === 0 },
    note: `on ${all.length} real tiles, ${km2.toFixed(4)} km2 that all of ${overTiles.looks} looks show (one look at the whole of them: ${once}): with 95 % certainty under ${(upper95(alarms) / km2).toFixed(0)} per km2, which is all that so little ground can say${assumed.length > 0 ? `; 5 cm a pixel assumed for ${assumed}` : ''}`,
  };
}

function countryFigure(
  all: readonly Done[],
  { thresholds, seconds }: { readonly thresholds: readonly number[]; readonly seconds: number },
): Figure {
  const land = ofKind(all, 'country');
  const km2 = land.reduce((sum, one) => sum + one.km2, 0);
  const alarms = sumAt(land, 0).false;
  const curve = thresholds.map((threshold, i) => {
    const told = (of: 'counted' | 'once'): string =>
      `${(sumAt(land, i, of).false / km2).toFixed(2)} per km2 at recall ${recallOf(sumAt(ofKind(all, 'flight'), i, of)).toFixed(3)}`;
    return `${threshold}: ${told('counted')} (one look ${told('once')})`;
  });
  const lands = Object.entries(
    Object.groupBy(
      land.flatMap(({ where }) => where),
      (one) => one,
    ),
  )
    .map(([name, of]) => [name, of?.length ?? 0] as const)
    .toSorted((a, b) => b[1] - a[1]);
  const most = lands.slice(0, 5).map(([name, times]) => `${name} ${times}`);
  const value = alarms / km2;
  return {
    ...printed('aerial.false', value, '1/km2', ''),
    ...{ reach: '<= 1', ok: value <= 1 },
    note: `${alarms} on ${km2.toFixed(2)} km2 of unseen rendered country without a plot that all of ${passing.looks} looks show, by the same rule, at the card's threshold of ${thresholds[0]}; under ${(upper95(alarms) / km2).toFixed(2)} with 95 % certainty${most.length > 0 ? `; they lie on ${most.join(', ')}` : ''}; by threshold ${curve.join(', ')}; all of this took ${seconds} s; simulated`,
  };
}

function maskFigure(all: readonly Done[]): Figure {
  const masks = all.flatMap(({ mask }) => (mask ? [mask] : []));
  const mean = (of: (one: { otsu: number; fixed: number }) => number): number =>
    masks.reduce((sum, one) => sum + of(one), 0) / masks.length;
  const [value, baseline] = [mean(({ otsu }) => otsu), mean(({ fixed }) => fixed)];
  return {
    ...printed('aerial.mask', value, 'IoU', ''),
    ...{ baseline, ratio: value / baseline },
    note: `mean over ${masks.length} rendered frames: excess green with Otsu's threshold against the leaves that were drawn, beside a fixed threshold of 0; simulated`,
  };
}
