/**
 * What a claim rests on beside a second principle, beside the line's own steps: whether the gas follows the wind, and whether a
 * second pass found it. What a judgement is told depends on the measurements before its moment alone, however they were batched.
 */
import type { Where } from '../../core/values/detection.ts';
import type { Measurement } from '../../core/values/measurement.ts';
import type { Judgement, Rule } from '../detect.ts';
import { staleS } from '../locating/estimating.ts';
import { closeRows, freshGather, type GatherState, gather, isOver, lateS } from '../locating/gather.ts';
import { freshPasses, moved, type PassState, passed } from './passes.ts';
import type { CorroborateSection } from './section.ts';
import { windContrast } from './wind-contrast.ts';

/** Changed in place, as the rows of `locating` are. */
export interface GroundsState {
  gathered: GatherState;
  passes: PassState;
}

export const freshGrounds = (): GroundsState => ({ gathered: freshGather(), passes: freshPasses });

type Scored = Pick<Rule, 'kind' | 'gas' | 'principle'> & {
  readonly score: 'model' | { readonly quantity: string } | { readonly change: string };
};

export interface GroundsOptions {
  readonly section: CorroborateSection;
  readonly rules: readonly Scored[];
  /** The post's own place; null for a box that moves. */
  readonly where: Where | null;
}

export interface GroundsOf {
  heard(state: GroundsState, one: Measurement): void;
  /** The judgement with its grounds; as it came where it claims nothing. `wasOn`: an alert of its rule is open. */
  judged(state: GroundsState, judgement: Judgement, wasOn: boolean): Judgement;
}

/** Rows that are looked back over: with those of a minute an hour, in which a wind turns. */
const mostRows = 60;

/** Null where no rule claims more than an indication. */
export function grounds({ section, rules, where }: GroundsOptions): GroundsOf | null {
  const { rowS, withinM } = section;
  const quantityOf = new Map(
    rules.flatMap(({ kind, principle, score }) =>
      principle && score !== 'model' ? [[kind, 'change' in score ? score.change : score.quantity] as const] : [],
    ),
  );
  if (!rules.some(({ principle }) => principle)) return null;
  const options = { rowS, cellM: withinM / 4, quantities: new Set(quantityOf.values()) };

  const windOf = ({ gathered }: GroundsState, { rule, look }: Judgement) => {
    const quantity = quantityOf.get(rule.kind);
    if (quantity === undefined || gathered.boot !== look.at.boot) return {};
    const { monoNs } = look.at;
    closeRows(gathered, monoNs, options);
    const rows = gathered.rows.filter(({ k }) => isOver(k, monoNs, rowS)).slice(-mostRows);
    const isStale = ({ k }: { readonly k: number }): boolean =>
      monoNs / 1e9 - (k + 1) * rowS - lateS > Math.max(staleS, 5 * rowS);
    const found = windContrast(rows, { quantity, where, isStale });
    return 'none' in found ? { notCompared: found.none } : { windContrast: found.contrast };
  };

  return {
    heard: (state, one) => {
      if (state.gathered.boot !== one.at.boot) state.gathered = { ...freshGather(), boot: one.at.boot };
      const { gathered } = state;
      gather(gathered, one, options);
      // Late judgements may ask for rows as old as this.
      const kept = mostRows + Math.ceil(lateS / rowS) + 1;
      if (gathered.rows.length > 2 * kept) gathered.rows = gathered.rows.slice(-kept);
      if (where === null) state.passes = moved(state.passes, one, section);
    },
    judged: (state, judgement, wasOn) => {
      const { rule, look, active } = judgement;
      if (!judgement.grounds || !(active || wasOn)) return judgement;
      let passes: number | null = 1;
      if (where === null) {
        const { boot, monoNs, wallMs } = look.at;
        const inletNs = monoNs - (look.delayMs ?? 0) * 1e6;
        const turned = { kind: rule.kind, gas: rule.gas ?? rule.kind, active, inletNs, boot, wallMs };
        [state.passes, passes] = passed(state.passes, turned, section);
      }
      return { ...judgement, grounds: { ...judgement.grounds, passes, ...windOf(state, judgement) } };
    },
  };
}
