/**
 * One plot, one alert. Each picture's sightings are held against what is known: the same plot again, a new one, or a place
 * that is in the picture and shows nothing. Pure, and of plain JSON: the same looks give the same alerts again.
 */
import { metresTo } from '../../core/geo/local.ts';
import type { Alert } from '../../core/values/alert.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { isInside, overlapOf, shifted } from '../ground/ring.ts';
import { type AlertOptions, alertOf, type PlotRule, wordsOf } from './alert.ts';
import { paired } from './associate.ts';
import {
  confidence,
  joined,
  type KnownPlot,
  missed,
  type OpenAlert,
  partsOf,
  passOver,
  sawAgain,
  startedWith,
} from './known.ts';
import type { GroundLook } from './sighting.ts';

export interface WatchOptions extends AlertOptions {
  readonly rules: readonly PlotRule[];
  /** A place not looked at for so long is in another pass when it is seen again, ms. */
  readonly passGapMs: number;
  /** An alert whose place was not found for so long ends; one that ended is not raised again for so long, ms. */
  readonly endAfterMs: number;
  readonly cooldownMs: number;
  /** How often an alert says what changed, at the most, ms. */
  readonly heldEveryMs: number;
}

export interface WatchState {
  readonly plots: readonly KnownPlot[];
}
export const nothingKnown: WatchState = { plots: [] };

/** About 2 kB each. Beyond it the ones seen longest ago that have no alert are forgotten, then the others. */
const mostPlots = 300;

type Result = readonly [WatchState, ...Alert[]];

/** Wall time only across boots, where there is nothing else. */
const msBetween = (from: Stamp, to: Stamp): number =>
  from.boot === to.boot ? (to.monoNs - from.monoNs) / 1e6 : to.wallMs - from.wallMs;

export const watch =
  (options: WatchOptions) =>
  (state: WatchState, look: GroundLook): Result => {
    const { at, flags } = look;
    const { rules, passGapMs } = options;
    const ruleOf = (label: string): PlotRule | undefined => rules.find((one) => one.label === label);
    const sightings = look.sightings.filter(
      ({ label, score }) => score >= (ruleOf(label)?.on ?? Number.POSITIVE_INFINITY),
    );
    const before = state.plots.map((plot) => (msBetween(plot.last, at) > passGapMs ? passOver(plot) : plot));
    const pairs = paired(before, sightings, ({ running }) => running.hits > 0);
    const plotOfSighting = new Map(pairs.map(({ sighting, plot }) => [sighting, plot]));
    const sightingOfPlot = new Map(pairs.map(({ sighting, plot }) => [plot, sighting]));
    const by = (label: string) => ({ at, flags, threshold: ruleOf(label)?.on ?? 1 });
    const known = before.map((plot, p) => {
      const sighting = sightings[sightingOfPlot.get(p) ?? -1];
      if (sighting) return sawAgain(plot, sighting, by(plot.label));
      return isShown(plot, look) ? missed(plot) : plot;
    });
    const found = sightings.filter((_, s) => !plotOfSighting.has(s)).map((one) => startedWith(one, by(one.label)));
    return spoken(united([...known, ...found], at), at, options);
  };

/** Time goes on without a picture: what was not found for long ends. */
export const waited =
  (options: WatchOptions) =>
  (state: WatchState, at: Stamp): Result =>
    spoken({ plots: state.plots, ended: [] }, at, options);

/** Whether the whole plot is in the picture, wherever its true place may be: what an edge cuts is often not found. */
function isShown(plot: KnownPlot, { footprint }: GroundLook): boolean {
  if (!footprint) return false;
  const ring = shifted(footprint.ring, metresTo(plot, footprint));
  const reach = Math.sqrt(plot.covariance.nn + plot.covariance.ee);
  const inside = (n: number, e: number): boolean => isInside(ring, [n, e]);
  return plot.ring.every(
    ([n, e]) => inside(n + reach, e) && inside(n - reach, e) && inside(n, e + reach) && inside(n, e - reach),
  );
}

interface United {
  readonly plots: readonly KnownPlot[];
  /** Those whose alert ends because they turned out to be another one. */
  readonly ended: readonly (readonly [KnownPlot, KnownPlot])[];
}

/** Two of one label that have most of the smaller one in common are one, and so are parts that touch. Only what was just seen changed its shape. */
function united(plots: readonly KnownPlot[], at: Stamp): United {
  const kept: KnownPlot[] = [];
  const ended: (readonly [KnownPlot, KnownPlot])[] = [];
  for (const plot of plots) {
    const isNew = (one: KnownPlot): boolean => one.last.monoNs === at.monoNs && one.last.boot === at.boot;
    const index = kept.findIndex((one) => one.label === plot.label && (isNew(one) || isNew(plot)) && isSame(one, plot));
    const other = kept[index];
    if (!other) kept.push(plot);
    else {
      const one = joined(other, plot);
      if (other.open && plot.open) ended.push([one.open === other.open ? plot : other, one]);
      kept[index] = one;
    }
  }
  return { plots: kept, ended };
}

