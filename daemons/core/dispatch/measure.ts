/** How delivery went, from what alerts say of it. Pure. */
import type { AlertRecord } from '../ports/records.ts';
import type { Told, Tried, Way } from '../values/delivery.ts';

export interface Spread {
  readonly n: number;
  /** ms; null where n is 0. */
  readonly p50: number | null;
  readonly p99: number | null;
}

export interface WayFigures {
  readonly sent: number;
  readonly failed: number;
  /** Claimed, and nobody knows whether it went out. */
  readonly unsure: number;
  /** From the commit of the alert to `sent`, of first steps alone: later ones wait on purpose. */
  readonly commitToSent: Spread;
  /** From the commit to the word of a device of the unit, where that way was the first that reached the unit. */
  readonly commitToReceived: Spread;
}

/** Of each way that was used. */
export function figuresOf(records: Iterable<AlertRecord>): Readonly<Partial<Record<Way, WayFigures>>> {
  const all = [...records].flatMap(({ raisedMs, desk }) =>
    (desk?.told ?? []).flatMap((told) => told.tried.map((tried) => ({ raisedMs, told, tried }))),
  );
  const byWay = Map.groupBy(all, ({ tried }) => tried.way);
  return Object.fromEntries([...byWay].map(([way, some]) => [way, wayFigures(some)]));
}

interface One {
  readonly raisedMs: number;
  readonly told: Told;
  readonly tried: Tried;
}

function wayFigures(some: readonly One[]): WayFigures {
  const isSent = ({ way, state }: Tried): boolean => state === 'sent' || (way === 'page' && state === 'sending');
  const count = (wanted: (tried: Tried) => boolean): number => some.filter(({ tried }) => wanted(tried)).length;
  const first = some.filter(({ tried }) => tried.step === 0 && isSent(tried));
  const reached = some.filter(({ told, tried }) => told.received !== null && isFirstOf(told, tried, isSent));
  return {
    sent: count(isSent),
    failed: count(({ state }) => state === 'failed'),
    unsure: count((tried) => tried.state === 'sending' && !isSent(tried)),
    commitToSent: spreadOf(first.map(({ raisedMs, tried }) => tried.atMs - raisedMs)),
    commitToReceived: spreadOf(reached.map(({ raisedMs, told }) => (told.received?.atMs ?? raisedMs) - raisedMs)),
  };
}

const isFirstOf = ({ tried: all, received }: Told, tried: Tried, isSent: (one: Tried) => boolean): boolean =>
  isSent(tried) &&
  tried.claimedMs <= (received?.atMs ?? 0) &&
  !all.some((one) => isSent(one) && one.claimedMs < tried.claimedMs);

function spreadOf(ms: readonly number[]): Spread {
  const sorted = ms.toSorted((a, b) => a - b);
  const at = (share: number): number | null => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
  return { n: sorted.length, p50: at(0.5), p99: at(0.99) };
}
