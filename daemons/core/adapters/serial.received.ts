import { timeLimit } from '../flow/time-limit.ts';
import { turnEnd } from '../flow/turn-end.ts';
import { Fault } from '../ports/fault.ts';

/** What came in on a line and was not read yet. Bounded: an instrument that babbles cannot fill the memory. */
export interface Received {
  /** Takes the bytes over: nobody writes into them afterwards. False: it is full, and no more may come before `onRoom`. */
  push(bytes: Uint8Array): boolean;
  /** Everything that waits, or the next bytes to come. Errors: Fault `timeout`, or the fault given to `fail`. */
  take(timeoutMs: number): Promise<Uint8Array>;
  /** Forgets what waits. */
  discard(): void;
  /** From now on, until the line is lost, nothing is dropped: what is too much is told by `push`. */
  hold(): void;
  /** The line is lost: whoever waits, and whoever reads from it before `restart`, is told so. */
  fail(fault: Fault): void;
  /** The line is open again: what came before it was lost belongs to nobody. */
  restart(): void;
}

const most = 16_384;
/** Bytes at one look at a stream of which nothing is dropped: some milliseconds of the fastest that a line here can follow. */
const mostHeld = 65_536;
const nothing: Uint8Array = new Uint8Array(0);

export function received(onRoom: () => void = () => {}): Received {
  let waiting = nothing;
  let holds = false;
  let full = false;
  let gathers = false;
  let lost: Fault | null = null;
  let wake: ((fault: Fault | null) => void) | null = null;
  const all = (): Uint8Array => {
    const bytes = waiting;
    waiting = nothing;
    if (full) {
      full = false;
      onRoom();
    }
    return bytes;
  };
  /** What the sender had to keep comes first, as far as there is room. */
  const gather = async (): Promise<void> => {
    full = false;
    gathers = true;
    onRoom();
    // Two: reading on begins with the turn after it is asked for.
    await turnEnd();
    await turnEnd();
    gathers = false;
  };
  const next = (timeoutMs: number): Promise<Uint8Array> => {
    if (waiting.length > 0) return Promise.resolve(all());
    if (lost) return Promise.reject(lost);
    return new Promise((resolve, reject) => {
      const stop = timeLimit(timeoutMs, () => wake?.(new Fault('timeout', `nothing came within ${timeoutMs} ms`)));
      wake = (why) => {
        stop();
        wake = null;
        if (why) reject(why);
        else resolve(all());
      };
    });
  };
  return {
    push: (bytes) => {
      waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
      if (!holds) waiting = waiting.subarray(-most);
      // Nobody reads now: what comes next waits with its sender, and one look wakes this process once, not once a line.
      full = holds && ((wake === null && !gathers) || waiting.length >= mostHeld);
      wake?.(null);
      return !full;
    },
    fail: (fault) => {
      lost = fault;
      wake?.(fault);
    },
    discard: () => void all(),
    hold: () => {
      holds = true;
    },
    restart: () => {
      waiting = nothing;
      lost = null;
      holds = false;
      full = false;
    },
    take: async (timeoutMs) => {
      if (full) await gather();
      return next(timeoutMs);
    },
  };
}
