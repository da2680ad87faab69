/**
 * The word on whether a payload may look: told by who knows sortie and place, for a moment each time. It says nothing of any
 * moment before `sinceNs` or long after `monoNs`: who does not hear it captures nothing.
 */
export interface CaptureWord {
  /** The moment that it is true of: of the position that it rests on, where it is open. CLOCK_MONOTONIC of the box. */
  readonly monoNs: number;
  readonly open: boolean;
  /** Open without a break since then; `monoNs` where it is not. */
  readonly sinceNs: number;
  readonly sortie: string | null;
  /** Why it is not open, for the reader; empty where it is. */
  readonly why: string;
}
