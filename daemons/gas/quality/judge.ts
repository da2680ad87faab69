import type { Flag } from '../../core/values/flags.ts';

/** What a judge remembers of its channel: plain JSON, changed in place. */
export type Memory = Record<string, number | boolean | null | number[]>;

/** What else is known at the moment of a value. */
export interface Around {
  temperatureC: number | null;
  relativePercent: number | null;
  /** Whether the heater of the sensor in hand is on; null where nothing switches it. */
  hot: boolean | null;
}

/** One pure judgement of one channel. Times are ms of the monotonic clock; a gap is null and is never flagged itself. */
export interface Judge {
  readonly flag: Flag;
  fresh(): Memory;
  /** Whether this value is flagged. */
  judge(memory: Memory, value: number | null, atMs: number, around: Around): boolean;
}

/** A judge with a memory of its own shape. */
export const judgeOf = <M extends Memory>(one: {
  readonly flag: Flag;
  readonly fresh: () => M;
  readonly judge: (memory: M, value: number | null, atMs: number, around: Around) => boolean;
}): Judge => one as unknown as Judge;

/** Writes what was put on record into a fresh memory; what does not fit its shape is left out. */
export function restore(fresh: Memory, recorded: Readonly<Record<string, unknown>>): void {
  for (const [key, initial] of Object.entries(fresh)) {
    const value = recorded[key];
    const fits = Array.isArray(initial)
      ? Array.isArray(value) && value.every((one) => typeof one === 'number')
      : typeof initial === 'boolean'
        ? typeof value === 'boolean'
        : value === null || typeof value === 'number';
    if (fits) fresh[key] = value as Memory[string];
  }
}
