/** From gathered rows to what is said of a source: the estimate's own memory, made again from the rows whenever it is missing. */

import { sinCosDeg } from '../../core/exact/turn.ts';
import type { Where } from '../../core/values/detection.ts';
import type { NotEnough, SourceEstimate, SourceFound } from '../../core/values/plume.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { type Circumstances, degreeM, estimateOf, type Origin, rounded, toDegrees } from '../plume/estimate.ts';
import { priors } from '../plume/options.ts';
import type { Posterior, Summary } from '../plume/posterior.ts';
import { travel } from '../plume/response.ts';
import type { Look, Point, Row } from '../plume/row.ts';
import { openSource, type Source, take } from '../plume/source.ts';
import { limits } from '../plume/support.ts';
import { nextLook } from '../plume/waypoint.ts';
import { type GatheredRow, isOver, lateS } from './gather.ts';
import type { PlumeSection } from './section.ts';

export interface About {
  readonly section: PlumeSection;
  readonly gas: PlumeSection['gases'][number];
  readonly where: Where | null;
  readonly fromK: number;
  readonly raisedK: number | null;
  readonly anew: boolean;
}

/** The memory of one estimate. `source` is written in place. */
export interface Estimating {
  readonly fromK: number;
  readonly origin: Origin;
  source: Source;
  /** The last row that was worked in, and the last one that told the wind. */
  k: number;
  windy: GatheredRow | null;
  /** Rows with measurements of the gas, those of them without any wind, and those in which it turned. */
  looked: number;
  windless: number;
  turned: number;
  readonly used: Set<string>;
  /** What was said after row `k`: an alert that goes on asks again and again. */
  said: { readonly k: number; readonly estimate: SourceEstimate } | null;
}

const noWind = { rows: 0, calm: 0, meanSpeedMs: 0, fromDeg: 0, spreadDeg: 0 } as const;

/** What is said where nothing can be worked out. */
export const refused = (
  reason: NotEnough,
  at: Stamp,
  gas: string | null = null,
  about: Partial<Circumstances> = {},
): SourceEstimate => ({
  answer: 'not-enough',
  reason,
  at,
  gas,
  sinceMs: null,
  anew: false,
  made: [],
  latest: null,
  ...about,
  wind: noWind,
});

/** ppm to mg/m3 at 25 C and 1 atm, sensing.md section 2: some per cent of a rate that is known to a factor of two. */
const litresPerMol = 24.45;
const scales: Readonly<Record<string, (gPerMol: number) => number>> = {
  ppm: (m) => m / litresPerMol,
  ppb: (m) => m / litresPerMol / 1000,
  'mg/m3': () => 1,
  'ug/m3': () => 0.001,
};

/** Works in every row that was over at `monoNs`. Null: it is not known where the box is. */
export function advanceTo(
  made: Map<string, Estimating>,
  rows: readonly GatheredRow[],
  about: About,
  monoNs: number,
): Estimating | null {
  const { section, gas, where, fromK } = about;
  let one = made.get(gas.gas);
  if (one?.fromK !== fromK) {
    const origin = where ?? rows.find(({ k, place }) => k >= fromK && isOver(k, monoNs, section.rowS) && place)?.place;
    if (!origin) return null;
    one = fresh(section, fromK, { lat: origin.lat, lon: origin.lon });
    made.set(gas.gas, one);
  }
  for (const row of rows) if (row.k > one.k && isOver(row.k, monoNs, section.rowS)) workIn(one, row, about);
  return one;
}

function fresh({ reachM, cellM }: PlumeSection, fromK: number, origin: Origin): Estimating {
  const area = { westM: -reachM, southM: -reachM, eastM: reachM, northM: reachM };
  return {
    fromK,
    origin,
    source: openSource({ ...priors, cellM, area }),
    k: fromK - 1,
    windy: null,
    looked: 0,
    windless: 0,
    turned: 0,
    used: new Set(),
    said: null,
  };
}

function workIn(one: Estimating, row: GatheredRow, { section, gas, where, raisedK }: About): void {
  one.k = row.k;
  if (raisedK !== null && (row.k === raisedK || row.k === raisedK - 1)) return;
  const at = pointOf(row, one.origin, { where, inletM: section.inletM });
  const looks = at === null ? [] : looksOf(row, gas, at);
  if (looks.length === 0) return;
  one.looked++;
  for (const { stream } of looks) one.used.add(stream);
  if (row.wind === null) {
    one.windless++;
    return;
  }
  one.windy = row;
  if (row.windOf) one.used.add(row.windOf);
  if (where === null) one.used.add('feed/pos-north').add('feed/pos-east');
  if (row.turns) {
    one.turned++;
    return;
  }
  const before = raisedK !== null && row.k < raisedK;
  const step: Row = { atS: (row.k + 0.5) * section.rowS, wind: row.wind, looks, before };
  one.source = take(one.source, step);
}

