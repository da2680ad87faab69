import type { Alert } from '../values/alert.ts';
import type { Envelope, Stream } from '../values/envelope.ts';

/** An envelope as it came over the wire: the parsed value and the exact text that its hash covers. */
export interface Arrival {
  readonly site: string;
  readonly text: string;
  readonly envelope: Envelope;
}

/** `conflict`: the same key came before with another text. Both are kept, neither is silently preferred. */
export type Outcome = 'new' | 'duplicate' | 'conflict';

/** How far one stream of one spool is complete at the centre: everything through `through` but `missing`. */
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

/** The central store. The ledger writes it, the console reads it and writes what people do; they are two processes. */
export interface Records {
  /** One transaction: dedupes on (device, spool, stream, seq), keeps the envelopes, advances the alerts. Durable when it resolves. */
  commit(arrivals: readonly Arrival[], nowMs: number): Promise<readonly Outcome[]>;
  watermark(device: string, spool: string, stream: Stream): Promise<Watermark>;
  /** Keeps a message that could not be read, with the reason; never blocks, never vanishes. */
  quarantine(topic: string, payload: Uint8Array, reason: string, nowMs: number): Promise<void>;
  birth(site: string, device: string, birth: Readonly<Record<string, unknown>>, nowMs: number): Promise<void>;
  status(site: string, device: string, status: 'online' | 'offline', nowMs: number): Promise<void>;
  /** The first acknowledgement stands; a later one changes nothing. Resolves to false when there is no such alert. */
  acknowledge(alertId: string, by: string, nowMs: number): Promise<boolean>;
  /** Changes after `cursor`, at most `limit` alerts, oldest change first; cursor 0 gives everything. */
  changes(cursor: number, limit: number): Promise<Changes>;
  /** Calls `listener` soon after any process committed; returns the unsubscribe. */
  onChange(listener: () => void): () => void;
  counts(): Promise<{
    readonly envelopes: number;
    readonly alerts: number;
    readonly acknowledged: number;
    readonly quarantined: number;
    readonly duplicates: number;
  }>;
  close(): Promise<void>;
}
