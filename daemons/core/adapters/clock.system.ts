import { readFileSync } from 'node:fs';
import type { Clock } from '../ports/clock.ts';

/** The kernel's id of this boot. */
export const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** The machine's own clocks and nothing said of them: for central programs and tools, where no bound is asked for. */
export function systemClock(): Clock {
  const boot = bootId();
  return {
    now: () => ({
      wallMs: Date.now(),
      monoNs: Number(process.hrtime.bigint()),
      boot,
      synced: false,
      uncertaintyMs: null,
    }),
    sleep,
  };
}

export function sleep(ms: number, _name: string, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    // A caller that is late asks for less than nothing.
    const timer = setTimeout(done, Math.max(0, ms));
    signal?.addEventListener('abort', done, { once: true });
  });
}
