import type { Bodies, Envelope, Stream } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';

/** One thing to keep. `seq`, `prev` and the keys are the spool's business. */
export type Item = { [S in Stream]: { readonly stream: S; readonly at: Stamp; readonly body: Bodies[S] } }[Stream];

/**
 * The durable outbox of one daemon: one file, one writer. What `append` resolved for survives a power cut.
 * Errors: Fault `refused` when the store cannot take it (disk full, read-only); nothing of that call was then kept.
 */
export interface Spool {
  /** The random id of this spool file. */
  readonly id: string;
  /**
   * Commits the items and the named pieces of state in one transaction, and resolves when they are on the disk.
   * Items that arrive together share one flush (group commit).
   */
  append(items: readonly Item[], state?: Readonly<Record<string, unknown>>): Promise<void>;
  /** State as last committed, or undefined. */
  recall(key: string): Promise<unknown>;
  /** Oldest unsettled envelopes of a stream after `after`, as their exact JSON text. */
  peek(stream: Stream, after: number, limit: number): Promise<readonly Spooled[]>;
  /** Forgets everything of the stream up to and including `through`, except what is listed in `missing`. */
  settle(stream: Stream, through: number, missing: readonly number[]): Promise<void>;
  /** What waits, per stream. */
  depth(): Promise<Readonly<Record<Stream, number>>>;
  close(): Promise<void>;
}

export interface Spooled {
  readonly seq: number;
  readonly text: string;
}

/** How an envelope is written: the one text that is hashed, stored and sent. */
export const envelopeText = (envelope: Envelope): string => JSON.stringify(envelope);
