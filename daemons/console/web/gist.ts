import type { Alert } from '../../core/values/alert.ts';
import { belowLod, isBelowLod } from '../../core/values/lod.ts';
import { formatScore, formatValue } from './format.ts';
import { say } from './text.ts';

/** The label of a model's probability row, `p(LABEL)`; null for a row that is a measured value. */
export const probabilityOf = (quantity: string): string | null => /^p\((.+)\)$/.exec(quantity)?.[1] ?? null;

/** What was seen, in a few words: what the model takes it for, or the measured value; empty when the box sent neither. */
export function gist({ evidence }: Pick<Alert['because'], 'evidence'>): string {
  const there = evidence.filter((row) => row.value !== null);
  const likely = there
    .filter((row) => probabilityOf(row.quantity) !== null)
    .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0))[0];
  if (likely)
    return say('gist.likely', {
      label: probabilityOf(likely.quantity) ?? '',
      percent: Math.round(100 * (likely.value ?? 0)),
    });
  const [measured] = there;
  if (!measured) return '';
  const { quantity, value, u, unit, lod } = measured;
  const shown = isBelowLod(value, lod) ? belowLod : formatValue(value ?? 0, u, unit);
  return say('gist.measured', { quantity, value: shown });
}

/** The score as a number; of a rule on one quantity it is the reading itself, and shown as one. */
export function shownScore({ score, evidence }: Pick<Alert['because'], 'score' | 'evidence'>): string {
  const [only, ...more] = evidence;
  const isReading = more.length === 0 && only?.value === score;
  return isReading && isBelowLod(score, only.lod) ? belowLod : formatScore(score);
}
