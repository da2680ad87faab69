/**
 * What a change is taken for, asked only when there is one. A model knows the gases that it was shown; novelty cannot be told
 * from its probabilities dependably (sensing.md 1.4), so `unknown` says "not one of these with any confidence" and no more.
 */
export type Verdict = 'target' | 'interferent' | 'unknown';

export interface VerdictOptions {
  readonly targets: readonly string[];
  /** Label of air without any of them. */
  readonly clean: string;
  /** Summed probability from which a change is called a target. */
  readonly target: number;
  /** Summed probability from which it is called an interferent: higher, for an interferent raises no alert. */
  readonly interferent: number;
}

/** `probabilities` in the order of `labels`; null: no model, or a window that cannot be judged. */
export function verdictOf(
  labels: readonly string[],
  probabilities: ArrayLike<number> | null,
  { targets, clean, target, interferent }: VerdictOptions,
): Verdict {
  if (probabilities === null) return 'unknown';
  let [ofTargets, ofOthers] = [0, 0];
  labels.forEach((label, i) => {
    const p = probabilities[i] ?? 0;
    if (targets.includes(label)) ofTargets += p;
    else if (label !== clean) ofOthers += p;
  });
  if (ofTargets >= target) return 'target';
  return ofOthers >= interferent ? 'interferent' : 'unknown';
}
