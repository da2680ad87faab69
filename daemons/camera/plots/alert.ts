/** What is said of a plot: an alert of the family `evidence`, with its place, outline, and what it rests on. */
import { metresTo, spotAt } from '../../core/geo/local.ts';
import type { Alert } from '../../core/values/alert.ts';
import { certaintyOf } from '../../core/values/claims.ts';
import type { Evidence, ModelRef } from '../../core/values/detection.ts';
import type { Plot, PlotZone } from '../../core/values/plot.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { axes, circleHolding, k90 } from '../ground/covariance.ts';
import { areaOf, extentOf } from '../ground/ring.ts';
import { contraryOf, cuesAsEvidence } from './contrary.ts';
import { confidence, type KnownPlot, type OpenAlert, passesOf } from './known.ts';
import { isAnsweredFor, type Zone, zonesAt } from './zones.ts';

export interface PlotRule {
  /** A label of the model, and what its plots are called in alerts. */
  readonly label: string;
  readonly kind: string;
  readonly severity: Alert['severity'];
  /** A look counts from this score. */
  readonly on: number;
  /** How sure it must be to be raised, after how many looks; and below what it is cleared. */
  readonly raise: number;
  readonly off: number;
  readonly minLooks: number;
}

export interface AlertOptions {
  readonly device: string;
  readonly camera: string;
  readonly model: ModelRef | null;
  readonly zones: readonly Zone[];
  /** How long an alert stands without another word, ms. */
  readonly standsMs: number;
}

/** Zones that the rule names; all of them stand in the plot. */
const mostNamed = 5;
/** Corners that an outline keeps. */
const mostCorners = 64;
const round = (x: number, digits: number): number => Number(x.toFixed(digits));

export function plotOf(plot: KnownPlot, zones: readonly PlotZone[]): Plot {
  const step = Math.ceil(plot.ring.length / mostCorners);
  const corners = plot.ring
    .filter((_, i) => i % step === 0)
    .map((offset) => spotAt(plot, offset))
    .map(({ lat, lon }) => [round(lon, 7), round(lat, 7)] as const);
  const { major, minor, bearingDeg } = axes(plot.covariance);
  const { lengthM, widthM } = extentOf(plot.ring);
  const [first] = corners;
  return {
    outline: first ? [[...corners, first]] : [],
    areaM2: round(areaOf(plot.ring), 1),
    lengthM: round(lengthM, 1),
    widthM: round(widthM, 1),
    cut: plot.cut,
    ellipse: {
      majorM: round(k90 * Math.sqrt(major), 2),
      minorM: round(k90 * Math.sqrt(minor), 2),
      bearingDeg: round(bearingDeg, 1) % 180,
    },
    looks: plot.hits,
    passes: passesOf(plot),
    zones,
    picture: plot.picture,
  };
}

const claimed = (plot: KnownPlot, zones: readonly PlotZone[]): Alert['certainty'] =>
  passesOf(plot) >= 2 && !isAnsweredFor(zones) && contraryOf(plot.cues).length === 0 ? 'corroborated' : 'indication';

/** What a reader sees of it: another word is worth saying when this is another text. Small moves are not. */
export function wordsOf(plot: KnownPlot, { zones: all }: AlertOptions): string {
  const zones = zonesAt(all, plot, plot.covariance);
  const step = Math.max(1, circleHolding(plot.covariance) / 2);
  const [north, east] = metresTo(
    { lat: Math.round(plot.lat * 100) / 100, lon: Math.round(plot.lon * 100) / 100 },
    plot,
  );
  const { lengthM, widthM } = extentOf(plot.ring);
  return JSON.stringify([
    passesOf(plot),
    claimed(plot, zones),
    [Math.round(north / step), Math.round(east / step)],
    [Math.round(lengthM / 5), Math.round(widthM / 5)],
    plot.picture?.sha256 ?? null,
  ]);
}

/** `open` is what stands after this word. */
export function alertOf(
  condition: Alert['condition'],
  plot: KnownPlot,
  { open, rule, at }: { readonly open: OpenAlert; readonly rule: PlotRule; readonly at: Stamp },
  options: AlertOptions,
): Alert {
  const zones = zonesAt(options.zones, plot, plot.covariance);
  const facts = plotOf(plot, zones);
  const sure = confidence(plot, rule.on);
  const watched = options.zones.some(({ kind }) => kind === 'watch');
  const outside = watched && !zones.some(({ kind }) => kind === 'watch');
  const said = zones.slice(0, mostNamed).map(({ name, kind }) => `${kind}: ${name}`);
  return {
    ...{ id: open.id, rev: open.rev, kind: rule.kind, family: 'evidence' },
    severity: isAnsweredFor(zones) || outside ? 'info' : rule.severity,
    condition,
    certainty: certaintyOf(claimed(plot, zones), plot.flags),
    ...{ at, since: open.since },
    because: {
      rule: [
        `${rule.kind}: looks count from ${rule.on}, raised at ${rule.raise} after ${rule.minLooks}, off below ${rule.off}`,
        `about ${Math.round(facts.lengthM)} by ${Math.round(facts.widthM)} m${facts.cut ? ', cut by the edge of the picture' : ''}`,
        `${facts.looks} looks in ${facts.passes} ${facts.passes === 1 ? 'pass' : 'passes'}`,
        ...contraryOf(plot.cues).map((why) => `contrary evidence: ${why}`),
        ...(isAnsweredFor(zones) ? ['somebody answers for this land, so no more than an indication'] : []),
        ...(outside ? ['outside the areas to watch'] : []),
        ...said,
      ].join('; '),
      score: round(sure, 4),
      peak: round(open.peak, 4),
      threshold: rule.raise,
      model: options.model,
      evidence: evidenceOf(plot, options.camera),
    },
    where: {
      lat: round(plot.lat, 7),
      lon: round(plot.lon, 7),
      ceM: round(circleHolding(plot.covariance), 2),
      source: 'projected',
    },
    expiresMs: at.wallMs + options.standsMs,
    flags: plot.flags,
    plot: facts,
  };
}

function evidenceOf(plot: KnownPlot, camera: string): readonly Evidence[] {
  const one = (quantity: string, value: number, unit: string): Evidence => ({
    ...{ sensor: camera, quantity, value, unit, u: null, calibration: null, flags: plot.flags },
  });
  return [
    one(`p(${plot.label})`, round(plot.score, 4), '1'),
    one('ground-sample-distance', round(plot.metresPerPixel, 4), 'm/px'),
    ...cuesAsEvidence(plot.cues).map(({ quantity, value, unit }) => one(quantity, round(value, 3), unit)),
  ];
}
