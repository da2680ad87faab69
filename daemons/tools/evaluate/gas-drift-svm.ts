/**
 * The baseline of the literature (Vergara et al. 2012), so that a reader can see that the data are read as others read
 * them: one-against-one C-SVM with a Gaussian kernel. Sequential minimal optimisation with the second-order choice of
 * pairs (Fan, Chen, Lin 2005). Used by the evaluation and nothing else.
 */
export interface SvmOptions {
  readonly c: number;
  readonly gamma: number;
}

type Rows = readonly Float64Array[];

interface Pair {
  readonly first: number;
  readonly second: number;
  readonly rows: readonly number[];
  readonly weights: Float64Array;
  readonly offset: number;
}

/** A classifier: the label with most votes of all pairs, the lower one of equals. */
export function fitSvm(rows: Rows, labels: readonly number[], { c, gamma }: SvmOptions): (row: Float64Array) => number {
  const classes = [...new Set(labels)].sort((a, b) => a - b);
  const kernel = rows.map((a) => Float64Array.from(rows, (b) => gauss(a, b, gamma)));
  const pairs = classes.flatMap((first, i) =>
    classes.slice(i + 1).map((second): Pair => {
      const own = labels.flatMap((label, index) => (label === first || label === second ? [index] : []));
      const signs = Float64Array.from(own, (index) => (labels[index] === first ? 1 : -1));
      return {
        first,
        second,
        rows: own,
        ...solve(
          own.map((a) => own.map((b) => kernel[a]?.[b] ?? 0)),
          signs,
          c,
        ),
      };
    }),
  );
  return (row) => {
    const near = Float64Array.from(rows, (one) => gauss(row, one, gamma));
    const votes = new Map<number, number>();
    for (const { first, second, rows: own, weights, offset } of pairs) {
      let sum = -offset;
      for (let i = 0; i < own.length; i++) sum += (weights[i] as number) * (near[own[i] as number] as number);
      const winner = sum > 0 ? first : second;
      votes.set(winner, (votes.get(winner) ?? 0) + 1);
    }
    return classes.reduce(
      (best, one) => ((votes.get(one) ?? 0) > (votes.get(best) ?? 0) ? one : best),
      classes[0] ?? 0,
    );
  };
}

function gauss(a: Float64Array, b: Float64Array, gamma: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const off = (a[i] as number) - (b[i] as number);
    sum += off * off;
  }
  return Math.exp(-gamma * sum);
}

/** The dual problem of one pair, as far as it is solved. */
interface Dual {
  readonly kernel: readonly (readonly number[])[];
  readonly signs: Float64Array;
  readonly c: number;
  readonly alpha: Float64Array;
  /** Of the dual by alpha, times sign, negative: what the most violating pair is chosen by. */
  readonly pull: Float64Array;
}

/** Solves to a violation of 1e-3. Answers sign * alpha of each row, and the offset. */
function solve(kernel: Dual['kernel'], signs: Float64Array, c: number): Pick<Pair, 'weights' | 'offset'> {
  const dual: Dual = { kernel, signs, c, alpha: new Float64Array(signs.length), pull: signs.slice() };
  let [high, low] = [0, 0];
  for (let round = 0; round < 100 * signs.length + 10_000; round++) {
    const i = upward(dual);
    high = dual.pull[i] ?? 0;
    const found = downward(dual, i);
    low = found.low;
    if (i < 0 || found.j < 0 || high - low < 1e-3) break;
    step(dual, i, found.j);
  }
  return { weights: dual.alpha.map((value, t) => value * (signs[t] as number)), offset: -(high + low) / 2 };
}

/** How far sign * alpha can still grow (`up`) or shrink. */
const room = ({ signs, alpha, c }: Dual, t: number, up: boolean): number =>
  (signs[t] as number) > 0 === up ? c - (alpha[t] as number) : (alpha[t] as number);

function upward(dual: Dual): number {
  let best = -1;
  for (let t = 0; t < dual.pull.length; t++)
    if (room(dual, t, true) > 0 && (best < 0 || (dual.pull[t] as number) > (dual.pull[best] as number))) best = t;
  return best;
}

/** The partner that gains most by the second-order estimate, and the lowest pull of all partners. */
function downward(dual: Dual, i: number): { readonly j: number; readonly low: number } {
  let [j, most, low] = [-1, 0, Number.POSITIVE_INFINITY];
  for (let t = 0; t < dual.pull.length; t++) {
    if (room(dual, t, false) <= 0) continue;
    low = Math.min(low, dual.pull[t] as number);
    const gap = (dual.pull[i] as number) - (dual.pull[t] as number);
    const gain = gap > 0 ? (gap * gap) / curve(dual, i, t) : 0;
    if (gain > most) [most, j] = [gain, t];
  }
  return { j, low };
}

const curve = ({ kernel }: Dual, i: number, j: number): number =>
  Math.max(1e-12, (kernel[i]?.[i] ?? 0) + (kernel[j]?.[j] ?? 0) - 2 * (kernel[i]?.[j] ?? 0));

function step(dual: Dual, i: number, j: number): void {
  const { kernel, signs, c, alpha, pull } = dual;
  const gap = (pull[i] as number) - (pull[j] as number);
  const by = Math.min(gap / curve(dual, i, j), room(dual, i, true), room(dual, j, false));
  alpha[i] = Math.min(c, Math.max(0, (alpha[i] as number) + (signs[i] as number) * by));
  alpha[j] = Math.min(c, Math.max(0, (alpha[j] as number) - (signs[j] as number) * by));
  for (let t = 0; t < pull.length; t++)
    pull[t] = (pull[t] as number) - by * ((kernel[i]?.[t] ?? 0) - (kernel[j]?.[t] ?? 0));
}
