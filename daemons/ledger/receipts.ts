import { isFault } from '../core/ports/fault.ts';

/** Receipts on their way out: the newest of each stream, a few at a time, so that a stalled broker holds nothing up. */
export interface Receipts {
  /** `key` names the stream: a newer receipt takes the place of one that waits. */
  offer(key: string, topic: string, text: string): void;
  /** Resolves when none waits and none is on the way. */
  idle(): Promise<void>;
}

const mostOnWay = 32;
/** One for every stream of the largest fleet; beyond it the oldest is dropped, and the box asks again. */
const mostWaiting = 100_000;

export function receiptsTo(publish: (topic: string, text: string) => Promise<void>): Receipts {
  const waiting = new Map<string, { readonly topic: string; readonly text: string }>();
  let onWay = 0;
  let whenIdle: (() => void)[] = [];

  const pump = (): void => {
    for (const [key, { topic, text }] of waiting) {
      if (onWay >= mostOnWay) break;
      waiting.delete(key);
      onWay += 1;
      void publish(topic, text)
        // A receipt that does not arrive is asked for again by the box, which repeats what was not confirmed.
        .catch((error: unknown) => {
          if (!isFault(error)) throw error;
        })
        .finally(() => {
          onWay -= 1;
          pump();
        });
    }
    if (onWay > 0 || waiting.size > 0) return;
    for (const done of whenIdle) done();
    whenIdle = [];
  };

  return {
    offer: (key, topic, text) => {
      waiting.delete(key);
      waiting.set(key, { topic, text });
      for (const oldest of waiting.keys()) {
        if (waiting.size <= mostWaiting) break;
        waiting.delete(oldest);
      }
      pump();
    },
    idle: () =>
      new Promise((resolve) => {
        whenIdle.push(resolve);
        pump();
      }),
  };
}
