/** What is on the way, per stream of a spool. Pure: the daemon asks what to send and tells what came back. */
import { type Stream, streams } from '../core/values/envelope.ts';

/** One stream of one spool, as far as it was sent. */
export interface Flight {
  /** Highest seq handed to the broker since the last rewind. */
  readonly sent: number;
  /** Highest seq that the centre confirmed as complete. */
  readonly confirmed: number;
  /** When the newest of what is unconfirmed was sent, in ms of a monotonic clock; null when nothing is on the way. */
  readonly sentMs: number | null;
}

export const grounded: Flight = { sent: 0, confirmed: 0, sentMs: null };

/** Messages that may still go out before the window is full. */
export const room = ({ sent, confirmed }: Flight, window: number): number =>
  Math.max(0, window - Math.max(0, sent - confirmed));

/** After envelopes up to `seq` went out. */
export const launched = (flight: Flight, seq: number, nowMs: number): Flight => ({
  ...flight,
  sent: Math.max(flight.sent, seq),
  sentMs: nowMs,
});

/**
 * After a receipt: confirmed through the first number that is missing. Something missing below what was sent is lost on
 * the way, and everything after the confirmed is sent again.
 */
export function landed(flight: Flight, through: number, missing: readonly number[]): Flight {
  const firstMissing = missing.length > 0 ? Math.min(...missing) : Number.POSITIVE_INFINITY;
  const confirmed = Math.max(flight.confirmed, Math.min(through, firstMissing - 1));
  const allBack = confirmed >= flight.sent && missing.length === 0;
  return { sent: Math.max(flight.sent, confirmed), confirmed, sentMs: allBack ? null : flight.sentMs };
}

/** When no receipt came in time, or the connection was lost: everything unconfirmed goes out again. */
export const rewound = (flight: Flight): Flight => ({ ...flight, sent: flight.confirmed, sentMs: null });

export const overdue = (flight: Flight, nowMs: number, resendMs: number): boolean =>
  flight.sentMs !== null && nowMs - flight.sentMs >= resendMs;

/** Alerts before events before telemetry, whatever waits longest. */
export const ranked: readonly Stream[] = streams;
