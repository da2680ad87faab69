/**
 * What a TAK server should be showing, and what of it has to be said now. Nobody there confirms anything, so state is kept and not a queue:
 * after each new connection all of it is said again, and all of it now and then. Pure.
 */
import type { Saying } from '../ports/tak.ts';
import type { CotEvent } from '../values/cot.ts';

interface Live {
  readonly saying: Saying;
  /** Monotonic ms of the last time it was said on this connection; null: not yet. */
  readonly saidMs: number | null;
  /** Monotonic ms after which it is forgotten; null: never. */
  readonly untilMs: number | null;
}

/** By the alert; in the order in which they became due. */
export type Shown = ReadonlyMap<string, Live>;

export const nothingShown: Shown = new Map();

/** Shows it from now on, in place of what was shown of it. With `untilMs` it is forgotten then: an erasure. */
export function show(shown: Shown, id: string, saying: Saying, untilMs: number | null = null): Shown {
  const next = new Map(shown);
  next.delete(id);
  return next.set(id, { saying, saidMs: null, untilMs });
}

/** What was said before may have been lost with the connection. */
export const connectedAnew = (shown: Shown): Shown =>
  new Map([...shown].map(([id, one]) => [id, { ...one, saidMs: null }]));

export interface Due {
  readonly refreshMs: number;
  /** Alerts at once. */
  readonly limit: number;
}

/** What is to be said at `monoMs`: first what was not said yet, then what was said longest ago. */
export function due(
  shown: Shown,
  { monoMs, wallMs }: { readonly monoMs: number; readonly wallMs: number },
  { refreshMs, limit }: Due,
): readonly [Shown, readonly CotEvent[]] {
  const kept = [...shown].filter(([, { untilMs }]) => untilMs === null || untilMs > monoMs);
  const waiting = kept
    .filter(([, { saidMs }]) => saidMs === null || monoMs - saidMs >= refreshMs)
    .toSorted(([, a], [, b]) => (a.saidMs ?? Number.NEGATIVE_INFINITY) - (b.saidMs ?? Number.NEGATIVE_INFINITY))
    .slice(0, limit);
  if (waiting.length === 0 && kept.length === shown.size) return [shown, []];
  const next = new Map(kept);
  for (const [id, one] of waiting) next.set(id, { ...one, saidMs: monoMs });
  return [next, waiting.flatMap(([, { saying }]) => saying(wallMs))];
}
