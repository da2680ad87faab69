/** What a procedure is given, told and remembers. Times are monotonic milliseconds. */
import type { Step } from '../../core/flow/scan.ts';
import type { CalibrationPoint, LinearFit } from '../../core/values/calibration.ts';
import type { Ending } from './ending.ts';
import type { Exposed } from './exposure.ts';
import type { Stability } from './stability.ts';
import type { ProcedureKind, Stage, StageName } from './stages.ts';

/** A gas at the inlet, in the unit of the result. */
export interface AppliedGas {
  readonly applied: number;
  /** Standard uncertainty (k = 1). */
  readonly uApplied: number;
}

export interface ProcedureOptions {
  readonly kind: ProcedureKind;
  readonly gases: {
    /** null in an adjustment: only the gain is changed, and `second` must be there. */
    readonly zero: AppliedGas | null;
    readonly span: AppliedGas;
    /** Further levels of the fit. */
    readonly further: readonly AppliedGas[];
    readonly second: AppliedGas | null;
  };
  /** Of the result. */
  readonly unit: string;
  readonly t90Ms: number;
  /** Share of the applied concentration by which a check or an as-left may be off. */
  readonly tolerance: number;
  /** Instrument units per unit of the result, by the calibration in force; 1 where there is none. */
  readonly rawPerUnit: number;
  /** Smallest step of the channel, in the instrument's unit. */
  readonly resolution: number;
  /** The alarm that watches this quantity most closely; null when none does. */
  readonly alarm: { readonly on: number; readonly raiseAfter: number } | null;
  readonly limits: ProcedureLimits;
  /**
   * Of zero, span and every further level, in this order; of span and second level where only the gain is changed. Errors:
   * Fault `refused` when they carry no line or do not agree.
   */
  readonly fit: (points: readonly Taken[]) => LinearFit;
}

export interface ProcedureLimits {
  /** Longest wait for a person, in ms. */
  readonly askMs: number;
  /** Longest wait for a stable reading or an answer to gas, in T90. */
  readonly measureT90s: number;
  /** Shortest and longest purge, in T90. */
  readonly purgeT90s: readonly [number, number];
  /** How long a technician whose connection is lost may take to come back, in ms. */
  readonly graceMs: number;
}

export type ProcedureInput =
  | {
      readonly type: 'reading';
      readonly atMs: number;
      /** null: a gap, or a value that its flags forbid to be taken. */
      readonly raw: number | null;
      readonly value: number | null;
      readonly u: number | null;
    }
  | { readonly type: 'next' | 'abort' | 'lost' | 'back' | 'tick' | 'deadline'; readonly atMs: number }
  /** The record is written; `failed`: why it says that it was not passed. */
  | { readonly type: 'kept'; readonly atMs: number; readonly failed: string | null }
  | { readonly type: 'refused'; readonly atMs: number; readonly why: string };

/** A stable reading on one gas. */
export interface Taken extends CalibrationPoint {
  readonly stage: StageName;
  /** What was shown, through the calibration in force, or through the new fit for as-left. */
  readonly shown: number | null;
  readonly uShown: number | null;
  readonly atMs: number;
  readonly spread: number;
  readonly n: number;
}

export interface Seen {
  readonly atMs: number;
  readonly raw: number;
  readonly value: number | null;
  readonly u: number | null;
}

export interface ProcedureState {
  /** Index of the stage. */
  readonly at: number;
  /** `ask`: a person is to do something and to say so; `run`: it goes on by itself. */
  readonly phase: 'ask' | 'run';
  readonly sinceMs: number;
  /** Since the phase began and without a gap, at most `mostSeen`. */
  readonly seen: readonly Seen[];
  readonly taken: readonly Taken[];
  readonly fit: LinearFit | null;
  readonly exposed: Exposed | null;
  /** Gas was connected, so the line has to be purged. */
  readonly gassed: boolean;
  readonly lostMs: number | null;
  /** What the record in `keep` will say. */
  readonly pending: Ending | null;
  readonly ending: Ending | null;
  readonly over: boolean;
}

export type ProcedureOutput = { readonly type: 'keep' } | { readonly type: 'over' };

/** Longest series that is looked at: at 10 Hz nearly seven minutes. */
export const mostSeen = 4096;

export const freshProcedure = (atMs: number): ProcedureState => ({
  at: 0,
  phase: 'ask',
  sinceMs: atMs,
  seen: [],
  taken: [],
  fit: null,
  exposed: null,
  gassed: false,
  lostMs: null,
  pending: null,
  ending: null,
  over: false,
});

export interface Procedure {
  readonly stages: readonly Stage[];
  fresh(atMs: number): ProcedureState;
  readonly step: Step<ProcedureState, ProcedureInput, ProcedureOutput>;
  /** How steady the reading is in this phase; null where nothing is measured. */
  stability(state: ProcedureState, nowMs: number): Stability | null;
  /** When this phase gives up by itself, monotonic ms. */
  untilMs(state: ProcedureState): number;
}
