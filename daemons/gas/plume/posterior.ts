/** From the fit of the hypotheses to where the source is, how much it gives off, and how sure that is. */
import { exp } from '../../core/exact/math.ts';
import type { Filter } from './filter.ts';

export interface Posterior {
  /** Probability of each cell, as wide as the model's own errors make it; sums to 1. */
  readonly cells: Float64Array;
  /** Probability of each hypothesis with a source, likewise, and as the likelihood alone has it: best guesses come from that. */
  readonly hypotheses: Float64Array;
  readonly sharp: Float64Array;
  /** Log likelihood by which the best hypothesis is ahead of there being no source. */
  readonly gain: number;
}

export interface Summary {
  readonly x: number;
  readonly y: number;
  /** Radius around it that holds 90 % of the probability, m. */
  readonly ceM: number;
  /** mg/s. */
  readonly rate: { readonly median: number; readonly low: number; readonly high: number };
  /** Whether each cell belongs to the smallest set that holds 50 and 90 %; the first is part of the second. */
  readonly region50: Uint8Array;
  readonly region90: Uint8Array;
}

/**
 * A likelihood of errors that are taken as independent is too sure of itself when a part of them is shared by all rows: a
 * spread that is not Draxler's, a mast that stands askew. Such errors grow with the signal, so what may be learned of the
 * place levels off: `temper` of the log likelihood counts at first, and `saturation` at most (composite likelihood: the best
 * guess stays, its spread is adjusted). Both come from the simulation study.
 */
export function posteriorOf({ fit, hypotheses, options }: Filter): Posterior {
  const { shapes, askew, temper, saturation } = options;
  const priors = askew.flatMap((one) => shapes.map((shape) => one.prior * shape.prior));
  const each = priors.length;
  let best = Number.NEGATIVE_INFINITY;
  for (let h = 0; h < hypotheses - 1; h++) best = Math.max(best, fit[h] ?? 0);
  const gain = best - (fit[hypotheses - 1] ?? 0);
  const weighted = (share: number): Float64Array => {
    const weights = new Float64Array(hypotheses - 1);
    const nothing = gain > 0 ? exp(-share * gain) : 0;
    let sum = 0;
    for (let h = 0; h < weights.length; h++) {
      // What explains no more than no source does is no place of one: that was refused before, or is.
      const weight = Math.max(0, exp(share * ((fit[h] ?? 0) - best)) - nothing) * (priors[h % each] ?? 0);
      weights[h] = weight;
      sum += weight;
    }
    return weights.map((one) => one / sum);
  };
  const wide = weighted(temper / (1 + (temper * Math.max(0, gain)) / saturation));
  return { cells: perCell(wide, each), hypotheses: wide, sharp: weighted(1), gain };
}

function perCell(weights: Float64Array, each: number): Float64Array {
  const cells = new Float64Array(weights.length / each);
  for (let h = 0; h < weights.length; h++) {
    const c = Math.floor(h / each);
    cells[c] = (cells[c] ?? 0) + (weights[h] ?? 0);
  }
  return cells;
}

/** Cells from the most to the least probable until `share` is reached. */
export function smallestRegion(cells: Float64Array, share: number): Uint8Array {
  const order = Array.from(cells.keys()).sort((a, b) => (cells[b] ?? 0) - (cells[a] ?? 0) || a - b);
  const inside = new Uint8Array(cells.length);
  let held = 0;
  for (const c of order) {
    if (held >= share) break;
    inside[c] = 1;
    held += cells[c] ?? 0;
  }
  return inside;
}

/**
 * The value below which `share` of the weight lies, by halving: a sort of every hypothesis would take longer than all the
 * rest of an answer.
 */
function quantile(values: Float64Array, weights: Float64Array, share: number): number {
  let [low, high] = [0, 0];
  for (const one of values) high = Math.max(high, one);
  for (let round = 0; round < 40; round++) {
    const middle = (low + high) / 2;
    let held = 0;
    for (let i = 0; i < weights.length; i++) if ((values[i] ?? 0) <= middle) held += weights[i] ?? 0;
    if (held >= share) high = middle;
    else low = middle;
  }
  return high;
}

export function summaryOf({ grid, rate }: Filter, { cells, hypotheses, sharp }: Posterior): Summary {
  const each = sharp.length / cells.length;
  let [x, y] = [0, 0];
  for (let h = 0; h < sharp.length; h++) {
    const c = Math.floor(h / each);
    x += (sharp[h] ?? 0) * (grid.x[c] ?? 0);
    y += (sharp[h] ?? 0) * (grid.y[c] ?? 0);
  }
  const distances = Float64Array.from(cells, (_, c) => {
    const [dx, dy] = [(grid.x[c] ?? 0) - x, (grid.y[c] ?? 0) - y];
    return Math.sqrt(dx * dx + dy * dy);
  });
  const rates = rate.subarray(0, sharp.length);
  const median = quantile(rates, sharp, 0.5);
  return {
    x,
    y,
    // The place within a cell is not known.
    ceM: quantile(distances, cells, 0.9) + grid.cellM / 2,
    // The best guess is of the likelihood alone, its bounds of the widened one: it may lie beside them.
    rate: {
      median,
      low: Math.min(median, quantile(rates, hypotheses, 0.05)),
      high: Math.max(median, quantile(rates, hypotheses, 0.95)),
    },
    region50: smallestRegion(cells, 0.5),
    region90: smallestRegion(cells, 0.9),
  };
}
