import type { Alert } from '../values/alert.ts';
import type { Chain } from './archive.ts';
import type { AlertRecord } from './records.ts';
import type { Spooled } from './spool.ts';

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

/** Envelopes of a chain in a row, without what was forgotten of them: see `records/folding.ts`. */
export interface FoldedPage {
  readonly first: number;
  readonly last: number;
  /** What the first names as the link before it. */
  readonly prev: string;
  readonly links: Uint8Array;
}

/** One quantity of a sensor on one day (days since 1970, UTC): numbers of values and of gaps, and what the values were. */
export interface DayValue {
  readonly day: number;
  readonly sensor: string;
  readonly quantity: string;
  readonly unit: string;
  readonly values: number;
  readonly gaps: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly sum: number;
}

/** A chain of telemetry or events. */
export interface ChainState extends Chain {
  /** All through here came, or never will. */
  readonly through: number;
  /** Where each kind of forgetting goes on. */
  readonly next: { readonly routine: number; readonly events: number };
}

/** What takes the place of the rows that `pages` hold. */
export interface Folding {
  readonly pages: readonly FoldedPage[];
  /** Added to what is known of those days. */
  readonly days: readonly DayValue[];
  readonly pass: keyof ChainState['next'];
  readonly next: number;
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
  chains(): Promise<readonly ChainState[]>;
  /** Rows from a number on, in order: envelopes that are in no page, with when they came. */
  rows(chain: Chain, from: number, limit: number): Promise<readonly (Spooled & { readonly committedMs: number })[]>;
  /** Of a chain of events the seals and the memories of a line, from a number on, in order. */
  marks(chain: Chain, from: number, limit: number): Promise<readonly Spooled[]>;
  /** In one transaction. Resolves to false, and nothing is changed, when another program has folded some of it. */
  fold(chain: Chain, folding: Folding): Promise<boolean>;
  /** What is left of a device's forgotten telemetry, oldest day first. */
  days(device: string): Promise<readonly DayValue[]>;
  close(): Promise<void>;
}
