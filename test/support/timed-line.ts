import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Serial } from '../../daemons/core/ports/serial.ts';
import type { benchClock } from '../../daemons/tools/evaluate/i2c-bench.ts';

/** What a device says to a write: bytes, each so many ms after it. */
type Answers = (written: Uint8Array) => readonly { readonly afterMs: number; readonly bytes: Uint8Array }[];

export interface TimedLine extends Serial {
  /** Bytes that come at a moment, whatever is asked. */
  say(atMs: number, bytes: Uint8Array): void;
}

/** A serial line in a time of its own: what a device says arrives at its moment, and waiting for it costs no real time. */
export function timedLine(clock: ReturnType<typeof benchClock>, answers: Answers): TimedLine {
  let coming: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];
  const nowMs = (): number => clock.now().wallMs;
  const say = (atMs: number, bytes: Uint8Array): void => {
    coming = [...coming, { atMs, bytes }].toSorted((a, b) => a.atMs - b.atMs);
  };
  return {
    say,
    transact: (work) =>
      work({
        write: async (written) => {
          for (const { afterMs, bytes } of answers(written)) say(nowMs() + afterMs, bytes);
        },
        read: async (timeoutMs) => {
          const next = coming[0];
          if (!next || next.atMs > nowMs() + timeoutMs) {
            await clock.sleep(timeoutMs, 'line');
            throw new Fault('timeout', `nothing came within ${timeoutMs} ms`);
          }
          await clock.sleep(next.atMs - nowMs(), 'line');
          const here = coming.filter(({ atMs }) => atMs <= nowMs());
          coming = coming.filter(({ atMs }) => atMs > nowMs());
          return Uint8Array.from(here.flatMap(({ bytes }) => [...bytes]));
        },
        discard: () => {
          coming = coming.filter(({ atMs }) => atMs > nowMs());
        },
      }),
    close: async () => {},
  };
}
