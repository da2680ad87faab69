/** A rollout: one change brought to many boxes, the first ones alone and watched, and what stands of it. Plain values, kept as JSON. */
import { hash } from 'node:crypto';
import { Fault } from '../ports/fault.ts';

/** Fixed when it begins; who drives it needs no key, as both ways are signed by then. */
export interface Plan {
  readonly name: string;
  readonly site: string;
  readonly by: string;
  readonly why: string;
  /** The first is that of the canaries. Each box stands in one. */
  readonly waves: readonly (readonly string[])[];
  /** Boxes that are told in a minute, and boxes on their way at once, at the most. */
  readonly perMinute: number;
  readonly atOnce: number;
  /** A box is well when the change is in force so long while it is connected. */
  readonly steadyS: number;
  /** A box that was told and is not heard, or says nothing of the change, for so long has failed. */
  readonly silentS: number;
  /** Failures after the canaries that stop it; one canary that fails always does. */
  readonly stopAt: number;
  readonly onStop: 'hold' | 'back';
  /** Versions of the desired state of each box: of the change, and of what takes it back. */
  readonly versions: Readonly<Record<string, { readonly forward: number; readonly back: number }>>;
}

/** `superseded`: somebody else said meanwhile what the box is to be; it is left alone. */
export const ended = ['steady', 'failed', 'superseded', 'back', 'back-failed'] as const;
export const phases = ['queued', 'sent', 'waiting', 'on-trial', 'applied', 'taken-back', ...ended] as const;
export type Phase = (typeof phases)[number];

export interface BoxState {
  readonly phase: Phase;
  /** Unix ms of the phase. */
  readonly sinceMs: number;
  /** Unix ms since when it is not connected; 0: it is. */
  readonly awayMs: number;
  readonly reasons: readonly string[];
}

/** `stopped`: by failures or by an operator; what was told and not tried yet is taken back. */
export type Mode = 'running' | 'paused' | 'stopped' | 'backing' | 'done' | 'back';

export interface Rollout {
  readonly plan: Plan;
  readonly mode: Mode;
  /** Why it is in this mode. */
  readonly reason: string;
  readonly boxes: Readonly<Record<string, BoxState>>;
  /** Unix ms at which boxes were told, within the last minute. */
  readonly told: readonly number[];
  /** Failures that an operator resumed after. */
  readonly forgiven: number;
}

export const isOver = ({ mode }: Rollout): boolean => mode === 'done' || mode === 'back';

/** A line of what happened, for the audit log. */
export interface Note {
  readonly box: string | null;
  readonly what: string;
  readonly why: string;
}

export function begunAt(plan: Plan, nowMs: number): Rollout {
  const boxes = Object.fromEntries(
    plan.waves.flat().map((name) => [name, { phase: 'queued', sinceMs: nowMs, awayMs: 0, reasons: [] } as const]),
  );
  return { plan, mode: 'running', reason: plan.why, boxes, told: [], forgiven: 0 };
}

/**
 * Canaries first, then so many percent of all boxes, step by step, and the rest. Which box comes when is drawn by the rollout's name,
 * so that it is never always the same ones. Errors: Fault `config`.
 */
export function wavesOf(
  name: string,
  boxes: readonly string[],
  canaries: readonly string[],
  percents: readonly number[],
): readonly (readonly string[])[] {
  const foreign = canaries.filter((one) => !boxes.includes(one));
  if (foreign.length > 0)
    throw new Fault('config', `canaries: ${foreign.join(', ')}: must be among the boxes of this rollout`);
  if (canaries.length === 0) throw new Fault('config', 'canaries: at least one box must go first');
  if (percents.some((one, i) => one <= (percents[i - 1] ?? 0) || one > 100))
    throw new Fault('config', `percents: ${percents.join(', ')}: must grow, up to 100`);
  const drawn = boxes
    .filter((one) => !canaries.includes(one))
    .toSorted((a, b) => (hash('sha256', `${name} ${a}`) < hash('sha256', `${name} ${b}`) ? -1 : 1));
  const waves: (readonly string[])[] = [[...new Set(canaries)]];
  let at = 0;
  for (const percent of [...percents, 100]) {
    const until = Math.max(at, Math.ceil((boxes.length * percent) / 100) - (waves[0]?.length ?? 0));
    const wave = drawn.slice(at, until);
    if (wave.length > 0) waves.push(wave);
    at = Math.min(until, drawn.length);
  }
  return waves;
}
