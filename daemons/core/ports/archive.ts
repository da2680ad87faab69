import type { Stream } from '../values/envelope.ts';
import type { Spooled } from './spool.ts';

/** One chain: a stream of a spool of a device. */
export interface Chain {
  readonly device: string;
  readonly spool: string;
  readonly stream: Stream;
}

/** An envelope with the chain it stands in. */
export interface Filed extends Chain, Spooled {}

/** What was kept, to be looked up long after: the centre's records, or a box's own spools. Nothing is written. */
export interface Archive {
  /** Every envelope that holds a revision of the alert, in no order. */
  revisions(alertId: string): Promise<readonly Filed[]>;
  /** Ids of the spools that a device sent telemetry from. */
  spools(device: string): Promise<readonly string[]>;
  /** The first and the last seq that is held of a chain; null when none is. */
  ends(chain: Chain): Promise<{ readonly first: number; readonly last: number } | null>;
  /** Envelopes with `from` <= seq <= `to`, in order, 1000 at the most; what is not held is left out. */
  read(chain: Chain, from: number, to: number): Promise<readonly Spooled[]>;
  /** A device's events of one type, newest first within a spool, `limit` at the most. */
  events(device: string, type: string, limit: number): Promise<readonly Filed[]>;
  /** Texts of the newest seals that the device published. */
  heads(device: string): Promise<readonly string[]>;
  /** Records in force that are kept beside the chains: of the box itself. */
  inForce(): Promise<readonly { readonly type: string; readonly sha256: string; readonly record: unknown }[]>;
  close(): Promise<void>;
}
