/** Where to measure next: where what the hypotheses foretell differs most, beside the noise (information gain of a look). */
import { ln } from '../../core/exact/math.ts';
import type { Filter } from './filter.ts';
import type { Posterior } from './posterior.ts';
import { respond } from './response.ts';
import type { Point, RowWind } from './row.ts';

/**
 * The best of `candidates` in this wind, with the information that a look there is expected to bring, in nats; null when
 * none brings any. Expected gain of a Gaussian look: half the logarithm of 1 + variance foretold / variance of the noise.
 */
export function nextLook(
  filter: Filter,
  posterior: Posterior,
  wind: RowWind,
  candidates: readonly Point[],
): { readonly at: Point; readonly nats: number } | null {
  const { grid, options, rate, squares, looks, hypotheses } = filter;
  const out = [new Float64Array(hypotheses)];
  const [response = new Float64Array(0)] = out;
  let best: { at: Point; nats: number } | null = null;
  for (const at of candidates) {
    respond(grid, options, { atS: 0, wind, looks: [{ stream: 'next', value: 0, at, to: null }] }, out);
    let [mean, square, noise] = [0, 0, 0];
    for (let h = 0; h < posterior.hypotheses.length; h++) {
      const weight = posterior.hypotheses[h] ?? 0;
      if (weight < 1e-9) continue;
      const read = (rate[h] ?? 0) * (response[h] ?? 0);
      mean += weight * read;
      square += weight * read * read;
      noise += weight * ((squares[h] ?? 0) / Math.max(1, looks) + (options.modelError * read) ** 2);
    }
    const nats = 0.5 * ln(1 + Math.max(0, square - mean * mean) / (noise + options.noise * options.noise * 0.01));
    if (nats > (best?.nats ?? 0)) best = { at, nats };
  }
  return best;
}
