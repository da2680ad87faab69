/**
 * The crew's alarm at the box itself: a pure state machine of one gas. It needs no broker and no uplink. A1 and A2 are levels
 * of the value, STEL is the time-weighted mean of 15 minutes; all latch until a person resets them. A fixed post claims no
 * eight-hour mean: nobody carries it. Limits are configuration with their source. See sensing.md 2.1.
 */
import type { Step } from '../../core/flow/scan.ts';
import type { Stamp } from '../../core/values/stamp.ts';

export interface SafetyLimits {
  readonly quantity: string;
  /** In the unit of the quantity; a level that is not set does not alarm. */
  readonly a1?: number | undefined;
  readonly a2?: number | undefined;
  readonly stel?: number | undefined;
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
  /** Levels that are over their limit now: these cannot be reset. */
  readonly over: readonly Level[];
  readonly mute: { readonly by: string; readonly untilNs: number; readonly boot: string } | null;
  /** Sum of value times seconds by minute, of the last 15 minutes; the minute counts from boot. */
  readonly minutes: readonly { readonly minute: number; readonly sum: number; readonly seconds: number }[];
  readonly last: { readonly boot: string; readonly monoNs: number; readonly value: number | null } | null;
}

export interface SafetyNews {
  readonly type: 'safety-alarm' | 'safety-reset' | 'safety-reset-refused' | 'safety-muted';
  readonly at: Stamp;
  readonly quantity: string;
  readonly levels: readonly Level[];
  /** Who commanded it; null for what the gas did. */
  readonly by: string | null;
}

export const freshSafety: SafetyState = { latched: {}, over: [], mute: null, minutes: [], last: null };

const stelMinutes = 15;
/** A gap longer than this is not counted as the value before it. */
const longestGapS = 60;
/** A mute is never longer: somebody else comes on shift. */
const longestMuteNs = 15 * 60e9;

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
    if (input.is === 'reset') {
      const { by } = input;
      const kept = Object.fromEntries(
        Object.entries(state.latched).filter(([one]) => state.over.includes(one as Level)),
      );
      if (state.over.length > 0) {
        const held = { ...state, latched: kept };
        return [held, { type: 'safety-reset-refused', at, quantity, levels: state.over, by }];
      }
      if (levelsOf(state).length === 0) return [state];
      const reset = { ...state, latched: {}, mute: null };
      return [reset, { type: 'safety-reset', at, quantity, levels: levelsOf(state), by }];
    }
    const minutes = counted(state, input);
    const last = { boot: at.boot, monoNs: at.monoNs, value: input.value };
    // A gap neither raises nor ends: what was over stays over until a value says otherwise.
    if (input.value === null) return [{ ...state, minutes, last }];
    const over = overOf(limits, input.value, meanOf(minutes, at));
    const begun = over.filter((one) => !(one in state.latched));
    const latched = { ...state.latched, ...Object.fromEntries(begun.map((one) => [one, at])) };
    // Another level than those that were muted is heard.
    const next = { latched, over, mute: begun.length > 0 ? null : state.mute, minutes, last };
    if (begun.length === 0) return [next];
    return [next, { type: 'safety-alarm', at, quantity, levels: begun, by: null }];
  };
}

/**
 * The time-weighted mean over the 15 minutes before `now`, in the unit of the quantity. Time in which nothing was measured counts
 * as clean; of the oldest minute the part that is still inside counts.
 */
export function meanOf(minutes: SafetyState['minutes'], { monoNs }: Pick<Stamp, 'monoNs'>): number {
  const oldest = Math.floor(monoNs / 60e9) - stelMinutes;
  const inside = 1 - (monoNs % 60e9) / 60e9;
  const sum = minutes.reduce((all, one) => all + one.sum * (one.minute === oldest ? inside : 1), 0);
  return sum / (stelMinutes * 60);
}

export const levelsOf = ({ latched }: SafetyState): Level[] => Object.keys(latched) as Level[];

function overOf({ a1, a2, stel }: SafetyLimits, value: number, mean: number): Level[] {
  const over: Level[] = [];
  if (a1 !== undefined && value >= a1) over.push('a1');
  if (a2 !== undefined && value >= a2) over.push('a2');
  if (stel !== undefined && mean >= stel) over.push('stel');
  return over;
}

/** The value before stands for the time until this one. A boot begins the 15 minutes anew. */
function counted({ minutes, last }: SafetyState, { at }: { readonly at: Stamp }): SafetyState['minutes'] {
  if (last?.boot !== at.boot) return [];
  const seconds = (at.monoNs - last.monoNs) / 1e9;
  // The minute in which the interval ended: an interval is a second or so.
  const minute = Math.floor(at.monoNs / 60e9);
  const kept = minutes.filter((one) => one.minute >= minute - stelMinutes);
  if (last.value === null || seconds <= 0 || seconds > longestGapS) return kept;
  const newest = kept.at(-1);
  const added = last.value * seconds;
  if (newest?.minute === minute)
    return [...kept.slice(0, -1), { minute, sum: newest.sum + added, seconds: newest.seconds + seconds }];
  return [...kept, { minute, sum: added, seconds }];
}

/** What the outputs are to be. The relay is energised while all is well: a cut wire or a dead box lets it fall. */
export interface Outputs {
  readonly sounder: boolean;
  readonly beacon: boolean;
  readonly relayEnergised: boolean;
}

/** `supervised`: what drives and watches the outputs, and the sensor, answers. Mute takes the sound away and nothing else. */
export function outputsOf(states: readonly SafetyState[], now: Stamp, supervised: boolean): Outputs {
  const alarmed = states.filter((one) => levelsOf(one).length > 0);
  const silent = ({ mute }: SafetyState): boolean =>
    mute !== null && mute.boot === now.boot && now.monoNs < mute.untilNs;
  return {
    sounder: alarmed.some((one) => !silent(one)),
    beacon: alarmed.length > 0 || !supervised,
    relayEnergised: alarmed.length === 0 && supervised,
  };
}
