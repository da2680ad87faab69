import type { Clock } from '../ports/clock.ts';
import type { Stamp } from '../values/stamp.ts';

/** Waits until a moment of the monotonic clock, in ns, or until the signal aborts; gives the time that it then is. */
export type Pace = (dueNs: number) => Promise<Stamp>;

/** One timer, and one look at the clock, for all who wait for the same moment. */
export function pace(clock: Clock, signal: AbortSignal): Pace {
  const waiting = new Map<number, Promise<Stamp>>();
  return (dueNs) => {
    const others = waiting.get(dueNs);
    if (others) return others;
    const mine = clock.sleep((dueNs - clock.now().monoNs) / 1e6, 'sample', signal).then(() => {
      waiting.delete(dueNs);
      return clock.now();
    });
    waiting.set(dueNs, mine);
    return mine;
  };
}

/** The moment nearest to `nowNs` that is a whole number of periods: sensors with one period look at the same moments. */
export const beat = (nowNs: number, periodNs: number): number => Math.round(nowNs / periodNs) * periodNs;

/** The moment to look after the one that was due at `dueNs`. Looks that were missed are not made up for. */
export function nextBeat(dueNs: number, nowNs: number, periodNs: number): number {
  const next = dueNs + periodNs;
  return next >= nowNs ? next : next + Math.ceil((nowNs - next) / periodNs) * periodNs;
}
