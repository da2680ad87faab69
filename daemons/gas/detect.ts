import type { Step } from '../core/flow/scan.ts';
import type { Detection, Evidence, ModelRef, Where } from '../core/values/detection.ts';
import { type Flag, isBlind } from '../core/values/flags.ts';
import type { Stamp } from '../core/values/stamp.ts';
import type { Context, Grounds, Principle } from './detection/claim.ts';

/** When a score becomes a detection. Off lies below on: a score that trembles at one line would raise and clear at every sample. */
export interface Rule {
  readonly kind: string;
  readonly family: 'safety' | 'evidence';
  readonly severity: 'info' | 'warning' | 'critical';
  readonly on: number;
  readonly off: number;
  /** Looks in a row above `on` before it counts. */
  readonly raiseAfter: number;
  /** Looks in a row below `off` before it is over. */
  readonly clearAfter: number;
  /** Absent: nothing is corroborated by it, and it by nothing. */
  readonly principle?: Principle | undefined;
  readonly gas?: string | undefined;
  readonly budgetPerHour?: number | undefined;
}

/** One score of one rule. null is a gap: it neither raises nor clears. */
export interface Look {
  readonly kind: string;
  readonly at: Stamp;
  readonly score: number | null;
  readonly model: ModelRef | null;
  readonly evidence: readonly Evidence[];
  readonly flags: readonly Flag[];
  /** Ms that its air took from the inlet, where that is known. */
  readonly delayMs?: number | undefined;
}

/** Plain JSON: it is committed with the alert and recalled after a restart. */
export interface DetectState {
  readonly [kind: string]: { readonly active: boolean; readonly run: number };
}

/** What the rule says of one look. */
export interface Judgement {
  readonly rule: Rule;
  readonly look: Look;
  readonly active: boolean;
  /** What it may claim more for than an indication; absent: nothing. */
  readonly grounds?: Grounds;
  /** The look as a detection, where it crossed the threshold. */
  readonly detection: Detection | null;
}

/** Hysteresis and persistence over the looks of every rule. Pure; a look of a rule that does not exist is passed over. */
export function detect(
  rules: readonly Rule[],
  where: Where | null,
  context: readonly Context[] = [],
): Step<DetectState, Look, Judgement> {
  const byKind = new Map(rules.map((rule) => [rule.kind, rule]));
  /** The principles of the rules that are on now. Rules for other gases say nothing of it. */
  const grounds = (rule: Rule, state: DetectState, { flags }: Look): { readonly grounds?: Grounds } => {
    if (!rule.principle) return {};
    const others = rules.flatMap(({ kind, principle, gas }) =>
      principle && state[kind]?.active && (!gas || !rule.gas || gas === rule.gas) ? [principle] : [],
    );
    const principles = [rule.principle, ...others];
    return { grounds: { principles, windContrast: null, passes: 1, context, flags } };
  };
  return (state, look) => {
    const rule = byKind.get(look.kind);
    if (rule === undefined) return [state];
    const { active, run } = state[rule.kind] ?? { active: false, run: 0 };
    const score = scoreOf(rule, look);
    if (score === null) return [state, { rule, look, active, ...grounds(rule, state, look), detection: null }];
    const against = active ? score <= rule.off : score >= rule.on;
    const needed = active ? rule.clearAfter : rule.raiseAfter;
    const nextRun = against ? run + 1 : 0;
    const turned = nextRun >= needed;
    const next = turned ? { active: !active, run: 0 } : { active, run: nextRun };
    const detection = score >= rule.on ? detectionOf(rule, look, score, where) : null;
    const unchanged = next.active === active && next.run === run && rule.kind in state;
    return [
      unchanged ? state : { ...state, [rule.kind]: next },
      { rule, look, active: next.active, ...grounds(rule, state, look), detection },
    ];
  };
}

/** Where nothing is measured a low score is a gap; a high one counts, whatever is wrong with the sampling line. */
const scoreOf = ({ on }: Rule, { score, flags }: Look): number | null =>
  score !== null && score < on && isBlind(flags) ? null : score;

const detectionOf = (rule: Rule, look: Look, score: number, where: Where | null): Detection => ({
  id: `${rule.kind}.${look.at.boot.slice(0, 8)}.${look.at.monoNs.toString(36)}`,
  kind: rule.kind,
  at: look.at,
  score,
  threshold: rule.on,
  model: look.model,
  where,
  evidence: look.evidence,
  flags: look.flags,
});
