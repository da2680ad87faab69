/** How an alert gets to a unit, and what came of it. Received (a device), seen and acknowledged (a person) are three things. */
import type { Outcome, Said } from './desk.ts';

/** `page`: the patrol page asks by itself, nothing is pushed. */
export const ways = ['page', 'web-push', 'ntfy', 'sms', 'email', 'webhook'] as const;
export type Way = (typeof ways)[number];

/** Steps of `Tried` that are of no rule's chain. */
export const apart = {
  /** The one word that what the unit was told of has ended. */
  ended: -1,
  /** The first of those that tell a unit what it was given by hand. */
  given: 100,
} as const;

/** `sending` was claimed by a dispatcher; where it stays that, nobody knows whether it went out, and it is not sent again. */
export interface Tried {
  readonly way: Way;
  /** Of the chain, from 0; or one of `apart`. */
  readonly step: number;
  readonly state: 'sending' | 'sent' | 'failed';
  /** When it came into that state. */
  readonly atMs: number;
  readonly claimedMs: number;
  /** Told together with others in one message. */
  readonly grouped: boolean;
  /** Why it failed. */
  readonly why: string | null;
}

export type Moment = Pick<Said, 'by' | 'atMs'>;

/** What one unit was told of an alert, and what it answered. */
export interface Told {
  readonly unit: string;
  readonly sinceMs: number;
  readonly tried: readonly Tried[];
  /** By a device of the unit; nobody may have looked. */
  readonly received: Moment | null;
  readonly seen: Moment | null;
  readonly acknowledged: Moment | null;
  readonly onScene: Moment | null;
  /** What it found; the alert is closed by a supervisor. */
  readonly reported: (Said & { readonly outcome: Outcome }) | null;
  /** It was given the alert by hand, was told each way in turn, and had not acknowledged by then; absent: not so. */
  readonly unanswered?: { readonly atMs: number } | undefined;
}
