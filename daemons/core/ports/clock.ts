import type { BoxEvent } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';

/** Time is a port, so that a replay or a test decides how fast it goes. */
export interface Clock {
  now(): Stamp;
  /** Resolves after `ms`, or at once when `signal` aborts. The name tells a reader of a stuck process what it waits for. */
  sleep(ms: number, name: string, signal?: AbortSignal): Promise<void>;
  /**
   * What happened to the clock, what was told before included; returns the unsubscribe. Absent where nothing ever happens.
   * A daemon that keeps a spool keeps these as events: `clock-corrected` is how earlier envelopes get their bounds.
   */
  onNews?(listener: (news: ClockNews) => void): () => void;
}

export type ClockNews = Omit<BoxEvent, 'at'>;
