/** The phone's clocks, and how far the centre's is ahead of the one that can be set. */

import type { Fetch } from './post.ts';
import { request } from './post.ts';
import type { Moment } from './queue.ts';

/** Clocks of one life of a page or a worker. */
export interface Clock {
  /** The centre's time was told just now. */
  hear(aheadMs: number): void;
  now(): Moment;
  /** Whether the phone's clock is known not to have been set since the centre was heard: it need not be asked. */
  isSure(): boolean;
  /** Since the centre was heard in this life, by the clock that nobody sets; null: it was not. */
  heardAgoMs(): number | null;
}

interface Reading {
  readonly wallMs: number;
  readonly elapsedMs: number;
}
/** One that is told over a network is good to about this. */
const goodMs = 2000;
const sureMs = 60_000;
/** The wall clock runs on while the other sleeps with the phone: so much is a sleep, more is a clock that was set. */
const sleptMs = 12 * 3_600_000;

/** `aheadMs`: as it was known before this life; null: it was not. */
export function openClock(known: number | null, read: () => Reading, run: string): Clock {
  let aheadMs = known;
  let heard: Reading | null = null;
  /** How much further the wall clock ran than the other since the centre was heard in this life. */
  const jumpMs = (at: Reading): number =>
    heard === null ? 0 : at.wallMs - heard.wallMs - (at.elapsedMs - heard.elapsedMs);
  return {
    hear: (next) => {
      aheadMs = next;
      heard = read();
    },
    now: () => {
      const at = read();
      const jump = jumpMs(at);
      return { ...at, run, aheadMs: jump < -goodMs || jump > sleptMs ? null : aheadMs };
    },
    heardAgoMs: () => (heard === null ? null : read().elapsedMs - heard.elapsedMs),
    isSure: () => {
      const at = read();
      return heard !== null && at.elapsedMs - heard.elapsedMs < sureMs && Math.abs(jumpMs(at)) < goodMs;
    },
  };
}

export const readClocks = (): Reading => ({ wallMs: Date.now(), elapsedMs: performance.now() });

/** How far the centre is ahead, to half a second; null: it was not heard. */
export async function askAhead(fetching: Fetch): Promise<number | null> {
  const { centreMs } = await request(fetching, 'GET', '/health');
  // Headers tell whole seconds that began.
  return centreMs === null ? null : centreMs + 500 - Date.now();
}
