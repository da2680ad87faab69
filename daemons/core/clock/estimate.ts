/**
 * What time it is and how wrong that may be, from what the sources say. Pure.
 * Invariants:
 * - a stated bound holds if the sources tell the truth and the oscillator keeps to `drift`;
 * - what is unknown is null, never a guess; time is then the system's, but never before the floor;
 * - a source's newer word replaces its older one; live sources that contradict each other widen the bound over both.
 */
import type { ClockNews } from '../ports/clock.ts';
import type { ClockPair, TimeFix } from '../ports/time-source.ts';
import { drift, looseBound } from './bound.ts';

/** A source that said nothing for longer does not count as synchronising, and contradicts nobody, in ms. */
const liveMs = 600_000;
/** The told time is not moved for less than this, in ms: the wall clock is read to a millisecond. */
const slackMs = 2;
/** Resolution of /proc/uptime, twice: how well the length of a suspend is known, in ms. */
const suspendSlackMs = 20;

export interface ClockState {
  readonly boot: string;
  /** The latest word of each source. */
  readonly fixes: readonly TimeFix[];
  /** Wall ms less monotonic ms, as told; null while the system's own is told. */
  readonly offsetMs: number | null;
  /** The last bound that was stated: what a contradiction is measured against. */
  readonly stated: TimeFix | null;
  /** A moment that is over for certain, from the disk; null where there is none. */
  readonly floor: Floor | null;
  readonly disputed: boolean;
}

export interface Floor {
  readonly monoNs: number;
  readonly wallMs: number;
}

export type ClockInput =
  | { readonly kind: 'fix'; readonly fix: TimeFix; readonly at: ClockPair }
  /** The system's wall clock was set by somebody. */
  | { readonly kind: 'stepped' }
  /** The box was suspended for `ms`, which the monotonic clock did not count. */
  | { readonly kind: 'suspended'; readonly ms: number; readonly at: ClockPair };

export interface Told {
  readonly wallMs: number;
  readonly uncertaintyMs: number | null;
  readonly synced: boolean;
  /** Whose word it rests on: a source, `system` or `floor`. */
  readonly source: string;
  readonly disputed: boolean;
}

export const freshClock = (boot: string, floor: Floor | null): ClockState => ({
  boot,
  fixes: [],
  offsetMs: null,
  stated: null,
  floor,
  disputed: false,
});

/** The time at `at`. */
export function tell(state: ClockState, at: ClockPair): Told {
  const live = state.fixes.filter((fix) => at.monoNs - fix.monoNs <= liveMs * 1e6);
  const best = closest(live.length > 0 ? live : state.fixes, at.monoNs);
  if (!best) return unknown(state, at);
  const offsetMs = state.offsetMs ?? offsetOf(best);
  const disputes = live.some((fix) => contradicts(fix, best, at.monoNs));
  const bounds = disputes ? live : [best];
  const errorMs = Math.max(...bounds.map((fix) => halfMs(fix, at.monoNs) + Math.abs(offsetOf(fix) - offsetMs)));
  return {
    wallMs: Math.round(offsetMs + at.monoNs / 1e6),
    uncertaintyMs: looseBound(errorMs + 1),
    synced: live.length > 0,
    source: best.source,
    disputed: disputes,
  };
}

/** The latest moment that is over for certain at `at`, or null where nothing is known. */
export function floorAt(state: ClockState, at: ClockPair): number | null {
  const { wallMs, uncertaintyMs } = tell(state, at);
  return uncertaintyMs === null ? floorNow(state, at) : wallMs - uncertaintyMs;
}

/** Takes what happened; gives the news to keep as events. */
export function advance(state: ClockState, input: ClockInput): readonly [ClockState, ...ClockNews[]] {
  switch (input.kind) {
    case 'fix':
      return takeFix(state, input.fix, input.at);
    case 'stepped': {
      const fixes = state.fixes.filter(({ steers }) => !steers);
      const best = fixes.at(-1);
      return [{ ...state, fixes, offsetMs: best ? offsetOf(best) : null }];
    }
    case 'suspended':
      return sleepThrough(state, input.ms, input.at);
  }
}

