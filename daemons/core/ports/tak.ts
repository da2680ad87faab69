import type { CotEvent } from '../values/cot.ts';

/** The events of one alert as they would be said at a moment, Unix ms. */
export type Saying = (nowMs: number) => readonly CotEvent[];

/** A TAK server, or a client that listens itself. It confirms nothing: what is shown is said again after each connection, and now and then. */
export interface Tak {
  /** Shows an alert from now on, or changes what is shown of it. */
  show(id: string, saying: Saying): void;
  /** Takes it off: `saying` gives the erasure, which is said for a while. */
  erase(id: string, saying: Saying): void;
  /** Whether it is shown, or was and is being taken off. */
  knows(id: string): boolean;
  readonly state: TakState;
  close(): Promise<void>;
}

export interface TakState {
  readonly connected: boolean;
  /** Why not; null while it is. */
  readonly trouble: string | null;
  /** Alerts that wait for their first saying on this connection. */
  readonly waiting: number;
}
