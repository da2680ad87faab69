import type { PushOffer, PushPhone } from '../values/push-phone.ts';

/** Phones of a unit that are woken by web push, for the dispatcher. Errors of every call: Fault `refused`, `absent`; nothing was then changed. */
export interface PushPhones {
  /** Those whose session still lasts; others are forgotten. */
  of(unit: string, nowMs: number): Promise<readonly PushPhone[]>;
  /** A push service says that it is gone. */
  drop(phone: PushPhone): Promise<void>;
  /** What pages may subscribe with from now on; null: nothing, and all phones are forgotten. */
  offer(what: PushOffer | null): Promise<void>;
  close(): Promise<void>;
}
