/** A flood of alerts to one unit one way becomes one message that names how many; none of them is dropped. Pure. */

import type { Telling } from './chain.ts';
import type { Flood } from './delivery.ts';

export interface Pending extends Telling {
  readonly alert: string;
  /** Danger for people: never waits for others. */
  readonly urgent: boolean;
  /** Since when it could have gone. */
  readonly sinceMs: number;
  /** What is not of the same goes into no message with it: drills, what is simulated, what is over. */
  readonly sort: string;
}

/** A telling as it was claimed; those of one grouped message were at one moment. */
export interface Spoken {
  readonly atMs: number;
  readonly grouped: boolean;
}

export interface Gathered {
  /** A message each: of one alert, or of several in the order in which they came. */
  readonly batches: readonly (readonly Pending[])[];
  /** They wait for others until then. */
  readonly waiting: readonly { readonly pending: Pending; readonly untilMs: number }[];
}

/** The most that one message tells of: bounds a transaction. */
export const mostInBatch = 500;

export const wireOf = ({ unit, way }: Pick<Telling, 'unit' | 'way'>): string => `${unit} ${way}`;

/** Messages within the window: each that went alone, and each moment of a group. */
function messagesIn(spoken: readonly Spoken[], { windowMs }: Flood, nowMs: number): number {
  const recent = spoken.filter(({ atMs }) => atMs > nowMs - windowMs);
  const groups = new Set(recent.filter(({ grouped }) => grouped).map(({ atMs }) => atMs));
  return recent.filter(({ grouped }) => !grouped).length + groups.size;
}

/**
 * What goes now and what waits. As long as a unit had few messages that way, each alert is one of its own; beyond that they wait for each
 * other, `gatherMs` the first of them and no longer, and go as one.
 */
export function gather(
  pending: readonly Pending[],
  spokenOf: (one: Pending) => readonly Spoken[],
  flood: Flood,
  nowMs: number,
): Gathered {
  const room = new Map<string, number>();
  const gathered = [...Map.groupBy(pending, sortOf).values()].map((queue): Gathered => {
    const [first] = queue;
    const singly = { batches: queue.map((one) => [one]), waiting: [] };
    // A page is no message: nothing rings.
    if (!first || first.way === 'page') return singly;
    const wire = wireOf(first);
    const left = room.get(wire) ?? flood.most - messagesIn(spokenOf(first), flood, nowMs);
    if (queue.length <= left) {
      room.set(wire, left - queue.length);
      return singly;
    }
    const untilMs = queue.reduce((least, { sinceMs }) => Math.min(least, sinceMs), nowMs) + flood.gatherMs;
    if (left <= 0 && !first.urgent && untilMs > nowMs)
      return { batches: [], waiting: queue.map((one) => ({ pending: one, untilMs })) };
    room.set(wire, left - 1);
    const starts = Array.from({ length: Math.ceil(queue.length / mostInBatch) }, (_, i) => i * mostInBatch);
    return { batches: starts.map((at) => queue.slice(at, at + mostInBatch)), waiting: [] };
  });
  return { batches: gathered.flatMap(({ batches }) => batches), waiting: gathered.flatMap(({ waiting }) => waiting) };
}

const sortOf = (one: Pending): string => `${wireOf(one)} ${one.urgent} ${one.sort}`;
