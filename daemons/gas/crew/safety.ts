/**
 * The crew's alarm at the box itself: a pure state machine of one gas. It needs no broker and no uplink. A1 and A2 are levels
 * of the value, STEL is the time-weighted mean of 15 minutes; all latch until a person resets them. A fixed post claims no
 * eight-hour mean: nobody carries it. Limits are configuration with their source. See sensing.md 2.1.
 */
import type { Step } from '../../core/flow/scan.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import { counted, type Last, type Minute, type Stel, stelOf } from './stel.ts';

export interface SafetyLimits {
  readonly quantity: string;
  /** In the unit of the quantity; a level that is not set does not alarm. */
  readonly a1?: number | undefined;
  readonly a2?: number | undefined;
  readonly stel?: number | undefined;
  /** Of the 15 minutes, what must have been measured for STEL to be known, 0 to 1. */
  readonly stelShare: number;
}

export type Level = 'a1' | 'a2' | 'stel';

/** What comes in: a value (null is a gap), or a person's command. */
export type SafetyInput =
  | { readonly is: 'value'; readonly at: Stamp; readonly value: number | null }
  | { readonly is: 'reset'; readonly at: Stamp; readonly by: string }
  | { readonly is: 'mute'; readonly at: Stamp; readonly by: string; readonly untilNs: number };

/** Plain JSON: committed with what is told, so that a restart neither ends nor forgets an alarm. */
export interface SafetyState {
  /** Latched levels, with when each began. */
  readonly latched: Readonly<Partial<Record<Level, Stamp>>>;
  /** Levels that are over their limit now, or not known to be under it again: these cannot be reset. */
  readonly over: readonly Level[];
  readonly mute: { readonly by: string; readonly untilNs: number; readonly boot: string } | null;
  readonly minutes: readonly Minute[];
  readonly last: Last | null;
  /** When a value was last taken for one. */
  readonly heard: { readonly boot: string; readonly monoNs: number } | null;
  /** Whether STEL is known; null before anything was looked at, and where there is no such limit. */
  readonly stelKnown: boolean | null;
}

export interface SafetyNews {
  readonly type:
    | 'safety-alarm'
    | 'safety-reset'
    | 'safety-reset-refused'
    | 'safety-muted'
    | 'safety-stel-unknown'
    | 'safety-stel-known';
  readonly at: Stamp;
  readonly quantity: string;
  /** Those that began, were released, or stand in the way of a release. */
  readonly levels: readonly Level[];
  /** Who commanded it; null for what the gas did. */
  readonly by: string | null;
  /** Levels that a refused reset released all the same. */
  readonly released?: readonly Level[];
  readonly share?: number;
}

export const freshSafety: SafetyState = {
  latched: {},
  over: [],
  mute: null,
  minutes: [],
  last: null,
  heard: null,
  stelKnown: null,
};

/** A mute is never longer: somebody else comes on shift. */
export const longestMuteNs = 15 * 60e9;

export function safety(limits: SafetyLimits): Step<SafetyState, SafetyInput, SafetyNews> {
  const { quantity } = limits;
  return (state, input) => {
    const { at } = input;
    if (input.is === 'mute') {
      const untilNs = Math.min(input.untilNs, at.monoNs + longestMuteNs);
      const mute = { by: input.by, untilNs, boot: at.boot };
      return [
        { ...state, mute },
        { type: 'safety-muted', at, quantity, levels: levelsOf(state), by: input.by },
      ];
    }
    return input.is === 'reset' ? resetBy(state, input, quantity) : valued(state, input, limits);
  };
}

