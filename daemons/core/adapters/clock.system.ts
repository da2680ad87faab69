import { existsSync, readFileSync } from 'node:fs';
import type { Clock } from '../ports/clock.ts';
import type { Stamp } from '../values/stamp.ts';

/** systemd-timesyncd(8) makes this file once the clock was set from a server. */
const timesyncd = '/run/systemd/timesync/synchronized';
const recheckMs = 60_000;

/** The box's own clock: CLOCK_MONOTONIC for order, the wall clock as a claim. */
export function systemClock(): Clock {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  let synced = false;
  let checkedMs = Number.NEGATIVE_INFINITY;

  const now = (): Stamp => {
    const monoNs = Number(process.hrtime.bigint());
    if (monoNs / 1e6 - checkedMs > recheckMs) {
      checkedMs = monoNs / 1e6;
      synced = existsSync(timesyncd);
    }
    return { wallMs: Date.now(), monoNs, boot, synced, uncertaintyMs: null };
  };

  const sleep = (ms: number, _name: string, signal?: AbortSignal): Promise<void> => {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    });
  };

  return { now, sleep };
}
