import type { Alert } from './alert.ts';
import type { Stamp } from './stamp.ts';

/** Ranked: alerts leave the box first and are shed last. */
export const streams = ['alert', 'event', 'tele'] as const;
export type Stream = (typeof streams)[number];

/** Something that happened to the box itself: a fault, a start, a refusal. */
export interface BoxEvent {
  readonly type: string;
  readonly severity: 'info' | 'warning' | 'error';
  readonly at: Stamp;
  /** For the reader: what is wrong, where, what would be right, what happened to the data. */
  readonly message: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** A batch of readings and measurements in columns, deflated (RFC 1951) and base64: see `core/telemetry`. */
export interface TelemetryBody {
  readonly encoding: 'columns+deflate-raw+base64';
  readonly from: Stamp;
  readonly to: Stamp;
  readonly values: number;
  readonly data: string;
}

export interface Bodies {
  readonly alert: Alert;
  readonly event: BoxEvent;
  readonly tele: TelemetryBody;
}

/**
 * What is spooled, sent and stored, as one JSON text. (device, spool, stream, seq) is the key by which the centre
 * deduplicates; `spool` is the random id of the spool file, so that a restored card never reuses a key.
 */
export interface Envelope<S extends Stream = Stream> {
  readonly v: 1;
  readonly device: string;
  readonly spool: string;
  readonly stream: S;
  /** From 1, without gaps, per stream of a spool. */
  readonly seq: number;
  readonly at: Stamp;
  /** Link hash (see `evidence/chain.ts`) of the previous envelope in this stream; 64 zeros before the first. */
  readonly prev: string;
  /** 128 random bits (hex) that keep the commitment to a deleted body from being guessed back. */
  readonly salt: string;
  readonly body: Bodies[S];
}

export const noHash = '0'.repeat(64);
