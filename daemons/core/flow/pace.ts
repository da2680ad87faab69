import type { Clock } from '../ports/clock.ts';
import type { Stamp } from '../values/stamp.ts';

/** A moment at which sensors are looked at: when it was due, in ns of the monotonic clock, and the time when it came. */
export interface Beat {
  readonly dueNs: number;
  readonly at: Stamp;
}

export interface Pace {
  /** The beat that is now. It was due when the first of all was asked for, so that sensors with one period keep one beat. */
  first(): Beat;
  /** Waits for the beat after the one that was due at `lastNs`, or until the signal aborts. */
  next(lastNs: number, periodNs: number): Promise<Beat>;
}

/** One timer, and one look at the clock, for all who wait for the same beat. Beats that were missed are not made up for. */
export function pace(clock: Clock, signal: AbortSignal): Pace {
  let beganNs: number | null = null;
  const waiting = new Map<number, Promise<Beat>>();

  const wait = (dueNs: number, nowNs: number): Promise<Beat> => {
    const beat = clock.sleep((dueNs - nowNs) / 1e6, 'beat', signal).then(() => {
      waiting.delete(dueNs);
      return { dueNs, at: clock.now() };
    });
    waiting.set(dueNs, beat);
    return beat;
  };

  return {
    first: () => {
      const at = clock.now();
      beganNs ??= at.monoNs;
      return { dueNs: beganNs, at };
    },
    next: (lastNs, periodNs) => {
      const nextNs = lastNs + periodNs;
      const others = waiting.get(nextNs);
      if (others) return others;
      const nowNs = clock.now().monoNs;
      const missed = Math.max(0, Math.ceil((nowNs - nextNs) / periodNs));
      const dueNs = nextNs + missed * periodNs;
      return waiting.get(dueNs) ?? wait(dueNs, nowNs);
    },
  };
}
