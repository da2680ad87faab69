/**
 * How old a message is when it comes. DJI stamps it by a clock of its own; the message that came quickest tells how the two
 * clocks stand, and what took longer is that much older. A delay that all messages share cannot be seen.
 */
export interface Ageing {
  /** Box's monotonic ms minus the sender's ms, by the quickest message; null before any. */
  readonly offset: { readonly ms: number; readonly atMs: number } | null;
  /** The newest that was taken, sender's ms. */
  readonly newestMs: number;
  /** Late ones in a row that agree with each other: since when, and by which offset. */
  readonly rival: { readonly sinceMs: number; readonly offsetMs: number } | null;
}

export type Order = 'in-order' | 'late' | 'back' | 'stepped' | 'unstamped';

export interface Aged {
  readonly order: Order;
  /** When it was sent, in ms of the box's monotonic clock. */
  readonly sentMs: number;
}

export const freshAgeing: Ageing = { offset: null, newestMs: Number.NEGATIVE_INFINITY, rival: null };

/** How fast two quartz clocks part, ms an s. */
const partingMsPerS = 0.1;
/** Messages that a broker kept come all at once; a clock that was set tells another time for as long as it is looked at. */
const steppedAfterMs = 20_000;

/** `stampMs`: the sender's word; `nowMs`: when it came. `lateMs`: how much longer than the quickest is late. */
export function aged(state: Ageing, stampMs: number | null, nowMs: number, lateMs: number): readonly [Ageing, Aged] {
  if (stampMs === null) return [state, { order: 'unstamped', sentMs: nowMs }];
  const offsetMs = nowMs - stampMs;
  const known = state.offset && state.offset.ms + (partingMsPerS * Math.max(0, nowMs - state.offset.atMs)) / 1000;
  if (known === null || offsetMs - known <= lateMs) {
    const ms = known === null ? offsetMs : Math.min(known, offsetMs);
    const sentMs = stampMs + ms;
    const offset = { ms, atMs: nowMs };
    if (stampMs < state.newestMs)
      return [
        { ...state, offset, rival: null },
        { order: 'back', sentMs },
      ];
    return [
      { offset, newestMs: stampMs, rival: null },
      { order: 'in-order', sentMs },
    ];
  }
  const { rival } = state;
  const agrees = rival !== null && Math.abs(offsetMs - rival.offsetMs) <= lateMs;
  if (agrees && nowMs - rival.sinceMs >= steppedAfterMs)
    return [
      { offset: { ms: offsetMs, atMs: nowMs }, newestMs: stampMs, rival: null },
      { order: 'stepped', sentMs: nowMs },
    ];
  const late: Ageing = { ...state, rival: agrees ? rival : { sinceMs: nowMs, offsetMs } };
  const order = stampMs < state.newestMs ? 'back' : 'late';
  return [order === 'late' ? { ...late, newestMs: stampMs } : late, { order, sentMs: stampMs + known }];
}
