import type { Account, Invitation, Session, Token } from '../values/account.ts';
import type { PushOffer, PushPhone } from '../values/push-phone.ts';

/** Rows of one kind under a key. What is secret is never a key: its hash is. */
export interface Shelf<T> {
  read(key: string): Promise<T | null>;
  all(): Promise<readonly T[]>;
  /** False: the key is taken, and nothing was changed. */
  add(key: string, owner: string, row: T): Promise<boolean>;
  /**
   * Reads, steps and writes in one transaction; what the step gives beside the row is answered. The step gives the same row to
   * change nothing, and null to remove it. Null: there is no such row.
   */
  change<A>(key: string, step: (row: T) => readonly [T | null, A]): Promise<A | null>;
  /** Steps every row in one transaction; the step gives the same row to leave it. How many were written. */
  changeAll(step: (row: T) => T): Promise<number>;
  /** Removes all of an owner. */
  dropOf(owner: string): Promise<void>;
}

/** Who may log in, in the central store. Errors of every call: Fault `refused`, `absent`; nothing of the call was then kept. */
export interface Accounts {
  readonly people: Shelf<Account>;
  readonly invitations: Shelf<Invitation>;
  readonly sessions: Shelf<Session>;
  readonly tokens: Shelf<Token>;
  /** Under the hash of the endpoint; an account is the owner. */
  readonly phones: Shelf<PushPhone>;
  /** What the dispatcher offers pages, under `offerKey`; empty: nothing. */
  readonly offers: Shelf<PushOffer>;
}

export const offerKey = 'web-push';
