import type { Step } from '../core/flow/scan.ts';
import type { Flag } from '../core/values/flags.ts';
import type { Reading } from '../core/values/reading.ts';

interface Run {
  value: number | null;
  length: number;
}

/** Per sensor, per channel: how long the raw value has been the same. */
export type QualityState = ReadonlyMap<string, Map<string, Run>>;

export const freshQuality = (sensors: Iterable<string>): QualityState =>
  new Map([...sensors].map((sensor) => [sensor, new Map<string, Run>()]));

const stuck: readonly Flag[] = ['stuck'];

/**
 * Flags a raw value that has been identical for too many readings: a real analog front end is never that quiet
 * (sensing.md section 2, fault detection). `limits` gives the number per sensor; a sensor without one is not judged,
 * because a coarse analyzer in clean air rightly repeats itself.
 */
export function quality(limits: ReadonlyMap<string, number>): Step<QualityState, Reading, Reading> {
  return (state, reading) => {
    const limit = limits.get(reading.sensor);
    const channels = state.get(reading.sensor);
    if (limit === undefined || channels === undefined) return [state, reading];
    const run = channels.get(reading.channel);
    if (run === undefined || run.value !== reading.value || reading.value === null) {
      channels.set(reading.channel, { value: reading.value, length: 1 });
      return [state, reading];
    }
    run.length += 1;
    return [state, run.length < limit ? reading : { ...reading, flags: [...reading.flags, ...stuck] }];
  };
}
