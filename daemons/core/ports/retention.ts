import type { Alert } from '../values/alert.ts';
import type { AlertRecord } from './records.ts';

/**
 * What keeps an alert from being reduced. `legal`: named, and it expires. `contest`: somebody disputes the alert; nothing
 * of it is deleted until that is decided and the hold is lifted.
 */
export interface Hold {
  readonly name: string;
  readonly kind: 'legal' | 'contest';
  readonly alert: string;
  /** Pseudonymous id of who asked for it. */
  readonly by: string;
  readonly reason: string;
  readonly fromMs: number;
  /** Unix ms; null only for a contest. */
  readonly untilMs: number | null;
  readonly lifted: { readonly by: string; readonly atMs: number } | null;
}

/** The part of the central store that forgets. Errors of every call: Fault `refused` when the store does not let us now. */
export interface RetentionStore {
  /** Errors: Fault `refused` when the name is taken or there is no such alert. */
  hold(hold: Hold): Promise<void>;
  /** Resolves to false when no hold of that name is in force. */
  lift(name: string, by: string, nowMs: number): Promise<boolean>;
  /** All holds ever, oldest first: they are part of an alert's record. */
  holds(): Promise<readonly Hold[]>;
  /** Alerts with an exact position that last changed before `beforeMs`, in order of id, from after `afterId` on. */
  exact(beforeMs: number, afterId: string, limit: number): Promise<readonly AlertRecord[]>;
  /**
   * In one transaction: `coarse` stands for the alert from now on, and of its envelopes what the chain needs remains
   * (see `withoutBody`). Resolves to the number of bodies deleted.
   */
  coarsen(coarse: Alert, device: string, nowMs: number): Promise<number>;
  /** Deletes unreadable messages that came before. Resolves to how many. */
  forgetQuarantine(beforeMs: number): Promise<number>;
  close(): Promise<void>;
}
