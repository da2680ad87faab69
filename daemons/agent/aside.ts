/** Work that goes on beside the looks of the agent, one at a time: asked about at each look, tried again when it may go on later. */
import { type Fault, isFault } from '../core/ports/fault.ts';

export type Work = (signal: AbortSignal) => Promise<void>;

export interface Aside {
  /** True once the work of this name is done; another name ends what goes on. Errors: Fault when it never will be. */
  ask(name: string, nowMs: number, work: Work): boolean;
  /** Why it was not done at the last try, for the reader. */
  readonly waits: string | null;
  readonly isBusy: boolean;
}

interface On {
  readonly name: string;
  readonly stop: AbortController;
  done: boolean;
  fault: Fault | null;
  againMs: number;
}

/** A centre that was not there is asked again after this long. */
const againMs = 30_000;

export function aside(): Aside {
  let on: On | null = null;
  let last: Promise<void> = Promise.resolve();

  const begin = (name: string, work: Work): On => {
    on?.stop.abort();
    const one: On = { name, stop: new AbortController(), done: false, fault: null, againMs: 0 };
    // What was begun before lets go of its files first.
    last = last.then(async () => {
      try {
        if (!one.stop.signal.aborted) await work(one.stop.signal);
      } catch (error) {
        if (!one.stop.signal.aborted && !isFault(error)) throw error;
        one.fault = isFault(error) ? error : null;
      }
      one.done = true;
    });
    return one;
  };

  return {
    ask: (name, nowMs, work) => {
      if (on?.name !== name || (on.againMs > 0 && nowMs >= on.againMs)) on = begin(name, work);
      if (!on.done) return false;
      const { fault } = on;
      if (fault === null) return true;
      if (fault.kind !== 'absent' && fault.kind !== 'timeout') {
        on = null;
        throw fault;
      }
      on.againMs ||= nowMs + againMs;
      return false;
    },
    get waits() {
      return on?.fault?.message ?? null;
    },
    get isBusy() {
      return on !== null && !on.done;
    },
  };
}
