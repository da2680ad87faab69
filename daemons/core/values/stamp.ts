/**
 * A moment as one box knows it. Order is told by `monoNs` within one `boot`, never by the wall clock:
 * a Pi has no battery-backed clock, so its wall time is only a claim.
 */
export interface Stamp {
  /** Unix time in milliseconds, as the box believes it. */
  readonly wallMs: number;
  /** Nanoseconds since boot. Exact up to 104 days (2^53 ns), then to a few ns. */
  readonly monoNs: number;
  /** The kernel's boot id, so that monotonic times of two boots are never compared. */
  readonly boot: string;
  /** Whether a time source disciplines the wall clock right now. */
  readonly synced: boolean;
  /** Bound on the error of `wallMs` in milliseconds; null is "unknown". */
  readonly uncertaintyMs: number | null;
}
