/** What a model said of windows it had not seen, as curves: how targets part from the rest, and whether it is as sure as it is right. */

export interface Told {
  /** Summed probability of the targets. */
  readonly target: number;
  readonly isTarget: boolean;
}

export interface Curves {
  /** From the strictest threshold to none. */
  readonly roc: readonly {
    readonly threshold: number;
    readonly truePositive: number;
    readonly falsePositive: number;
  }[];
  /** By tenths of the target probability; a tenth that nobody said is left out. */
  readonly reliability: readonly { readonly said: number; readonly was: number; readonly windows: number }[];
}

/** Thresholds of the curve: most of what matters lies near 0 and 1. */
const thresholds = [1, 0.99, 0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0] as const;
const tenths = 10;
const short = (value: number): number => Math.round(1e4 * value) / 1e4;

/** Null where targets or the rest are missing: then there is nothing to part. */
export function curvesOf(told: readonly Told[]): Curves | null {
  const [positives, negatives] = [true, false].map((want) => told.filter(({ isTarget }) => isTarget === want));
  if (!positives?.length || !negatives?.length) return null;
  const share = (of: readonly Told[], threshold: number): number =>
    short(of.filter(({ target }) => target >= threshold).length / of.length);
  const bins = Map.groupBy(told, ({ target }) => Math.min(tenths - 1, Math.max(0, Math.floor(target * tenths))));
  return {
    roc: thresholds.map((threshold) => ({
      threshold,
      truePositive: share(positives, threshold),
      falsePositive: share(negatives, threshold),
    })),
    reliability: [...bins]
      .sort(([a], [b]) => a - b)
      .map(([, of]) => ({
        said: short(of.reduce((sum, { target }) => sum + target, 0) / of.length),
        was: short(of.filter(({ isTarget }) => isTarget).length / of.length),
        windows: of.length,
      })),
  };
}
