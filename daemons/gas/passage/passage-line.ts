/** Passages as the line runs them: measurements of the window, the gas and the exhaust to one event a passage. */
import type { BoxEvent } from '../../core/values/envelope.ts';
import { isBlind } from '../../core/values/flags.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import type { Stamp } from '../../core/values/stamp.ts';
import {
  type Blind,
  freshPassage,
  type Passage,
  type PassageInput,
  type PassageState,
  passage,
  restarted,
} from './passage.ts';
import type { PassageSection } from './section.ts';
import { passageEvent, windowEvent } from './words.ts';

/** Plain JSON. */
export interface PassageLineState {
  /** Of which the seconds are; null before anything was measured. */
  readonly boot: string | null;
  /** Whether the window is occupied; null while that is not known. */
  readonly inside: boolean | null;
  readonly exhaust: number | null;
  readonly passages: PassageState;
}

export const freshPassageLine: PassageLineState = { boot: null, inside: null, exhaust: null, passages: freshPassage };

export interface PassageLooked {
  readonly state: PassageLineState;
  readonly events: readonly BoxEvent[];
}

/** Half way between a window that is free (0) and one that is occupied (1). */
const occupiedFrom = 0.5;

export function passageLine(section: PassageSection) {
  const { exhaust } = section;
  const options = { ...section, exhaustFrom: exhaust?.from ?? Number.POSITIVE_INFINITY };
  const step = passage(options);
  const asked = new Set([section.window, section.value, exhaust?.quantity]);

  /** The sound value; what is not of this air, or in a technician's hands, is a gap. */
  const sound = ({ value, flags }: Measurement): number | null =>
    isBlind(flags) || flags.includes('inhibited') || !Number.isFinite(value ?? Number.NaN) ? null : value;

  const inputOf = (state: PassageLineState, one: Measurement): readonly [PassageLineState, PassageInput | null] => {
    const tS = one.at.monoNs / 1e9;
    const value = sound(one);
    if (one.quantity === exhaust?.quantity) return [{ ...state, exhaust: value }, null];
    if (one.quantity === section.value) return [state, { is: 'value', tS, value, exhaust: state.exhaust }];
    if (value === null) {
      const why = blindBy(one);
      return [{ ...state, inside: null }, state.passages.blind === why ? null : { is: 'blind', tS, why }];
    }
    const inside = value >= occupiedFrom;
    if (inside === state.inside) return [state, null];
    return [
      { ...state, inside },
      { is: inside ? 'opened' : 'closed', tS },
    ];
  };

  const take = (state: PassageLineState, one: Measurement): readonly [PassageLineState, ...Passage[]] => {
    const ended: Passage[] = [];
    let now = state;
    if (now.boot !== one.at.boot) {
      const [passages, ...lost] = restarted(now.passages);
      ended.push(...lost);
      now = { boot: one.at.boot, inside: null, exhaust: null, passages };
    }
    const [next, input] = inputOf(now, one);
    if (input === null) return [next, ...ended];
    const [passages, ...more] = step(next.passages, input);
    return [{ ...next, passages }, ...ended, ...more];
  };

  return {
    look: (state: PassageLineState, measurements: readonly Measurement[]): PassageLooked => {
      const events: BoxEvent[] = [];
      let now = state;
      const mine = measurements.filter(({ quantity }) => asked.has(quantity));
      for (const one of mine.toSorted((a, b) => a.at.monoNs - b.at.monoNs)) {
        const [next, ...ended] = take(now, one);
        const { blind } = next.passages;
        if (blind !== now.passages.blind) events.push({ ...windowEvent(blind, section), at: one.at });
        now = next;
        for (const done of ended) events.push(eventOf(done, one.at, section));
      }
      return { state: now, events };
    },
  };
}

/** A detector that says itself that it is at fault, and one whose contact chatters, are there; every other gap is one that is not. */
const blindBy = ({ flags }: Measurement): Blind => (flags.includes('instrument-fault') ? 'loop chatters' : 'loop lost');

const eventOf = (one: Passage, at: Stamp, section: PassageSection): BoxEvent => ({ ...passageEvent(one, section), at });
