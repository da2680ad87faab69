/** How many frames of each sender did not arrive, by their sequence numbers. */
import type { Step } from '../flow/scan.ts';
import type { Frame } from './framing.ts';

/** Senders that are remembered at the most: a link has 255 systems at the most, and noise must not fill memory. */
const mostSenders = 256;

export interface Gap {
  readonly system: number;
  readonly component: number;
  /** Frames that are missing before this one: 255 stands for a sender that began again as well. */
  readonly missing: number;
}

/** The last number of each sender. */
export type GapState = ReadonlyMap<number, number>;

export const gaps: Step<GapState, Frame, Gap> = (state, { system, component, seq }) => {
  const sender = (system << 8) | component;
  const before = state.get(sender);
  const next = new Map(state);
  next.delete(sender);
  next.set(sender, seq);
  const oldest = next.size > mostSenders ? next.keys().next().value : undefined;
  if (oldest !== undefined) next.delete(oldest);
  const missing = before === undefined ? 0 : (seq - before - 1) & 0xff;
  return missing === 0 ? [next] : [next, { system, component, missing }];
};