function resetBy(
  state: SafetyState,
  { at, by }: Extract<SafetyInput, { is: 'reset' }>,
  quantity: string,
): readonly [SafetyState, ...SafetyNews[]] {
  const isOver = (one: Level): boolean => state.over.includes(one);
  const kept = Object.fromEntries(Object.entries(state.latched).filter(([one]) => isOver(one as Level)));
  const released = levelsOf(state).filter((one) => !isOver(one));
  if (state.over.length > 0)
    return [
      { ...state, latched: kept },
      { type: 'safety-reset-refused', at, quantity, levels: state.over, by, released },
    ];
  if (released.length === 0) return [state];
  return [
    { ...state, latched: {}, mute: null },
    { type: 'safety-reset', at, quantity, levels: released, by },
  ];
}

function valued(
  state: SafetyState,
  { at, value }: Extract<SafetyInput, { is: 'value' }>,
  limits: SafetyLimits,
): readonly [SafetyState, ...SafetyNews[]] {
  const { quantity } = limits;
  const minutes = counted(state.minutes, state.last, at);
  const last = { boot: at.boot, monoNs: at.monoNs, value };
  const stel = stelOf(minutes, at, limits.stelShare);
  const stelKnown = limits.stel === undefined ? null : stel.mean !== null;
  const news: SafetyNews[] = [];
  if (stelKnown !== state.stelKnown && stelKnown !== null)
    news.push({
      type: stelKnown ? 'safety-stel-known' : 'safety-stel-unknown',
      at,
      quantity,
      levels: [],
      by: null,
      share: stel.share,
    });
  // A gap neither raises nor ends: what was over stays over until a value says otherwise.
  if (value === null) return [{ ...state, minutes, last, stelKnown }, ...news];
  const over = overOf(limits, value, stel, state.over);
  const begun = over.filter((one) => !(one in state.latched));
  const next: SafetyState = {
    latched:
      begun.length > 0 ? { ...state.latched, ...Object.fromEntries(begun.map((one) => [one, at])) } : state.latched,
    over,
    // Another level than those that were muted is heard.
    mute: begun.length > 0 ? null : state.mute,
    minutes,
    last,
    heard: { boot: at.boot, monoNs: at.monoNs },
    stelKnown,
  };
  if (begun.length > 0) news.push({ type: 'safety-alarm', at, quantity, levels: begun, by: null });
  return [next, ...news];
}

export const levelsOf = ({ latched }: SafetyState): Level[] => Object.keys(latched) as Level[];

function overOf(
  { a1, a2, stel }: SafetyLimits,
  value: number,
  { mean, least }: Stel,
  before: readonly Level[],
): Level[] {
  const over: Level[] = [];
  if (a1 !== undefined && value >= a1) over.push('a1');
  if (a2 !== undefined && value >= a2) over.push('a2');
  // Over whatever the unmeasured time was; or by what was measured; or it was over and nobody knows that it is under again.
  if (stel !== undefined && (least >= stel || (mean === null ? before.includes('stel') : mean >= stel)))
    over.push('stel');
  return over;
}

/** Whether a gas is watched: a value of it was heard in the last `silentS` seconds of this boot. */
export const isWatched = ({ heard }: SafetyState, now: Stamp, silentS: number): boolean =>
  heard !== null && heard.boot === now.boot && now.monoNs - heard.monoNs <= silentS * 1e9;

/** What the outputs are to be. The relay is energised while all is well: a cut wire or a dead box lets it fall. */
export interface Outputs {
  readonly sounder: boolean;
  readonly beacon: boolean;
  readonly relayEnergised: boolean;
}

/** `supervised`: what drives and watches the outputs, and the sensor, answers. Mute takes the sound away and nothing else. */
export function outputsOf(states: readonly SafetyState[], now: Stamp, supervised: boolean): Outputs {
  const alarmed = states.filter((one) => levelsOf(one).length > 0);
  return {
    sounder: alarmed.some((one) => !isMuted(one, now)),
    beacon: alarmed.length > 0 || !supervised,
    relayEnergised: alarmed.length === 0 && supervised,
  };
}

export const isMuted = ({ mute }: SafetyState, now: Stamp): boolean =>
  mute !== null && mute.boot === now.boot && now.monoNs < mute.untilNs;
