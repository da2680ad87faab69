/** What is known of a DJI dock, what comes in and what goes out; and the small steps that all others are made of. */
import { noTrack, type TrackState } from '../core/feed/pieces.ts';
import { freshTaking, type Taking, type Told } from '../core/feed/take.ts';
import type { Flag } from '../core/values/flags.ts';
import type { Reading } from '../core/values/reading.ts';
import type { Ageing } from './ageing.ts';
import { type Allowance, fullAllowance } from './allowance.ts';
import type { Knows } from './answers.ts';
import type { DjiSection, DjiWiring } from './config.ts';
import type { HmsWords, Standing } from './hms.ts';
import type { Streams } from './live.ts';
import type { Raw } from './raw.ts';
import { noRepeats, type Repeats } from './repeats.ts';
import type { DjiEvent } from './said.ts';
import type { Known } from './status.ts';
import type { ReplyTopic } from './topics.ts';

export interface Setup {
  readonly wiring: DjiWiring;
  readonly section: DjiSection;
  readonly words: HmsWords;
  readonly knows: Knows;
  /** On every reading: `simulated` where the board is. */
  readonly flags: readonly Flag[];
}

export interface Counts {
  readonly messages: number;
  readonly unreadable: number;
  readonly late: number;
  readonly leftOut: number;
  readonly replies: number;
  readonly redelivered: number;
}

export interface LineState {
  readonly allowance: Allowance;
  readonly ageing: Readonly<Record<string, Ageing>>;
  readonly repeats: Repeats;
  /** The newest reports of dock and drone, by exchange and stamp: a broker may bring one twice. */
  readonly reports: readonly string[];
  readonly dock: Known;
  readonly drone: Known;
  readonly warnings: Standing;
  readonly streams: Streams;
  readonly taking: Taking;
  /** Of the flight that goes on. */
  readonly track: TrackState;
  /** Oddities that were told: once each, and not without end. */
  readonly told: ReadonlySet<string>;
  /** Monotonic ms of the start, and of the newest properties of the dock. */
  readonly sinceMs: number | null;
  readonly heardMs: number | null;
  readonly silent: boolean;
  /** The matters of the readiness that was told last. */
  readonly matters: string | null;
  readonly counts: Counts;
}

export const freshLine: LineState = {
  allowance: fullAllowance,
  ageing: {},
  repeats: noRepeats,
  reports: [],
  ...{ dock: {}, drone: {}, warnings: new Map(), streams: {}, taking: freshTaking, track: noTrack, told: new Set() },
  ...{ sinceMs: null, heardMs: null, silent: false, matters: null },
  counts: { messages: 0, unreadable: 0, late: 0, leftOut: 0, replies: 0, redelivered: 0 },
};

export type Input =
  | { readonly is: 'message'; readonly topic: string; readonly payload: Uint8Array }
  | { readonly is: 'tick' }
  /** A reply did not reach the broker. */
  | { readonly is: 'not-sent'; readonly key: string };

export type Output =
  | { readonly is: 'event'; readonly event: DjiEvent }
  | { readonly is: 'feed'; readonly told: Exclude<Told, { kind: 'event' }> }
  | { readonly is: 'readings'; readonly readings: readonly Reading[] }
  | { readonly is: 'raw'; readonly raw: Raw }
  /** To be sent when everything before it is on the disk. */
  | { readonly is: 'reply'; readonly topic: ReplyTopic; readonly text: string; readonly key: string };

export type Step = readonly [LineState, readonly Output[]];

export const say = (one: DjiEvent): Output => ({ is: 'event', event: one });
export const counted = (state: LineState, what: keyof Counts): LineState => ({
  ...state,
  counts: { ...state.counts, [what]: state.counts[what] + 1 },
});

/** Oddities are told once in the life of the daemon; raw records have each of them. */
export const mostTold = 500;

export function once(state: LineState, key: string, one: () => DjiEvent): Step {
  if (state.told.has(key) || state.told.size >= mostTold) return [state, []];
  return [{ ...state, told: new Set([...state.told, key]) }, [say(one())]];
}

/** One step after another, outputs in order. */
export const chained = (state: LineState, ...steps: readonly ((state: LineState) => Step)[]): Step => {
  let now = state;
  const all: Output[] = [];
  for (const step of steps) {
    const [next, outputs] = step(now);
    now = next;
    all.push(...outputs);
  }
  return [now, all];
};
