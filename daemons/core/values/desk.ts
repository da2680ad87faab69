/** What people do with an alert at the centre, and what stands of it. An alert itself is only ever changed by its box. */
import type { Told, Way } from './delivery.ts';

/** `unsafe`: nobody could go there. `drill` and `test`: nothing was looked for. */
export const outcomes = ['found', 'not-found', 'lawful-source', 'no-access', 'unsafe', 'drill', 'test'] as const;
export type Outcome = (typeof outcomes)[number];

/** `centre`: the clock or a rule of the centre did it, and no person. */
export type ActingRole = 'technician' | 'patrol' | 'operator' | 'supervisor' | 'auditor' | 'centre';

/** What a person (or the clock: by `centre`) did; only ever added. `n` orders the acts of a store: clocks do not. */
export interface Act {
  readonly n: number;
  readonly alert: string;
  /** A pseudonym such as op-17. */
  readonly by: string;
  readonly role: ActingRole;
  readonly atMs: number;
  readonly deed: Deed;
  /** Of `link` and `unlink`: the other alert, whose own desk they change too. */
  readonly other?: string | undefined;
  /** The unit of a patrol. */
  readonly unit?: string | undefined;
  /** Made up where it was done, so that it is done once however often it is sent. */
  readonly key?: string | undefined;
  /** When it was done, where that was before `atMs`: by the centre's clock, less the age that the sender measured. */
  readonly doneMs?: number | undefined;
}

export type Deed =
  | { readonly what: 'acknowledge' }
  | { readonly what: 'assign'; readonly unit: string | null }
  | { readonly what: 'note'; readonly text: string }
  | { readonly what: 'resolve'; readonly outcome: Outcome; readonly text: string }
  | { readonly what: 'reopen'; readonly text: string }
  /** `level` by the clock: so that two consoles escalate once. */
  | { readonly what: 'escalate'; readonly why: string; readonly level?: number | undefined }
  /** Takes it over, at a shift change or after it was escalated. */
  | { readonly what: 'accept' }
  /** The sound on consoles, for everybody. */
  | { readonly what: 'mute'; readonly untilMs: number }
  | { readonly what: 'unmute' }
  /** Out of the list until then; it comes back by itself. */
  | { readonly what: 'shelve'; readonly reason: string; readonly untilMs: number }
  | { readonly what: 'unshelve' }
  /** A duplicate of another alert. */
  | { readonly what: 'link'; readonly to: string }
  | { readonly what: 'unlink' }
  | { readonly what: 'corroborate'; readonly text: string }
  | { readonly what: 'release'; readonly text: string }
  | { readonly what: 'withhold'; readonly text: string }
  /** A device of a unit has it; nobody may have looked. */
  | { readonly what: 'received' }
  | { readonly what: 'seen' }
  | { readonly what: 'on-scene' }
  /** What a unit found. It closes nothing. */
  | { readonly what: 'report'; readonly outcome: Outcome; readonly text: string }
  /** By the centre alone: a unit is about to be told one way; who claims a step second does not send. */
  | {
      readonly what: 'tell';
      readonly unit: string;
      readonly way: Way;
      readonly step: number;
      readonly grouped: boolean;
    }
  /** By the centre alone: what came of it. */
  | {
      readonly what: 'told';
      readonly unit: string;
      readonly way: Way;
      readonly step: number;
      readonly state: 'sent' | 'failed';
      readonly why: string | null;
    }
  /** By the centre alone: nobody acknowledged to the end of the chain. With `unit`: that one, which it was given to by hand, did not. */
  | { readonly what: 'chain-over'; readonly why: string; readonly unit?: string | undefined }
  /** By the centre alone: which dwellings the region of revision `rev` touches. */
  | {
      readonly what: 'judge';
      readonly dwellings: readonly string[];
      readonly rev: number;
      /** Metres that the region may move and touch no other; absent: a program of before did not say. */
      readonly clearM?: number | undefined;
    }
  /** By the centre alone: an alert that was made for a drill. */
  | { readonly what: 'drill'; readonly text: string };

export interface Said {
  readonly by: string;
  readonly atMs: number;
  readonly text: string;
}

/** The fold of all acts; rides on the record of an alert as `desk`, which is absent where nobody did anything. */
export interface Desk {
  /** The unit that it was given to. */
  readonly assigned: string | null;
  readonly resolved: (Said & { readonly outcome: Outcome }) | null;
  readonly escalated: { readonly level: number; readonly atMs: number; readonly why: string } | null;
  readonly accepted: { readonly by: string; readonly atMs: number } | null;
  /** Both end at `untilMs`, whether or not the clock has said so yet. */
  readonly muted: { readonly by: string; readonly untilMs: number } | null;
  readonly shelved: { readonly by: string; readonly reason: string; readonly untilMs: number } | null;
  readonly duplicateOf: string | null;
  readonly duplicates: readonly string[];
  /** Null: was not held against the layer of dwellings, or there is none. */
  readonly dwelling: {
    readonly touches: readonly string[];
    /** The revision whose region was held against the layer. */
    readonly rev: number;
    /** As the judgement said, and how many metres the region came since; absent: not known, and none. */
    readonly clearM?: number | undefined;
    readonly movedM?: number | undefined;
    readonly corroborated: Said | null;
    readonly released: Said | null;
  } | null;
  readonly drill: boolean;
  /** Each unit that was told; absent: none. */
  readonly told?: readonly Told[] | undefined;
  /** Its chain came to its end without an acknowledgement. */
  readonly chainOver?: { readonly atMs: number; readonly why: string } | undefined;
  readonly notes: number;
  readonly acts: number;
}

/** New alerts that match come shelved with its reason until it ends; null matches all. They are kept and counted. */
export interface Rule {
  readonly id: string;
  readonly device: string | null;
  readonly kind: string | null;
  readonly site: string | null;
  readonly reason: string;
  readonly by: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Who leads the shift, and a shift change that is not over: `to` has not accepted all alerts that are open. */
export interface Shift {
  readonly lead: string | null;
  readonly sinceMs: number;
  readonly handover: { readonly from: string | null; readonly to: string; readonly startedMs: number } | null;
}
