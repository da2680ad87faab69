import { Fault } from '../ports/fault.ts';

/** What came in on a line and was not read yet. Bounded: an instrument that babbles cannot fill the memory. */
export interface Received {
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

export function received(): Received {
  let waiting = Buffer.alloc(0);
  let lost: Fault | null = null;
  let wake: ((fault: Fault | null) => void) | null = null;
  return {
    push: (bytes) => {
      waiting = Buffer.concat([waiting, bytes]).subarray(-most);
      wake?.(null);
    },
    fail: (fault) => {
      lost = fault;
      wake?.(fault);
    },
    discard: () => {
      waiting = Buffer.alloc(0);
    },
    restart: () => {
      waiting = Buffer.alloc(0);
      lost = null;
    },
    take: async (timeoutMs) => {
      if (waiting.length === 0) {
        if (lost) throw lost;
        const fault = await new Promise<Fault | null>((resolve) => {
          const timer = setTimeout(
            () => wake?.(new Fault('timeout', `nothing came within ${timeoutMs} ms`)),
            timeoutMs,
          );
          wake = (why) => {
            clearTimeout(timer);
            wake = null;
            resolve(why);
          };
        });
        if (fault) throw fault;
      }
      const bytes = Uint8Array.from(waiting);
      waiting = Buffer.alloc(0);
      return bytes;
    },
  };
}
