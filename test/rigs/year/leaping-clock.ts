/**
 * A clock that goes as the machine's does and leaps when it is told to: what waits for long wakes at once, in order of what is
 * due. The wall clock of this process and of its children leaps with it, through the file that libfaketime reads.
 */
import { randomUUID } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import type { Clock } from '../../../daemons/core/ports/clock.ts';

export interface LeapingClock extends Clock {
  /** Ms since the start, leaps included. */
  elapsedMs(): number;
  /** Goes on by so much at once; what was due until then wakes. */
  leap(ms: number): void;
  /** Who sleeps under that name, as ms until each is due. */
  sleeping(name: string): readonly number[];
}

interface Sleeper {
  readonly name: string;
  readonly dueMs: number;
  wake(): void;
}

/** Shorter waits are those of a part that measures: they pass in real time. */
const shortMs = 250;
/** Node's timers hold no longer ones. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * `file` is what FAKETIME_TIMESTAMP_FILE names; `startMs` the Unix time that it begins with, `aheadMs` how far that is ahead of the
 * machine's.
 */
export function leapingClock(file: string, startMs: number, aheadMs: number): LeapingClock {
  const boot = randomUUID();
  const realMs = (): number => Number(process.hrtime.bigint()) / 1e6;
  const beganMs = realMs();
  let leaptMs = 0;
  const sleepers = new Set<Sleeper>();
  const elapsedMs = (): number => realMs() - beganMs + leaptMs;

  const clock: LeapingClock = {
    elapsedMs,
    now: () => ({
      wallMs: startMs + elapsedMs(),
      monoNs: elapsedMs() * 1e6,
      boot,
      synced: true,
      uncertaintyMs: 50,
    }),
    sleep: (ms, name, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = (): void => {
          clearTimeout(timer);
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, Math.min(Math.max(0, ms), longestTimerMs));
        const sleeper = { name, dueMs: elapsedMs() + (ms < shortMs ? Number.POSITIVE_INFINITY : ms), wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake, { once: true });
      }),
    leap: (ms) => {
      leaptMs += Math.max(0, ms);
      setWall(file, aheadMs + leaptMs);
      const now = elapsedMs();
      const due = [...sleepers].filter(({ dueMs }) => dueMs <= now).sort((one, other) => one.dueMs - other.dueMs);
      for (const { wake } of due) wake();
    },
    sleeping: (name) => {
      const now = elapsedMs();
      return [...sleepers]
        .filter((one) => one.name === name && one.dueMs < Number.POSITIVE_INFINITY)
        .map(({ dueMs }) => Math.max(0, dueMs - now));
    },
  };
  return clock;
}

/** Offset of the faked wall clock against the one that the process was started with. A reader never sees half a file. */
export function setWall(file: string, ms: number): void {
  writeFileSync(`${file}.next`, `+${(ms / 1000).toFixed(3)}\n`);
  renameSync(`${file}.next`, file);
}
