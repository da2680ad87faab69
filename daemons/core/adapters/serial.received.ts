import { timeLimit } from '../flow/time-limit.ts';
import { Fault } from '../ports/fault.ts';

/** What came in on a line and was not read yet. Bounded: an instrument that babbles cannot fill the memory. */
export interface Received {
  /** Takes the bytes over: nobody writes into them afterwards. */
  push(bytes: Uint8Array): void;
  /** Everything that waits, or the next bytes to come. Errors: Fault `timeout`, or the fault given to `fail`. */
  take(timeoutMs: number): Promise<Uint8Array>;
  /** Forgets what waits. */
  discard(): void;
  /** The line is lost: whoever waits, and whoever reads from it before `restart`, is told so. */
  fail(fault: Fault): void;
  /** The line is open again: what came before it was lost belongs to nobody. */
  restart(): void;
}

const most = 16_384;
const nothing: Uint8Array = new Uint8Array(0);

export function received(): Received {
  let waiting = nothing;
  let lost: Fault | null = null;
  let wake: ((fault: Fault | null) => void) | null = null;
  const all = (): Uint8Array => {
    const bytes = waiting;
    waiting = nothing;
    return bytes;
  };
  return {
    push: (bytes) => {
      waiting = (waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes])).subarray(-most);
      wake?.(null);
    },
    fail: (fault) => {
      lost = fault;
      wake?.(fault);
    },
    discard: () => {
      waiting = nothing;
    },
    restart: () => {
      waiting = nothing;
      lost = null;
    },
    take: (timeoutMs) => {
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
    },
  };
}
