import type { Clock } from '../../daemons/core/ports/clock.ts';

export interface TurnedClock extends Clock {
  /** Moves time on; who slept until then wakes. */
  turn(ms: number): void;
}

/** A clock that stands still until a test turns it. */
export function turnedClock(startMs: number): TurnedClock {
  let nowMs = startMs;
  let sleepers: readonly { readonly untilMs: number; wake(): void }[] = [];
  return {
    now: () => ({ wallMs: nowMs, monoNs: nowMs * 1e6, boot: 'turned', synced: true, uncertaintyMs: 0 }),
    sleep: (ms, _name, signal) =>
      signal?.aborted || ms <= 0
        ? new Promise((resolve) => setImmediate(resolve))
        : new Promise((resolve) => {
            const one = {
              untilMs: nowMs + ms,
              wake: (): void => {
                sleepers = sleepers.filter((other) => other !== one);
                signal?.removeEventListener('abort', one.wake);
                resolve();
              },
            };
            sleepers = [...sleepers, one];
            signal?.addEventListener('abort', one.wake, { once: true });
          }),
    turn: (ms) => {
      nowMs += ms;
      for (const one of sleepers.filter(({ untilMs }) => untilMs <= nowMs)) one.wake();
    },
  };
}
