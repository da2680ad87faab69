import type { Bodies, Envelope, Stream } from '../values/envelope.ts';
import type { Stamp } from '../values/stamp.ts';

/** One thing to keep. `seq`, `prev` and the keys are the spool's business. */
export type Item = { [S in Stream]: { readonly stream: S; readonly at: Stamp; readonly body: Bodies[S] } }[Stream];

/** What waits in a spool, seen by whoever delivers it. */
export interface Outbox {
  /** The random id of this spool file; empty while it could not be opened. */
  readonly id: string;
  /**
   * Oldest unsettled envelopes of a stream after `after`, as their exact JSON text: `limit` at the most, fewer when they
   * are large, none only when none are left. An envelope that the medium damaged is left out, and stays where it is.
   */
  peek(stream: Stream, after: number, limit: number): Promise<readonly Spooled[]>;
  /**
   * Forgets everything of the stream up to and including `through`, except what is listed in `missing`. A `through`
   * beyond the last envelope means the last envelope. Need not be durable: what was forgotten in vain is sent again.
   */
  settle(stream: Stream, through: number, missing: readonly number[]): Promise<void>;
  /** What waits, per stream. */
  depth(): Promise<Readonly<Record<Stream, number>>>;
  close(): Promise<void>;
}

/** Where a call of `append` is kept. */
export interface Kept {
  /**
   * `disk`: it survives a power cut. `memory`: telemetry that is held for company, or the disk refuses (full, read-only,
   * gone): it is committed in order, with the stamps that it has, as soon as the disk takes it.
   */
  readonly where: 'disk' | 'memory';
  /** Becomes true when all of it is on the disk, false when some of it was dropped or the spool was closed before. */
  readonly committed: Promise<boolean>;
}

/** What waits in memory for the disk, and why the disk refuses; null when it does not. */
export interface Held extends Readonly<Record<Stream, number>> {
  readonly refused: string | null;
}

/**
 * The durable outbox of one daemon: one file, one writer. An alert is raised when it is on the disk: see `Kept`. While
 * the disk refuses, everything waits in memory; when that is full the oldest telemetry goes first, then events, alerts
 * last, and a `shed` event tells how many.
 */
export interface Spool extends Outbox {
  /**
   * Commits the items and the named pieces of state in one transaction. Resolves when they are on the disk, or when it
   * is known that they wait in memory. Items that arrive together share one flush (group commit). A call that brings
   * telemetry alone is held for some seconds, state included: it is committed, in order, with the next alert, event or
   * state, or when the hold ends; a power cut may cost those seconds of telemetry, never an alert or an event.
   * Errors: Fault `absent` once the spool is closed.
   */
  append(items: readonly Item[], state?: Readonly<Record<string, unknown>>): Promise<Kept>;
  held(): Held;
  /** State as last committed, or undefined. */
  recall(key: string): Promise<unknown>;
}

/** The outbox of another process's spool. Errors: Fault `absent` once the file was replaced or removed: open it again. */
export interface SpoolReader extends Outbox {
  /** The writer's state as last committed, or undefined. */
  recall(key: string): Promise<unknown>;
  /** Calls `listener` soon after the writer committed, or after the file was replaced; returns the unsubscribe. */
  onAppend(listener: () => void): () => void;
}

export interface Spooled {
  readonly seq: number;
  readonly text: string;
}

/** How an envelope is written: the one text that is hashed, stored and sent. */
export const envelopeText = (envelope: Envelope): string => JSON.stringify(envelope);