/** Where the inlet was, in the local frame; null where that is not known. */
function pointOf(
  { place }: GatheredRow,
  origin: Origin,
  { where, inletM }: { readonly where: Where | null; readonly inletM: number },
): Point | null {
  if (where) return { x: 0, y: 0, z: inletM };
  if (!place) return null;
  const [, cos] = sinCosDeg(origin.lat);
  const [x, y] = [(place.lon - origin.lon) * degreeM * cos, (place.lat - origin.lat) * degreeM];
  return { x, y, z: Math.max(0, place.aboveM ?? inletM) };
}

function looksOf({ values }: GatheredRow, { quantities, gPerMol }: About['gas'], at: Point): Look[] {
  return Object.entries(values).flatMap(([stream, [value, unit]]): Look[] => {
    const scale = scales[unit];
    const isOfGas = quantities.includes(stream.slice(stream.indexOf('/') + 1));
    return isOfGas && scale ? [{ stream, value: value * scale(gPerMol), at, to: null }] : [];
  });
}

/** Wind older than this, or than five rows, is not the wind of now, s. */
export const staleS = 120;

/** Why it cannot be said, before the estimate itself is asked; null: ask it. */
function reasonOf(
  { looked, windless, turned, windy }: Estimating,
  { rowS }: PlumeSection,
  at: Stamp,
): NotEnough | null {
  if (looked === 0) return 'thin-data';
  if (windy === null) return 'no-wind';
  const silentS = at.monoNs / 1e9 - (windy.k + 1) * rowS - lateS;
  if (silentS > Math.max(staleS, 5 * rowS)) return 'stale-wind';
  return 2 * turned > looked - windless ? 'wind-turns' : null;
}

/** What is said at that moment, of the rows that were over by then. */
export function estimateAt(
  made: Map<string, Estimating>,
  rows: readonly GatheredRow[],
  about: About,
  at: Stamp,
): SourceEstimate {
  const { section, gas, fromK, anew } = about;
  const one = advanceTo(made, rows, about, at.monoNs);
  if (!one) return refused('no-position', at, gas.gas, { anew });
  const wallMs = (row: number): number => Math.round(at.wallMs - at.monoNs / 1e6 + row * section.rowS * 1000);
  const wind = one.windy?.wind;
  const circumstances: Circumstances = {
    at,
    gas: gas.gas,
    sinceMs: one.looked === 0 ? null : wallMs(fromK),
    anew,
    made: [...one.used].sort(),
    latest:
      one.windy && wind
        ? {
            fromDeg: wind.speedMs < limits.calmMs ? null : wind.fromDeg,
            speedMs: wind.speedMs,
            untilMs: wallMs(one.windy.k + 1),
          }
        : null,
  };
  const reason = reasonOf(one, section, at);
  if (reason) return refused(reason, at, gas.gas, circumstances);
  if (one.said?.k !== one.k) {
    const estimate = estimateOf(one.source, one.origin, circumstances, (posterior, summary) =>
      nextOf(one, { posterior, summary, section }),
    );
    one.said = { k: one.k, estimate };
  }
  return { ...one.said.estimate, ...circumstances };
}

/**
 * A further look, in the wind of the last row: downwind of the best guess, and to either side of that. Three places and no
 * more: each costs as much as a row, and the map tells a person the rest.
 */
function nextOf(
  { source, windy, origin }: Estimating,
  { posterior, summary, section }: { posterior: Posterior; summary: Summary; section: PlumeSection },
): SourceFound['next'] {
  if (!windy?.wind || windy.wind.speedMs < limits.calmMs) return null;
  const apart = Math.max(2 * section.cellM, Math.min(0.5 * section.reachM, summary.ceM));
  const { fromDeg } = windy.wind;
  const candidates = [-40, 0, 40].map((off): Point => {
    const [east, north] = travel(fromDeg + off);
    return { x: summary.x + apart * east, y: summary.y + apart * north, z: section.inletM };
  });
  const best = nextLook(source.filter, posterior, windy.wind, candidates);
  if (!best) return null;
  return { ...rounded(toDegrees(origin)(best.at.x, best.at.y)), nats: Number(best.nats.toPrecision(2)) };
}
