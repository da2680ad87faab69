import type { Alert } from '../values/alert.ts';
import type { Act, ActingRole, Deed } from '../values/desk.ts';
import type { History } from './history.ts';
import type { AlertRecord } from './records.ts';

/** What came of a deed: the act, or why it made no sense, and the alert as it then is. */
export interface Done {
  readonly act: Act | null;
  readonly why: string | null;
  readonly record: AlertRecord;
}

/** A deed on an alert that somebody wants to do. */
export interface Wish {
  readonly alert: string;
  readonly by: string;
  readonly role: ActingRole;
  readonly atMs: number;
  readonly deed: Deed;
  /** As in `Act`. */
  readonly unit?: string | undefined;
  readonly key?: string | undefined;
  readonly doneMs?: number | undefined;
}

/** When the clock has to look at an alert next, and whether it waits for people. */
export interface Appointment {
  readonly alert: string;
  /** Unix ms; null: never, until it changes. */
  readonly dueMs: number | null;
  readonly open: boolean;
  /** When it was accepted last; 0 where it never was. */
  readonly acceptedMs: number;
}

/** A small thing that all consoles of a store share; `version` is 0 where nobody wrote it. */
export interface Kept {
  readonly version: number;
  readonly value: unknown;
}

/**
 * The part of the central store in which people's acts are kept. Acts are only ever added; what stands of them lies beside
 * the alert, so that `Records.changes` gives it. Errors: Fault `refused`, `absent`; nothing of the call was then kept.
 */
export interface DeskStore extends History {
  /**
   * One transaction in which the deed is judged on the alert as it is then. Null where there is no such alert. A `key` that this one
   * used on that alert before gives the act of then, and nothing is done again.
   */
  act(wish: Wish): Promise<Done | null>;
  /** The same for many at once, in one transaction; each is judged after the ones before it. */
  actAll(wishes: readonly Wish[]): Promise<readonly (Done | null)[]>;
  /** Acts on the alert and those on others that name it, oldest first. */
  acts(alertId: string): Promise<readonly Act[]>;
  record(alertId: string): Promise<AlertRecord | null>;
  /** Keeps an alert that no box raised, with the deed that says why; an id that is there is refused. */
  raise(alert: Alert, site: string, device: string, wish: Omit<Wish, 'alert'>): Promise<Done>;
  /** Writes when alerts are to be looked at; moves no change number. */
  appoint(appointments: readonly Appointment[]): Promise<void>;
  /** Alerts whose time has come, longest overdue first. */
  due(nowMs: number, limit: number): Promise<readonly AlertRecord[]>;
  /** Open alerts that were not accepted since, oldest acceptance first, and how many there are. */
  unaccepted(sinceMs: number, limit: number): Promise<{ readonly alerts: readonly string[]; readonly total: number }>;
  read(name: string): Promise<Kept>;
  /** Writes where nobody wrote since that version; false where somebody did. */
  swap(name: string, version: number, value: unknown): Promise<boolean>;
  close(): Promise<void>;
}
