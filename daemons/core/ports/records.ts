import type { Alert } from '../values/alert.ts';
import type { Desk } from '../values/desk.ts';
import type { Envelope, Stream } from '../values/envelope.ts';

/** An envelope as it came over the wire: the parsed value and the exact text that its hash covers. */
export interface Arrival {
  readonly site: string;
  readonly text: string;
  readonly envelope: Envelope;
}

/**
 * `conflict`: the same key came before with another link hash. Both are kept and the effects of both are taken: neither is
 * silently preferred, and an alert in it reaches the patrol. The same conflicting text again is a `duplicate`.
 */
export type Outcome = 'new' | 'duplicate' | 'conflict';

/**
 * How far one stream of one spool is complete at the centre: everything through `through` but `missing` came or is gone for
 * good. `through` never exceeds the highest number that came, and `missing` holds 1000 at the most.
 */
export interface Watermark {
  readonly device: string;
  readonly spool: string;
  readonly stream: Stream;
  readonly through: number;
  readonly missing: readonly number[];
}

/** An alert as the centre knows it: its latest revision and what people did with it. */
export interface AlertRecord {
  readonly site: string;
  readonly device: string;
  readonly alert: Alert;
  /** Unix ms of the commit of the first revision and of the latest, by the centre's clock. */
  readonly raisedMs: number;
  readonly changedMs: number;
  readonly acknowledged: { readonly by: string; readonly atMs: number } | null;
  /** What people did beyond that; absent where nobody did anything. */
  readonly desk?: Desk | undefined;
}

/** What is known of a box. `status` is its last word or its last will. */
export interface DeviceRecord {
  readonly site: string;
  readonly device: string;
  readonly status: 'online' | 'offline' | 'unknown';
  readonly lastSeenMs: number;
  readonly simulated: boolean;
  readonly where: { readonly lat: number; readonly lon: number } | null;
  /** As in its birth message; {} before one came. */
  readonly birth: Readonly<Record<string, unknown>>;
}

/** Everything that changed after a cursor. */
export interface Changes {
  readonly cursor: number;
  readonly alerts: readonly AlertRecord[];
  readonly devices: readonly DeviceRecord[];
}

/** A box's word on itself, or its last will. `boot` and `session` name the life that it is about. */
export interface Said {
  readonly status: 'online' | 'offline';
  readonly boot: string;
  readonly session?: string | undefined;
  /** With `online`: what the box holds still. Everything below came or never will. */
  readonly oldest?: readonly { readonly spool: string; readonly stream: Stream; readonly seq: number }[] | undefined;
}

/** A message that could not be taken, and why. */
export interface Unreadable {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly reason: string;
}
export interface Quarantined extends Unreadable {
  readonly atMs: number;
}

/** A second text under a key that was there. */
export interface Conflict {
  readonly site: string;
  readonly device: string;
  readonly spool: string;
  readonly stream: Stream;
  readonly seq: number;
  readonly text: string;
  readonly atMs: number;
}

/** Numbers that will never come, first and last included. `unheld`: the box said that it has nothing below. */
export interface GoneRange {
  readonly device: string;
  readonly spool: string;
  readonly stream: Stream;
  readonly from: number;
  readonly to: number;
  readonly why: 'shed' | 'lost' | 'unheld';
  readonly atMs: number;
}

/** The newest signed head that a box published for a spool: the text of its `seal` envelope. */
export interface Head {
  readonly site: string;
  readonly device: string;
  readonly spool: string;
  readonly seq: number;
  readonly text: string;
  readonly atMs: number;
}

export interface Counts {
  readonly envelopes: number;
  readonly alerts: number;
  readonly acknowledged: number;
  readonly duplicates: number;
  readonly conflicts: number;
  /** Sequence numbers that were declared gone and had not come. */
  readonly gone: number;
  readonly quarantined: number;
  /** Of the quarantined, those that had to make room for newer ones or were too old to keep. */
  readonly quarantineDropped: number;
}

/** The central store. The ledger writes it, the console reads it and writes what people do; they are two processes. */
export interface Records {
  /**
   * One transaction: dedupes on (device, spool, stream, seq), keeps the envelopes, advances the alerts, closes the gaps that
   * `shed` and `lost` events name. Durable when it resolves. Errors: Fault `refused` when the store cannot take it just
   * now, `protocol` when it can never take content of this batch (committed one by one, the rest goes in); either way nothing
   * of the call was kept.
   */
  commit(arrivals: readonly Arrival[], nowMs: number): Promise<readonly Outcome[]>;
  watermark(device: string, spool: string, stream: Stream): Promise<Watermark>;
  /**
   * Keeps messages that could not be read, with the reason. The room is bounded: the oldest make way and are counted.
   */
  quarantine(messages: readonly Unreadable[], nowMs: number): Promise<void>;
  birth(site: string, device: string, birth: Readonly<Record<string, unknown>>, nowMs: number): Promise<void>;
  /** An `offline` about another life than the known one changes nothing; `oldest` closes gaps. */
  status(site: string, device: string, said: Said, nowMs: number): Promise<void>;
  /** Keeps the head with the highest `seq` of each spool. */
  head(head: Head): Promise<void>;
  /** The first acknowledgement stands; a later one changes nothing. Resolves to false when there is no such alert. */
  acknowledge(alertId: string, by: string, nowMs: number): Promise<boolean>;
  /** Alerts that a device raised and that are not over. */
  openOf(device: string): Promise<readonly AlertRecord[]>;
  /** Changes after `cursor`, at most `limit` alerts, oldest change first; cursor 0 gives everything. */
  changes(cursor: number, limit: number): Promise<Changes>;
  /** Calls `listener` soon after any process committed; returns the unsubscribe. */
  onChange(listener: () => void): () => void;
  counts(): Promise<Counts>;
  /** Newest first, `limit` at the most. */
  quarantined(limit: number): Promise<readonly Quarantined[]>;
  conflicts(limit: number): Promise<readonly Conflict[]>;
  gone(limit: number): Promise<readonly GoneRange[]>;
  /** The heads of a device's spools. */
  heads(device: string): Promise<readonly Head[]>;
  close(): Promise<void>;
}
