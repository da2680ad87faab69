/** What is known of one plot, and how a further look changes it. Plain JSON throughout: state that is committed and recalled. */
import { exp, ln } from '../../core/exact/math.ts';
import { metresTo, type Spot, spotAt } from '../../core/geo/local.ts';
import type { Flag } from '../../core/values/flags.ts';
import { joinFlags } from '../../core/values/flags.ts';
import type { PlotPicture } from '../../core/values/plot.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import type { Cues } from '../../core/vision/cues.ts';
import { type Covariance, trace } from '../ground/covariance.ts';
import { wholeOf } from '../ground/parts.ts';
import { areaOf, middleOf, overlapOf, type Ring, shifted } from '../ground/ring.ts';
import type { GroundSighting } from './sighting.ts';

export interface KnownPlot extends Spot {
  readonly label: string;
  readonly covariance: Covariance;
  /** Sum of the weights that its place is a mean by. */
  readonly weight: number;
  readonly ring: Ring;
  readonly cut: boolean;
  readonly score: number;
  readonly picture: PlotPicture | null;
  readonly metresPerPixel: number;
  /** Of the look with the highest score. */
  readonly cues?: Cues | null | undefined;
  readonly since: Stamp;
  readonly last: Stamp;
  readonly flags: readonly Flag[];
  /** Of all passes that are over: what they add up to, in log-odds, and how many had a hit. */
  readonly settled: number;
  readonly passesBefore: number;
  /** Of the pass that runs: evidence of its looks summed, how many, and how many of them hits. */
  readonly running: { readonly sum: number; readonly looks: number; readonly hits: number };
  readonly hits: number;
  readonly open: OpenAlert | null;
  /** When its last alert ended, Unix ms; null before the first has. */
  readonly endedMs: number | null;
}

/** What was said of it last. */
export interface OpenAlert {
  readonly id: string;
  readonly rev: number;
  readonly since: Stamp;
  readonly peak: number;
  readonly saidMs: number;
  /** What of it a reader would see change: see `wordsOf` in alert.ts. */
  readonly said: string;
}

/**
 * Ours. A look adds its score's log-odds against the threshold, at most `most` either way; a picture that shows the place and
 * nothing there takes `miss`. The same model looking at the same leaves again repeats its own mistakes: a pass counts by the
 * mean of its looks, a further pass by `again` of that, and nothing is surer than `surest`.
 */
export const belief = { most: 3, miss: -1.5, again: 0.5, surest: 0.98 } as const;

const logit = (p: number): number => ln(p / (1 - p));
const held = (x: number, most: number): number => Math.max(-most, Math.min(most, x));
export const evidenceOf = (score: number, threshold: number): number =>
  held(logit(held(score - 0.5, 0.4999) + 0.5) - logit(threshold), belief.most);

export const hasPass = ({ running }: KnownPlot): boolean => running.hits > 0;
export const passesOf = (plot: KnownPlot): number => plot.passesBefore + Number(hasPass(plot));

/** How sure it is, from 0 to 1: a first pass is worth the mean score of its looks. */
export function confidence(plot: KnownPlot, threshold: number): number {
  const { sum, looks } = plot.running;
  const now = looks === 0 ? 0 : (sum / looks) * (plot.passesBefore > 0 ? belief.again : 1);
  const odds = logit(threshold) + plot.settled + now;
  return Math.min(belief.surest, 1 / (1 + exp(-odds)));
}

export const startedWith = (
  sighting: GroundSighting,
  { at, flags, threshold }: { readonly at: Stamp; readonly flags: readonly Flag[]; readonly threshold: number },
): KnownPlot => ({
  ...{ label: sighting.label, lat: sighting.lat, lon: sighting.lon, covariance: sighting.covariance },
  weight: 1 / trace(sighting.covariance),
  ...{ ring: sighting.ring, cut: sighting.cut, score: sighting.score, picture: sighting.picture },
  metresPerPixel: sighting.metresPerPixel,
  ...(sighting.cues ? { cues: sighting.cues } : {}),
  ...{ since: at, last: at, flags, settled: 0, passesBefore: 0 },
  running: { sum: evidenceOf(sighting.score, threshold), looks: 1, hits: 1 },
  ...{ hits: 1, open: null, endedMs: null },
});

