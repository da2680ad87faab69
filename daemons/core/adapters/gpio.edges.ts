import type { Fault } from '../ports/fault.ts';
import type { GpioEdge } from '../ports/gpio.ts';

/** Edges that wait for a reader who is slow; older ones are dropped and counted. */
const most = 1024;

export interface EdgeQueue {
  push(edge: GpioEdge): void;
  /** What waits is still given, then the fault is thrown, to every reader. */
  fail(fault: Fault): void;
  /** What waits is dropped and readers end. */
  end(): void;
  edges(): AsyncIterable<GpioEdge>;
}

/** What lies between the kernel, which does not wait, and the reader of an input. */
export function edgeQueue(): EdgeQueue {
  const waiting: GpioEdge[] = [];
  let dropped = 0;
  let fault: Fault | null = null;
  let ended = false;
  let wake = Promise.withResolvers<void>();
  const news = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };

  async function* edges(): AsyncGenerator<GpioEdge> {
    while (!ended) {
      const edge = waiting.shift();
      if (edge) {
        const missed = edge.missed === null ? null : edge.missed + dropped;
        dropped = 0;
        yield { ...edge, missed };
      } else if (fault) throw fault;
      else await wake.promise;
    }
  }

  return {
    edges,
    push: (edge) => {
      waiting.push(edge);
      if (waiting.length > most) dropped += 1 + (waiting.shift()?.missed ?? 0);
      news();
    },
    fail: (why) => {
      fault ??= why;
      news();
    },
    end: () => {
      ended = true;
      news();
    },
  };
}
