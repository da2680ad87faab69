/** The source estimate as one step: rows in, an answer or a named refusal out, in metres of the local frame. */
import type { NotEnough } from '../../core/values/plume.ts';
import { addRow, type Filter, openFilter } from './filter.ts';
import type { PlumeOptions } from './options.ts';
import { type Posterior, posteriorOf, type Summary, summaryOf } from './posterior.ts';
import type { Row } from './row.ts';
import { freshSupport, isCalm, limits, refusal, type Support, supported } from './support.ts';

/** `filter` is written in place; everything else is replaced. */
export interface Source {
  readonly filter: Filter;
  readonly support: Support;
}

export type Answer =
  | { readonly answer: 'source'; readonly summary: Summary; readonly posterior: Posterior }
  | { readonly answer: 'not-enough'; readonly reason: NotEnough };

export const openSource = (options: PlumeOptions): Source => ({ filter: openFilter(options), support: freshSupport });

/** Takes a row. In a calm there is nothing to learn from it but that it was calm; what was before the gas supports no answer. */
export function take({ filter, support }: Source, row: Row): Source {
  if (!isCalm(row) && row.looks.length > 0) addRow(filter, row);
  return { filter, support: row.before ? support : supported(support, row) };
}

export function answerOf({ filter, support }: Source): Answer {
  const thin = refusal(support);
  if (thin) return { answer: 'not-enough', reason: thin };
  const posterior = posteriorOf(filter);
  if (filter.options.temper * posterior.gain < limits.gain) return { answer: 'not-enough', reason: 'no-contrast' };
  if (atEdge(filter, posterior) > limits.edge) return { answer: 'not-enough', reason: 'outside-area' };
  return { answer: 'source', summary: summaryOf(filter, posterior), posterior };
}

/** Probability in the outermost cells. */
function atEdge({ grid: { columns, rows } }: Filter, { cells }: Posterior): number {
  return cells.reduce((sum, p, c) => {
    const [column, row] = [c % columns, Math.floor(c / columns)];
    const isEdge = column === 0 || row === 0 || column === columns - 1 || row === rows - 1;
    return isEdge ? sum + p : sum;
  }, 0);
}
