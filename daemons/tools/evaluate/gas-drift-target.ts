/** Targets (ammonia, acetone, toluene) against the rest: curves, and a threshold that was set before the batch came. */
import { probabilitiesOf } from '../../gas/learn/temperature.ts';
import { targets } from './gas-drift-data.ts';
import type { Outcome } from './gas-drift-run.ts';

const isTarget = (label: number): boolean => targets.includes(label);

/** What a false alarm costs in missed targets: at the reach of the figure, 2 points of the one stand for 10 of the other. */
const falseCost = 5;
/** Where no session before was scored: the odds are even. */
const evenOdds = 0.5;

/**
 * The threshold that would have cost least over the sessions before: missed targets and `falseCost` times false alarms,
 * sessions alike, by the scores of the models that met them unseen, at the temperature of the model that comes now. 0.5
 * when nothing came before, never below it, and not above where that buys nothing.
 */
export function presetThreshold(earlier: readonly Outcome[], temperature: number): number {
  const scored = earlier.flatMap(({ judged, gases, labels }) => {
    const positives = labels.filter(isTarget).length;
    return judged.map(({ scores }, i) => {
      const target = isTarget(labels[i] ?? 0);
      const score = probabilitiesOf(scores, temperature).reduce(
        (sum, p, k) => (isTarget(gases[k] ?? -1) ? sum + p : sum),
        0,
      );
      // What is won by a threshold above this score.
      return { score, won: target ? -1 / positives : falseCost / (labels.length - positives) };
    });
  });
  scored.sort((a, b) => a.score - b.score);
  let best = { won: 0, threshold: evenOdds };
  let won = 0;
  for (const one of scored) {
    if (one.score < evenOdds) continue;
    won += one.won;
    if (won > best.won + 1e-9) best = { won, threshold: one.score + step };
  }
  return best.threshold;
}

/** Half of what an int8 probability can tell. */
const step = 1 / 512;
/** Of the others, for the curve that is printed. */
const curveAt = 0.01;

export interface Operating {
  readonly truePositives: number;
  readonly positives: number;
  readonly falsePositives: number;
  readonly negatives: number;
}

export function operating({ labels, target }: Outcome, threshold: number): Operating {
  const count = { truePositives: 0, positives: 0, falsePositives: 0, negatives: 0 };
  labels.forEach((label, i) => {
    const reached = (target[i] ?? 0) >= threshold ? 1 : 0;
    if (isTarget(label)) {
      count.positives += 1;
      count.truePositives += reached;
    } else {
      count.negatives += 1;
      count.falsePositives += reached;
    }
  });
  return count;
}

/** Area under the ROC curve (ties count half), and the true positive rate at the threshold that lets 1 % of the others pass. */
export function roc({ labels, target }: Outcome): { readonly auc: number; readonly tprAt1: number } {
  const positive = target.filter((_, i) => isTarget(labels[i] ?? 0)).sort((a, b) => a - b);
  const negative = target.filter((_, i) => !isTarget(labels[i] ?? 0)).sort((a, b) => a - b);
  let below = 0;
  let upTo = 0;
  let sum = 0;
  for (const score of positive) {
    while (below < negative.length && (negative[below] ?? 0) < score) below += 1;
    while (upTo < negative.length && (negative[upTo] ?? 0) <= score) upTo += 1;
    sum += (below + upTo) / 2;
  }
  const limit = negative[negative.length - 1 - Math.floor(curveAt * negative.length)] ?? Number.NEGATIVE_INFINITY;
  return {
    auc: sum / (positive.length * negative.length),
    tprAt1: positive.filter((score) => score > limit).length / positive.length,
  };
}
