import type { Stamp } from '../values/stamp.ts';

/** Time is a port, so that a replay or a test decides how fast it goes. */
export interface Clock {
  now(): Stamp;
  /** Resolves after `ms`, or at once when `signal` aborts. The name tells a reader of a stuck process what it waits for. */
  sleep(ms: number, name: string, signal?: AbortSignal): Promise<void>;
}
