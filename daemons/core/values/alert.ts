import type { Evidence, ModelRef, Where } from './detection.ts';
import type { Doubt } from './doubt.ts';
import type { Flag } from './flags.ts';
import type { Plot } from './plot.ts';
import type { SourceEstimate } from './plume.ts';
import type { Stamp } from './stamp.ts';

/**
 * A lead for a person, never a verdict. `id` names one occurrence from raise to clear; `rev` counts what was said of it,
 * from 1. Acknowledging is a person's act at the centre and is not part of this value: it never clears an alert.
 */
export interface Alert {
  readonly id: string;
  readonly rev: number;
  readonly kind: string;
  /** `safety` protects the crew and latches; `evidence` is silent on site. */
  readonly family: 'safety' | 'evidence';
  readonly severity: 'info' | 'warning' | 'critical';
  readonly condition: 'raised' | 'held' | 'cleared';
  readonly certainty: 'indication' | 'corroborated';
  readonly at: Stamp;
  /** When the condition began. */
  readonly since: Stamp;
  readonly because: Because;
  readonly where: Where | null;
  /** Unix ms after which a receiver must treat silence as "unknown". */
  readonly expiresMs: number;
  readonly flags: readonly Flag[];
  /** Where it may come from, or why that cannot be said; absent where nothing looks for it. `where` is then its centre. */
  readonly plume?: SourceEstimate | undefined;
  /** Of an alert about a piece of ground: its outline, and the picture of it. */
  readonly plot?: Plot | undefined;
  /** Of each instrument behind it that was found wrong later, the newest finding; the flag `check-failed` goes with it. */
  readonly doubts?: readonly Doubt[] | undefined;
}

/** Why: enough to understand the alert alone; the whole chain is in the telemetry beside it. */
export interface Because {
  readonly rule: string;
  readonly score: number;
  /** Highest score since the alert was raised. */
  readonly peak: number;
  readonly threshold: number;
  readonly model: ModelRef | null;
  readonly evidence: readonly Evidence[];
}
