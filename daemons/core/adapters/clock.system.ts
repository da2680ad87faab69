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

/** Who sleeps, by the signal that wakes them: one listener for all, since adding and removing one costs more than a timer. */
const sleepers = new WeakMap<AbortSignal, Set<() => void>>();

function sleepersOf(signal: AbortSignal): Set<() => void> {
  const known = sleepers.get(signal);
  if (known) return known;
  const all = new Set<() => void>();
  sleepers.set(signal, all);
  signal.addEventListener('abort', () => all.forEach((wake) => void wake()), { once: true });
  return all;
}

export function sleep(ms: number, _name: string, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  const all = signal && sleepersOf(signal);
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      resolve();
    };
    // A caller that is late asks for less than nothing.
    const timer = setTimeout(
      () => {
        all?.delete(wake);
        resolve();
      },
      Math.max(0, ms),
    );
    all?.add(wake);
  });
}
