import type { Step } from '../flow/scan.ts';
import { type Flag, joinFlags } from '../values/flags.ts';
import type { Reading } from '../values/reading.ts';
import type { Stamp } from '../values/stamp.ts';
import { trim } from './trim.ts';

/** A wall clock that moved by no more than this against the monotonic clock is the same clock, in ms. */
const slackMs = 2;

/** What the wall clock said: its ms at monotonic 0, and how far it was trusted. Plain JSON. */
export interface SteadyClock {
  readonly boot: string;
  readonly offsetMs: number;
  readonly synced: boolean;
  readonly uncertaintyMs: number | null;
}

export interface RecordedState {
  clock: SteadyClock | null;
  /** The last stamp that came and what was made of it: readings of one look share theirs. */
  last: { readonly from: Stamp; readonly to: Stamp } | null;
}

export const freshRecorded = (clock: SteadyClock | null = null): RecordedState => ({ clock, last: null });

const notANumber: readonly Flag[] = ['not-a-number'];

/**
 * Makes of every reading what telemetry keeps of it: six significant digits, whole milliseconds, one wall clock until it
 * moves. What comes out goes through `encodeTelemetry` and `decodeTelemetry` unchanged to the last bit. It is the first
 * step of a line, so that every decision is made from nothing but what is on record and can be made again from it.
 */
export const asRecorded: Step<RecordedState, Reading, Reading> = (state, reading) => {
  const { at, value } = reading;
  if (state.last?.from !== at) state.last = { from: at, to: steady(state, at) };
  const stamp = state.last.to;
  if (value === null) return [state, { ...reading, at: stamp }];
  if (!Number.isFinite(value))
    return [state, { ...reading, at: stamp, value: null, flags: joinFlags(reading.flags, notANumber) }];
  // + 0: JSON has no negative zero.
  return [state, { ...reading, at: stamp, value: trim(value, 6) + 0 }];
};

function steady(state: RecordedState, { wallMs, monoNs, boot, synced, uncertaintyMs }: Stamp): Stamp {
  const ms = Math.round(monoNs / 1e6);
  const offsetMs = Math.round(wallMs) - ms;
  const { clock } = state;
  const holds =
    clock !== null &&
    clock.boot === boot &&
    Math.abs(clock.offsetMs - offsetMs) <= slackMs &&
    clock.synced === synced &&
    clock.uncertaintyMs === uncertaintyMs;
  const now = holds ? clock : { boot, offsetMs, synced, uncertaintyMs };
  state.clock = now;
  return { wallMs: now.offsetMs + ms, monoNs: ms * 1e6, boot, synced, uncertaintyMs };
}
