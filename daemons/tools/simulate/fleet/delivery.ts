/** What a simulated box keeps until the centre confirmed it: one chain a stream, as a spool has it, in memory. */
import { link, noTail, type Origin, originOf, pack, type Tail } from '../../../core/spool/link.ts';
import type { Bodies, Stream } from '../../../core/values/envelope.ts';
import type { Receipt } from '../../../core/wire/messages.ts';

export interface Kept {
  readonly stream: Stream;
  readonly seq: number;
  readonly text: string;
}

export interface Keeping {
  readonly spool: string;
  readonly kept: number;
  readonly settled: number;
  /** Keeps it, and gives what is to be sent. */
  keep<S extends 'alert' | 'event'>(stream: S, body: Bodies[S]): Kept;
  settle(receipt: Receipt): void;
  waiting(): readonly Kept[];
}

export function openKeeping(device: string, spool: string): Keeping {
  const origin: Origin = originOf(device, spool);
  const tails = new Map<Stream, Tail>();
  const waiting = new Map<string, Kept>();
  let [kept, settled] = [0, 0];
  return {
    spool,
    get kept() {
      return kept;
    },
    get settled() {
      return settled;
    },
    keep: (stream, body) => {
      const [tail, row] = link(tails.get(stream) ?? noTail, pack({ stream, at: body.at, body } as never), origin);
      tails.set(stream, tail);
      const one = { stream, ...row };
      waiting.set(`${stream}/${row.seq}`, one);
      kept += 1;
      return one;
    },
    settle: ({ spool: of, stream, through, missing }) => {
      if (of !== spool) return;
      for (const [key, one] of waiting) {
        if (one.stream !== stream || one.seq > through || missing.includes(one.seq)) continue;
        waiting.delete(key);
        settled += 1;
      }
    },
    waiting: () => [...waiting.values()],
  };
}