/** Ours. */
const sameShare = 0.5;

function isSame(a: KnownPlot, b: KnownPlot): boolean {
  const offset = metresTo(a, b);
  if (overlapOf(a.ring, shifted(b.ring, offset)).ofSmaller >= sameShare) return true;
  // What edges of pictures cut: no picture need ever show it whole.
  return a.cut && b.cut && partsOf(a, b) !== null;
}

function spoken({ plots, ended }: United, at: Stamp, options: WatchOptions): Result {
  const alerts: Alert[] = [];
  const rules = new Map(options.rules.map((rule) => [rule.label, rule]));
  for (const [plot, by] of ended) {
    const rule = rules.get(plot.label);
    if (!rule || !plot.open) continue;
    const open = { ...plot.open, rev: plot.open.rev + 1 };
    const last = alertOf('cleared', plot, { open, rule, at }, options);
    alerts.push({
      ...last,
      because: { ...last.because, rule: `${last.because.rule}; the same plot as ${by.open?.id}` },
    });
  }
  const next = plots.map((plot) => {
    const rule = rules.get(plot.label);
    if (!rule) return plot;
    const [after, ...said] = speak(plot, { rule, at, options });
    alerts.push(...said);
    return after;
  });
  return [{ plots: bounded(next) }, ...alerts];
}

interface Hearing {
  readonly rule: PlotRule;
  readonly at: Stamp;
  readonly options: WatchOptions;
}

function speak(plot: KnownPlot, { rule, at, options }: Hearing): readonly [KnownPlot, ...Alert[]] {
  const sure = confidence(plot, rule.on);
  const { open } = plot;
  const unseenMs = msBetween(plot.last, at);
  if (!open) {
    const cooling = plot.endedMs !== null && at.wallMs - plot.endedMs < options.cooldownMs && at.wallMs >= plot.endedMs;
    const due = plot.hits >= rule.minLooks && sure >= rule.raise && unseenMs === 0 && !cooling;
    return due ? raised(plot, { sure, rule, at, options }) : [plot];
  }
  const peak = Math.max(open.peak, sure);
  const further: OpenAlert = { ...open, rev: open.rev + 1, peak, saidMs: at.wallMs };
  if (unseenMs >= options.endAfterMs || sure < rule.off) {
    const over = alertOf('cleared', plot, { open: further, rule, at }, options);
    return [{ ...passOver(plot), open: null, endedMs: at.wallMs }, over];
  }
  const words = wordsOf(plot, options);
  // A wall clock that was set back must not silence an alert.
  const due = at.wallMs - open.saidMs >= options.heldEveryMs || at.wallMs < open.saidMs;
  if (words === open.said || !due) return [peak === open.peak ? plot : { ...plot, open: { ...open, peak } }];
  const held = { ...further, said: words };
  return [{ ...plot, open: held }, alertOf('held', plot, { open: held, rule, at }, options)];
}

/**
 * The first word is short, so that it passes a thin line at once; the picture comes with the second. The id is made of what
 * is told alone: a replay gives the same.
 */
function raised(
  plot: KnownPlot,
  { sure, rule, at, options }: Hearing & { readonly sure: number },
): readonly [KnownPlot, ...Alert[]] {
  const place = `${Math.round((plot.lat + 90) * 1e6).toString(36)}${Math.round((plot.lon + 180) * 1e6).toString(36)}`;
  const id = `${options.device}.${rule.kind}.${at.boot.slice(0, 8)}.${at.monoNs.toString(36)}.${place}`;
  const open: OpenAlert = {
    id,
    rev: 1,
    since: plot.since,
    peak: sure,
    saidMs: at.wallMs,
    said: wordsOf(plot, options),
  };
  const first = alertOf('raised', { ...plot, picture: null }, { open, rule, at }, options);
  if (!plot.picture) return [{ ...plot, open }, first];
  const second = { ...open, rev: 2 };
  return [{ ...plot, open: second }, first, alertOf('held', plot, { open: second, rule, at }, options)];
}

function bounded(plots: readonly KnownPlot[]): readonly KnownPlot[] {
  if (plots.length <= mostPlots) return plots;
  const order = [...plots].sort(
    (a, b) => Number(b.open !== null) - Number(a.open !== null) || b.last.wallMs - a.last.wallMs,
  );
  const kept = new Set(order.slice(0, mostPlots));
  return plots.filter((one) => kept.has(one));
}
