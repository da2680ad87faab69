/**
 * A budget of written bytes, kept by holding telemetry longer. Pure. Alerts and events are never held.
 * A step up doubles the hold when the rate is over the budget; a step down halves it when the rate is so low that even
 * twice of it is within, because half the hold costs at most twice the commits: so it never swings between two steps.
 */
import * as z from 'zod';
import { onDemand } from '../config/on-demand.ts';

export const wearSection = onDemand(() =>
  z.strictObject({
    mbPerDay: z
      .number()
      .positive()
      .default(300)
      .describe('megabytes (10^6) a day that each daemon may write before telemetry is held longer'),
    maxHoldMs: z
      .int()
      .min(0)
      .max(600_000)
      .default(60_000)
      .describe('longest hold of telemetry to keep the budget: a power cut may cost it'),
  }),
);
export type WearBudget = z.infer<typeof wearSection>;

/** A rate is judged over this much time at least, in ms: a start writes more than an hour of measuring. */
export const judgeMs = 1_800_000;
const dayMs = 86_400_000;
/** Less than half, so that a doubled rate is still within. */
const easyShare = 0.45;

export interface WearState {
  /** Where the rate is measured from: the last step, or a day ago. */
  readonly fromMs: number;
  readonly fromBytes: number;
  readonly holdMs: number;
}

export interface WearOptions extends WearBudget {
  /** The hold that the profile asks for, in ms. */
  readonly holdMs: number;
}

export interface WearStep {
  readonly state: WearState;
  /** Bytes a day since `fromMs`, of the daemon alone; null for the first minutes. */
  readonly bytesPerDay: number | null;
  /** The hold changed with this look. */
  readonly changed: 'longer' | 'shorter' | null;
}

export const freshWear = ({ holdMs }: WearOptions, monoMs: number, bytes: number): WearState => ({
  fromMs: monoMs,
  fromBytes: bytes,
  holdMs,
});

/** Takes what the daemon has written so far (`bytes`, only ever growing) at `monoMs`. */
export function wearStep(options: WearOptions, state: WearState, monoMs: number, bytes: number): WearStep {
  const spanMs = monoMs - state.fromMs;
  if (spanMs <= 0) return { state, bytesPerDay: null, changed: null };
  const bytesPerDay = ((bytes - state.fromBytes) / spanMs) * dayMs;
  if (spanMs < judgeMs) return { state, bytesPerDay: spanMs >= 60_000 ? bytesPerDay : null, changed: null };
  const budget = options.mbPerDay * 1e6;
  const next = nextHold(options, state.holdMs, bytesPerDay / budget);
  const restarts = next !== state.holdMs || spanMs >= dayMs;
  return {
    state: restarts ? { fromMs: monoMs, fromBytes: bytes, holdMs: next } : state,
    bytesPerDay,
    changed: next === state.holdMs ? null : next > state.holdMs ? 'longer' : 'shorter',
  };
}

function nextHold({ holdMs, maxHoldMs }: WearOptions, now: number, share: number): number {
  // A profile that flushes at once has no hold to double.
  if (share > 1) return Math.max(now, Math.min(Math.max(2 * now, 1000), maxHoldMs));
  return share < easyShare ? Math.max(holdMs, Math.min(now, now / 2)) : now;
}
