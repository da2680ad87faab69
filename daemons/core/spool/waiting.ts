import { type Stream, streams } from '../values/envelope.ts';
import type { Packed } from './link.ts';
import { expendable } from './quota.ts';

export type NamedState = readonly (readonly [string, string | null])[];

/** What one call of `append` brought, while it waits for the disk. */
export interface Waiting {
  readonly items: readonly Packed[];
  readonly state: NamedState;
}

/** What memory had to drop before it got a number. */
export interface Dropped {
  readonly counts: Readonly<Record<Stream, number>>;
  readonly bytes: number;
}

export const sizeOfItem = ({ at, body }: Packed): number => at.length + body.length;
export const sizeOf = ({ items, state }: Waiting): number =>
  items.reduce((sum, one) => sum + sizeOfItem(one), 0) +
  state.reduce((sum, [, value]) => sum + (value?.length ?? 0), 0);

/**
 * Drops the oldest telemetry, then events, then alerts, until at most `limit` characters wait. State is never dropped.
 * Gives the calls in order, each with what it keeps; a call that lost nothing is the same object.
 */
export function lighten<W extends Waiting>(
  calls: readonly W[],
  limit: number,
): { readonly calls: readonly W[]; readonly dropped: Dropped } {
  let over = calls.reduce((sum, one) => sum + sizeOf(one), 0) - limit;
  const counts: Record<Stream, number> = { alert: 0, event: 0, tele: 0 };
  let bytes = 0;
  let left = [...calls];
  for (const stream of expendable) {
    if (over <= 0) break;
    left = left.map((call) => {
      if (over <= 0 || !call.items.some((one) => one.stream === stream)) return call;
      const items = call.items.filter((one) => {
        if (over <= 0 || one.stream !== stream) return true;
        over -= sizeOfItem(one);
        bytes += sizeOfItem(one);
        counts[stream] += 1;
        return false;
      });
      return { ...call, items };
    });
  }
  return { calls: left, dropped: { counts, bytes } };
}

export const nothingDropped: Dropped = { counts: { alert: 0, event: 0, tele: 0 }, bytes: 0 };

export function addDropped(a: Dropped, b: Dropped): Dropped {
  const counts = { ...a.counts };
  for (const stream of streams) counts[stream] += b.counts[stream];
  return { counts, bytes: a.bytes + b.bytes };
}
