/** From measurements of quiet hours to thresholds of a change at several budgets. Pure. */
import type { Measurement } from '../../core/values/measurement.ts';
import { quantile } from '../../gas/detection/baseline.ts';
import type { ChangeOptions } from '../../gas/detection/change.ts';
import { type ChannelsState, channel } from '../../gas/detection/channels.ts';
import { peaksOf, type Threshold, type TooThin, thresholdFor } from '../../gas/detection/threshold.ts';

export interface Scores {
  /** Spreads above (or below) the baseline, value by value; null where nothing was judged. */
  readonly scores: readonly (number | null)[];
  /** That were judged. */
  readonly hours: number;
}

/** A pause that is longer is no quiet time, s. */
const longestPauseS = 60;
/** Excursions begin above this share of the scores: low enough that a few days hold many of them. */
const lineShare = 0.9;

/** The scores that a rule `{change: QUANTITY}` would have seen, while nothing was detected. A technician's gas is left out. */
export async function scoresOf(
  looks: AsyncIterable<readonly Measurement[]> | Iterable<readonly Measurement[]>,
  quantity: string,
  options: ChangeOptions,
): Promise<Scores> {
  const scores: (number | null)[] = [];
  let state: ChannelsState = {};
  let judged: { readonly boot: string; readonly monoNs: number } | null = null;
  let seconds = 0;
  for await (const measurements of looks) {
    for (const one of measurements) {
      if (one.quantity !== quantity || one.flags.includes('inhibited')) continue;
      const [next, { score }] = channel(state, one, false, options);
      state = next;
      scores.push(score);
      if (score === null) {
        judged = null;
        continue;
      }
      const since = judged?.boot === one.at.boot ? (one.at.monoNs - judged.monoNs) / 1e9 : 0;
      if (since > 0 && since <= longestPauseS) seconds += since;
      judged = one.at;
    }
  }
  return { scores, hours: seconds / 3600 };
}

export interface CurvePoint {
  readonly budget: number;
  readonly fit: Threshold | TooThin;
}

/** The threshold at each budget, in false alarms per hour. `apart`: values for which a score remembers, so that one gust is one. */
export function curveOf({ scores, hours }: Scores, budgets: readonly number[], apart: number): readonly CurvePoint[] {
  const above = scores.filter((one): one is number => one !== null && one > 0);
  const line = above.length > 0 ? quantile(above, lineShare) : 0;
  const peaks = peaksOf(scores, line, apart);
  return budgets.map((budget) => ({ budget, fit: thresholdFor({ peaks, hours }, budget) }));
}
