/**
 * Inhibition: while a technician has a channel in hand its readings are kept and flagged, and nothing of it is judged. It
 * ends after the purge or at its deadline, whatever becomes of the daemon or the technician. Plain JSON, committed with
 * the event that tells of it, and recalled after a restart.
 */

import { type Flag, joinFlags } from '../core/values/flags.ts';
import type { Reading } from '../core/values/reading.ts';
import type { Stamp } from '../core/values/stamp.ts';

export interface Inhibition {
  /** `sensor/quantity`, and the channel that carries it as `sensor/channel`. */
  readonly target: string;
  readonly channel: string;
  /** Id of the procedure that asked for it. */
  readonly procedure: string;
  readonly by: string;
  readonly since: Stamp;
  /** Monotonic ns of `boot` at which it ends without anybody's doing. */
  readonly untilNs: number;
  readonly boot: string;
  readonly extensions: number;
}

const flag: readonly Flag[] = ['inhibited'];

/** Flags the readings of inhibited channels. */
export function flagInhibited(readings: readonly Reading[], inhibitions: readonly Inhibition[]): readonly Reading[] {
  if (inhibitions.length === 0) return readings;
  const channels = new Set(inhibitions.map(({ channel }) => channel));
  return readings.map((one) =>
    channels.has(`${one.sensor}/${one.channel}`) ? { ...one, flags: joinFlags(one.flags, flag) } : one,
  );
}

/** Those whose time is over at `now`. */
export const expiredAt = (inhibitions: readonly Inhibition[], now: Stamp): readonly Inhibition[] =>
  inhibitions.filter(({ untilNs, boot }) => boot === now.boot && now.monoNs >= untilNs);

/**
 * After a restart: within the same boot an inhibition keeps its deadline; over a boot its monotonic time is lost, so it
 * gets `afterBootMs` from now (the longest purge), and never more than it was once given.
 */
export function recalled(inhibitions: readonly Inhibition[], now: Stamp, afterBootMs: number): readonly Inhibition[] {
  return inhibitions.map((one) => {
    if (one.boot === now.boot) return one;
    const given = one.untilNs - one.since.monoNs;
    return { ...one, boot: now.boot, untilNs: now.monoNs + Math.min(given, afterBootMs * 1e6) };
  });
}
