import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';

/** What a daemon's line is given while it runs. */
export interface Running {
  /** Aborts at SIGTERM or SIGINT: take nothing new, drain, return. */
  readonly signal: AbortSignal;
  /** Call it when work really moved; the watchdog is fed by this and by nothing else. */
  progress(): void;
  readonly log: Log;
  readonly clock: Clock;
  /** When this process began, on the monotonic clock: whoever had the box's lines before it was gone by then. Absent where it is not known. */
  readonly beganNs?: number | undefined;
}