function takeFix(state: ClockState, fix: TimeFix, at: ClockPair): readonly [ClockState, ...ClockNews[]] {
  const fixes = [...state.fixes.filter(({ source }) => source !== fix.source), fix];
  const offsetMs = offsetOf(closest(fixes, at.monoNs) ?? fix);
  const keeps = state.offsetMs !== null && Math.abs(offsetMs - state.offsetMs) <= slackMs;
  const moved: ClockState = { ...state, fixes, offsetMs: keeps ? state.offsetMs : offsetMs };
  const before = tell(state, at);
  const told = tell(moved, at);
  const claim: TimeFix = {
    source: told.source,
    monoNs: at.monoNs,
    wallMs: told.wallMs,
    uncertaintyMs: told.uncertaintyMs ?? 0,
    steers: false,
  };
  const news: ClockNews[] = [];
  if (state.stated === null || contradicts(claim, state.stated, at.monoNs)) {
    const stepMs = told.wallMs - before.wallMs;
    news.push(corrected(moved, claim, stepMs, state.stated));
  }
  if (told.disputed && !state.disputed) news.push(disputedNews(moved, at));
  return [{ ...moved, stated: claim, disputed: told.disputed }, ...news];
}

function sleepThrough(state: ClockState, ms: number, at: ClockPair): readonly [ClockState, ...ClockNews[]] {
  const later = (fix: TimeFix): TimeFix => ({
    ...fix,
    wallMs: fix.wallMs + ms,
    uncertaintyMs: fix.uncertaintyMs + suspendSlackMs,
  });
  const next: ClockState = {
    ...state,
    fixes: state.fixes.map(later),
    offsetMs: state.offsetMs === null ? null : state.offsetMs + ms,
    stated: state.stated && later(state.stated),
    floor: state.floor && { ...state.floor, wallMs: state.floor.wallMs + Math.max(0, ms - suspendSlackMs) },
  };
  return [
    next,
    {
      type: 'clock-suspended',
      severity: 'info',
      message: `the box was suspended for ${Math.round(ms / 1000)} s; nothing was measured in that time`,
      detail: { boot: state.boot, monoNs: at.monoNs, suspendedMs: ms, uncertaintyMs: suspendSlackMs },
    },
  ];
}

function unknown(state: ClockState, at: ClockPair): Told {
  const floorMs = floorNow(state, at);
  const isBefore = floorMs !== null && at.systemMs < floorMs;
  return {
    wallMs: Math.round(isBefore ? floorMs : at.systemMs),
    uncertaintyMs: null,
    synced: false,
    source: isBefore ? 'floor' : 'system',
    disputed: false,
  };
}

const floorNow = ({ floor }: ClockState, { monoNs }: ClockPair): number | null =>
  floor && floor.wallMs + (monoNs / 1e6 - floor.monoNs / 1e6) * (1 - drift);

/** Wall ms less monotonic ms. */
const offsetOf = ({ wallMs, monoNs }: TimeFix): number => wallMs - monoNs / 1e6;

/** The bound of a fix some time away from it, in ms. */
const halfMs = (fix: TimeFix, monoNs: number): number =>
  fix.uncertaintyMs + drift * Math.abs(monoNs / 1e6 - fix.monoNs / 1e6);

const contradicts = (a: TimeFix, b: TimeFix, monoNs: number): boolean =>
  Math.abs(offsetOf(a) - offsetOf(b)) > halfMs(a, monoNs) + halfMs(b, monoNs) + slackMs;

function closest(fixes: readonly TimeFix[], monoNs: number): TimeFix | null {
  let best: TimeFix | null = null;
  for (const fix of fixes) if (!best || halfMs(fix, monoNs) < halfMs(best, monoNs)) best = fix;
  return best;
}

function corrected({ boot }: ClockState, claim: TimeFix, stepMs: number, stated: TimeFix | null): ClockNews {
  const { source, monoNs, wallMs, uncertaintyMs } = claim;
  const was = stated ? 'the bound stated before did not hold' : 'true time for the first time since the start';
  return {
    type: 'clock-corrected',
    severity: stated ? 'warning' : 'info',
    message: `${source}: ${was}; the clock moved by ${(stepMs / 1000).toFixed(3)} s and is good to ${uncertaintyMs} ms. Earlier times of this boot are corrected by this event; their order stands`,
    detail: { boot, monoNs, wallMs, uncertaintyMs, source, stepMs },
  };
}

function disputedNews({ boot, fixes }: ClockState, at: ClockPair): ClockNews {
  const claims = fixes.map(({ source, wallMs, uncertaintyMs, monoNs }) => ({ source, wallMs, uncertaintyMs, monoNs }));
  return {
    type: 'clock-disputed',
    severity: 'warning',
    message: `time sources contradict each other (${claims.map(({ source }) => source).join(', ')}): times are stated with a bound that holds them all until one gives in; check the antenna and the time server`,
    detail: { boot, monoNs: at.monoNs, claims },
  };
}
