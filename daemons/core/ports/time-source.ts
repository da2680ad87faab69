/** At monotonic time `monoNs` of this boot it was `wallMs` (Unix ms), wrong by `uncertaintyMs` at the most. */
export interface TimeFix {
  /** Who says so, for example `chrony`, `timesyncd`, `gnss`. */
  readonly source: string;
  readonly monoNs: number;
  readonly wallMs: number;
  readonly uncertaintyMs: number;
  /** The source disciplines the system's wall clock, and its fix is a claim about that clock. */
  readonly steers: boolean;
}

/** The system's two clocks, read one right after the other. */
export interface ClockPair {
  readonly monoNs: number;
  readonly systemMs: number;
}

/** Somebody who may know the time. It never blocks and never throws: a source that knows nothing says nothing. */
export interface TimeSource {
  readonly name: string;
  /** Calls `tell` with each fix, until closed. */
  watch(read: () => ClockPair, tell: (fix: TimeFix) => void): TimeWatch;
}

export interface TimeWatch {
  /** Ask now and not at the next turn, because the system's clock was set. */
  hurry(): void;
  close(): void;
}
