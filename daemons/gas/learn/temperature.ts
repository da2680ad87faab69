import { exp, ln } from '../../core/exact/math.ts';

/** Scores of one exposure that the fit had not seen, and which gas it was. */
export interface Judged {
  readonly scores: Float64Array;
  readonly label: number;
}

/** Where nothing says otherwise: likelihoods of correlated features are far too sure. */
export const plainTemperature = 10;

const [coldest, hottest] = [1, 200];

/**
 * The temperature that makes softmax(scores / T) as sure as it was right, by least cross-entropy over exposures that the
 * fits had not seen, gases counting alike (golden section in ln T). A gas that the fit did not know is left out.
 */
export function temperatureOf(judged: readonly Judged[]): number {
  const known = judged.filter(({ scores, label }) => label >= 0 && label < scores.length);
  if (known.length === 0) return plainTemperature;
  const counts = new Map<number, number>();
  for (const { label } of known) counts.set(label, (counts.get(label) ?? 0) + 1);
  const loss = (lnT: number): number =>
    known.reduce(
      (sum, { scores, label }) => sum - (lnSoftmax(scores, exp(lnT))[label] ?? 0) / (counts.get(label) ?? 1),
      0,
    );
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [ln(coldest), ln(hottest)];
  for (let round = 0; round < 30; round++) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (loss(a) < loss(b)) high = b;
    else low = a;
  }
  return exp((low + high) / 2);
}

/** The model's own probabilities, in full precision. */
export const probabilitiesOf = (scores: Float64Array, temperature: number): Float64Array =>
  lnSoftmax(scores, temperature).map(exp);

function lnSoftmax(scores: Float64Array, temperature: number): Float64Array {
  const highest = scores.reduce((a, b) => Math.max(a, b));
  const sum = scores.reduce((total, score) => total + exp((score - highest) / temperature), 0);
  return scores.map((score) => (score - highest) / temperature - ln(sum));
}
