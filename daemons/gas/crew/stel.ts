/**
 * The short-term limit: the time-weighted mean of 15 minutes, from what was measured of them. Time in which nothing was measured is
 * neither clean nor gas. Counting it as clean would thin the mean in silence, and a gap comes just when a pump fails or a line is
 * wet; so the mean is that of the measured time, it needs a share of the 15 minutes to be one, and with less STEL is not known.
 */
import type { Stamp } from '../../core/values/stamp.ts';

/** By minute since boot: sum of value times seconds, and the seconds that were measured. Plain JSON. */
export interface Minute {
  readonly minute: number;
  readonly sum: number;
  readonly seconds: number;
}

/** The newest look: null is a gap. */
export interface Last {
  readonly boot: string;
  readonly monoNs: number;
  readonly value: number | null;
}

export interface Stel {
  /** Over the measured time, in the unit of the quantity; null where too little was measured. */
  readonly mean: number | null;
  /** As if everything else had been clean: no truth lies below it, where nothing reads below zero. */
  readonly least: number;
  /** Of the 15 minutes that was measured, 0 to 1. */
  readonly share: number;
}

const minutesOf = 15;
/** A gap longer than this is not counted as the value before it. */
const longestGapS = 60;

/** The 15 minutes before `now`; of the oldest minute the part that is still inside counts. */
export function stelOf(minutes: readonly Minute[], { monoNs }: Pick<Stamp, 'monoNs'>, leastShare: number): Stel {
  const oldest = Math.floor(monoNs / 60e9) - minutesOf;
  const inside = 1 - (monoNs % 60e9) / 60e9;
  let [sum, seconds] = [0, 0];
  for (const one of minutes) {
    const part = one.minute === oldest ? inside : 1;
    sum += one.sum * part;
    seconds += one.seconds * part;
  }
  const share = seconds / (minutesOf * 60);
  return { mean: seconds > 0 && share >= leastShare ? sum / seconds : null, least: sum / (minutesOf * 60), share };
}

/** The value before stands for the time until this look. A boot begins the 15 minutes anew. */
export function counted(minutes: readonly Minute[], last: Last | null, at: Stamp): readonly Minute[] {
  if (last?.boot !== at.boot) return [];
  const seconds = (at.monoNs - last.monoNs) / 1e9;
  // The minute in which the interval ended: an interval is a second or so.
  const minute = Math.floor(at.monoNs / 60e9);
  const kept = minutes.filter((one) => one.minute >= minute - minutesOf);
  if (last.value === null || seconds <= 0 || seconds > longestGapS) return kept;
  const newest = kept.at(-1);
  const added = last.value * seconds;
  if (newest?.minute === minute)
    return [...kept.slice(0, -1), { minute, sum: newest.sum + added, seconds: newest.seconds + seconds }];
  return [...kept, { minute, sum: added, seconds }];
}