export function sawAgain(
  plot: KnownPlot,
  sighting: GroundSighting,
  { at, flags, threshold }: { readonly at: Stamp; readonly flags: readonly Flag[]; readonly threshold: number },
): KnownPlot {
  // A whole outline before a cut one, then the larger: what is hidden by leaves or an edge makes it smaller, never larger.
  const better = plot.cut === sighting.cut ? areaOf(sighting.ring) > areaOf(plot.ring) : plot.cut;
  const whole = plot.cut && sighting.cut ? partsOf(plot, sighting) : null;
  const clearer = sighting.picture !== null && (plot.picture === null || sighting.score > plot.score);
  return {
    ...plot,
    ...placeOf(plot, sighting),
    ...(better ? { ring: sighting.ring, cut: sighting.cut } : {}),
    ...(whole ?? {}),
    ...(clearer ? { picture: sighting.picture, metresPerPixel: sighting.metresPerPixel } : {}),
    ...(sighting.cues && (!plot.cues || sighting.score > plot.score) ? { cues: sighting.cues } : {}),
    score: Math.max(plot.score, sighting.score),
    last: at,
    flags: joinFlags(plot.flags, flags),
    running: {
      sum: plot.running.sum + evidenceOf(sighting.score, threshold),
      looks: plot.running.looks + 1,
      hits: plot.running.hits + 1,
    },
    hits: plot.hits + 1,
  };
}

/** Cut outlines of sizes nearer than this may be the same part, and their places are averaged. Ours. */
const alike = 0.8;

type Place = Pick<KnownPlot, 'lat' | 'lon' | 'covariance' | 'weight'>;

/**
 * The place becomes the mean of all looks, each by its own certainty. Their errors may be one and the same (a compass that is
 * off is off in every picture), and a mean of such is no surer than the mean of their covariances. The middle of a part is
 * not the middle of the whole: where one outline is cut by an edge, the other has the word, and of two cut ones the larger.
 */
function placeOf(plot: KnownPlot, sighting: GroundSighting): Place {
  const added = 1 / trace(sighting.covariance);
  const { covariance: a } = plot;
  const { covariance: b, lat, lon } = sighting;
  const [known, seen] = [areaOf(plot.ring), areaOf(sighting.ring)];
  const isPart = plot.cut ? sighting.cut && seen < alike * known : sighting.cut;
  const isWhole = plot.cut && (!sighting.cut || known < alike * seen);
  if (isWhole) return { lat, lon, covariance: b, weight: added };
  if (isPart) return { lat: plot.lat, lon: plot.lon, covariance: a, weight: plot.weight };
  const weight = plot.weight + added;
  const t = added / weight;
  const [north, east] = metresTo(plot, sighting);
  const mean = (x: number, y: number): number => x + t * (y - x);
  return {
    ...spotAt(plot, [t * north, t * east]),
    covariance: { nn: mean(a.nn, b.nn), ne: mean(a.ne, b.ne), ee: mean(a.ee, b.ee) },
    weight,
  };
}

/** A picture shows the place, and nothing was found there. */
export const missed = (plot: KnownPlot): KnownPlot => ({
  ...plot,
  running: { ...plot.running, sum: plot.running.sum + belief.miss, looks: plot.running.looks + 1 },
});

/** Closes the running pass, if there is one. */
export function passOver(plot: KnownPlot): KnownPlot {
  const { sum, looks } = plot.running;
  if (looks === 0) return plot;
  return {
    ...plot,
    settled: plot.settled + (sum / looks) * (plot.passesBefore > 0 ? belief.again : 1),
    passesBefore: passesOf(plot),
    running: { sum: 0, looks: 0, hits: 0 },
  };
}

type Shape = Pick<KnownPlot, 'lat' | 'lon' | 'ring' | 'cut'>;

/** Less than this of the smaller in common: they are other parts, and not the same part seen twice. Ours. */
const sameShare = 0.5;

/** The whole of two cut parts that show different ends of one plot; null where they do not. */
export function partsOf(a: Shape, b: Shape): Shape | null {
  const ring = shifted(b.ring, metresTo(a, b));
  const whole = overlapOf(a.ring, ring).ofSmaller < sameShare ? wholeOf(a.ring, ring) : null;
  if (!whole) return null;
  const [north, east] = middleOf(whole);
  return { ...spotAt(a, [north, east]), ring: shifted(whole, [-north, -east]), cut: true };
}

/** Two that turned out to be one: the older keeps its name, its alert and its history. */
export function joined(a: KnownPlot, b: KnownPlot): KnownPlot {
  const [old, young] = a.since.wallMs <= b.since.wallMs ? [a, b] : [b, a];
  const larger = areaOf(young.ring) > areaOf(old.ring) ? young : old;
  const { lat, lon, ring, cut } = (a.cut && b.cut ? partsOf(a, b) : null) ?? larger;
  return {
    ...old,
    // An outline counts from its own middle.
    ...{ lat, lon, ring, cut, covariance: larger.covariance, weight: larger.weight },
    score: Math.max(old.score, young.score),
    picture: old.picture ?? young.picture,
    ...((old.cues ?? young.cues) ? { cues: old.cues ?? young.cues } : {}),
    last: old.last.wallMs >= young.last.wallMs ? old.last : young.last,
    flags: joinFlags(old.flags, young.flags),
    hits: old.hits + young.hits,
    open: old.open ?? young.open,
  };
}
