/** What a person pressed, until the centre has it: kept in order, each under a key of its own, so that it is done once. Pure but for its ports. */
import type { Deed } from '../../core/values/desk.ts';

/** The phone's clocks at one instant. */
export interface Moment {
  /** The wall clock, which may be wrong and may be set. */
  readonly wallMs: number;
  /** Since this page was opened, by a clock that nobody sets; it may stand still while the phone sleeps. */
  readonly elapsedMs: number;
  /** Names this life of the page: `elapsedMs` of two lives cannot be compared. */
  readonly run: string;
  /** How far the centre's clock was ahead of the wall clock when the centre was last heard; null: never. */
  readonly aheadMs: number | null;
}

export type Said =
  | { readonly alert: string; readonly deed: Deed }
  | { readonly help: { readonly text: string; readonly where: Where | null } };
interface Where {
  readonly lat: number;
  readonly lon: number;
  readonly ceM: number;
}

export interface Word {
  readonly key: string;
  /** Whose it is: nobody else's login sends it. */
  readonly account: string;
  readonly said: Said;
  readonly at: Moment;
  /** Why the centre will never take it; null: it waits. */
  readonly refused: string | null;
}

/** Where words are kept; what `put` resolved is there after a crash. */
export interface Keep {
  /** In the order in which they were first put. */
  all(): Promise<readonly Word[]>;
  put(word: Word): Promise<void>;
  drop(key: string): Promise<void>;
}

/** `later`: it was not heard, or nobody knows. `over`: nobody is logged in. `never`: it will never be taken. */
export type Heard =
  | { readonly is: 'done'; readonly body: unknown }
  | { readonly is: 'later' }
  | { readonly is: 'over' }
  | { readonly is: 'never'; readonly why: string };

export type Send = (word: Word, agoMs: number) => Promise<Heard>;

/** Longer ago than this nobody believes, the centre included. */
const mostMs = 7 * 86_400_000;
/** A wall clock that ran so much further than the other was set, and the phone did not merely sleep. */
const sleptMs = 12 * 3_600_000;

/**
 * How long ago a word was said, in ms. The centre's clock is the best witness where it was heard before and after: then the phone's may be wrong,
 * and may be set in between. Less than what passed on the clock that nobody sets it never is.
 */
export function agoOf(at: Moment, now: Moment): number {
  const elapsedMs = at.run === now.run ? Math.max(0, now.elapsedMs - at.elapsedMs) : null;
  const isHeard = at.aheadMs !== null && now.aheadMs !== null;
  const byWall = now.wallMs - at.wallMs;
  const told = isHeard ? byWall + (now.aheadMs ?? 0) - (at.aheadMs ?? 0) : byWall;
  const isLikely = elapsedMs === null || told <= elapsedMs + sleptMs;
  const agoMs = isLikely ? Math.max(told, elapsedMs ?? 0) : (elapsedMs ?? 0);
  return Math.round(Math.min(mostMs, Math.max(0, agoMs)));
}

/** What became of a look through the queue. */
export type Settled = 'all' | 'later' | 'over';

export interface Settling {
  readonly keep: Keep;
  readonly send: Send;
  readonly account: string;
  readonly now: () => Moment;
  /** After a word left the queue, or will never be taken. */
  readonly onHeard?: (word: Word, heard: Heard) => void;
}

/**
 * Sends what waits, one after the other, until all is settled or the centre is not heard. A word leaves the queue only when the centre answered
 * that it has it: what was torn is sent again under the same key, and is done once.
 */
export async function settle({ keep, send, account, now, onHeard = () => {} }: Settling): Promise<Settled> {
  for (const word of await keep.all()) {
    if (word.account !== account || word.refused !== null) continue;
    const heard = await send(word, agoOf(word.at, now()));
    if (heard.is === 'later' || heard.is === 'over') return heard.is;
    if (heard.is === 'done') await keep.drop(word.key);
    else await keep.put({ ...word, refused: heard.why });
    onHeard(word, heard);
  }
  return 'all';
}

/** A queue that lasts as long as the page: where a browser keeps nothing. */
export function memoryKeep(): Keep {
  const words = new Map<string, Word>();
  return {
    all: async () => [...words.values()],
    put: async (word) => void words.set(word.key, word),
    drop: async (key) => void words.delete(key),
  };
}
