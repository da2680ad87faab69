/**
 * When a reading on gas may be taken: it has had time to answer, its slope over a window is negligible, and it is no
 * noisier than it was in clean air. All times are monotonic milliseconds, all values in the instrument's unit.
 */

/** One raw value of the channel under test. */
export interface Sample {
  readonly atMs: number;
  readonly raw: number;
}

export interface StabilityLimits {
  /** What is judged: one T90 of the channel, so that a slope that matters has time to show. */
  readonly windowMs: number;
  /** No reading is taken sooner after the gas was connected: a first-order answer is at 99.9 % after three T90. */
  readonly settleMs: number;
  /** Movement over one window that may be neglected. */
  readonly tolerance: number;
  /** Standard deviation beyond which the line or the instrument is not at rest. */
  readonly noise: number;
  /** Smallest step of the channel. */
  readonly resolution: number;
}

export interface Stability {
  readonly state: 'waiting' | 'filling' | 'moving' | 'noisy' | 'stable';
  /** Until it can be stable at the earliest, in ms. */
  readonly readyInMs: number;
  /** Per second; null before there are three samples in the window. */
  readonly slope: number | null;
  /** Standard deviation about the fitted line. */
  readonly spread: number | null;
  readonly mean: number | null;
  /** Standard uncertainty (k = 1) of `mean`: noise with its correlation, resolution, and what is left of the slope. */
  readonly u: number | null;
  readonly n: number;
}

const fewest = 5;
const sqrt12 = Math.sqrt(12);
const none = { slope: null, spread: null, mean: null, u: null };

/** Judges the samples since the gas was connected at `sinceMs`. Samples are in order of time. */
export function stabilityOf(
  samples: readonly Sample[],
  sinceMs: number,
  nowMs: number,
  limits: StabilityLimits,
): Stability {
  const { windowMs, settleMs, tolerance, noise, resolution } = limits;
  const onGas = samples.filter(({ atMs }) => atMs >= sinceMs);
  const recent = onGas.filter(({ atMs }) => atMs > nowMs - windowMs);
  // One that is older than the window: the window is full, and nothing was missing in it.
  const full = onGas.length > recent.length;
  const readyInMs = Math.max(0, sinceMs + settleMs - nowMs);
  const n = recent.length;
  if (n < 3) return { state: readyInMs > 0 ? 'waiting' : 'filling', readyInMs, ...none, n };

  const line = fitOver(recent);
  const windowS = windowMs / 1000;
  const moved = Math.abs(line.slope) * windowS;
  // n values that follow each other are worth fewer that do not (lag-1 correlation).
  const worth = Math.max(1, (n * (1 - line.correlation)) / (1 + line.correlation));
  const u = Math.hypot(line.spread / Math.sqrt(worth), resolution / sqrt12, moved / sqrt12);
  const figures = { slope: line.slope, spread: line.spread, mean: line.mean, u, n };
  if (readyInMs > 0) return { state: 'waiting', readyInMs, ...figures };
  if (n < fewest || !full) return { state: 'filling', readyInMs, ...figures };
  // A slope within twice its own standard error is none that could be told from noise.
  if (moved > Math.max(tolerance, resolution, 2 * line.slopeError * windowS))
    return { state: 'moving', readyInMs, ...figures };
  if (line.spread > Math.max(noise, 2 * tolerance, resolution)) return { state: 'noisy', readyInMs, ...figures };
  return { state: 'stable', readyInMs, ...figures };
}

/** Least-squares line over time in seconds. */
function fitOver(samples: readonly Sample[]) {
  const n = samples.length;
  const meanMs = samples.reduce((sum, { atMs }) => sum + atMs, 0) / n;
  const mean = samples.reduce((sum, { raw }) => sum + raw, 0) / n;
  let tt = 0;
  let ty = 0;
  for (const { atMs, raw } of samples) {
    const t = (atMs - meanMs) / 1000;
    tt += t * t;
    ty += t * (raw - mean);
  }
  const slope = tt > 0 ? ty / tt : 0;
  const rest = samples.map(({ atMs, raw }) => raw - mean - (slope * (atMs - meanMs)) / 1000);
  const squares = rest.reduce((sum, one) => sum + one * one, 0);
  const products = rest.reduce((sum, one, i) => sum + (i > 0 ? one * (rest[i - 1] ?? 0) : 0), 0);
  const spread = Math.sqrt(squares / (n - 2));
  return {
    mean,
    slope,
    spread,
    slopeError: tt > 0 ? spread / Math.sqrt(tt) : 0,
    correlation: squares > 0 ? Math.min(0.95, Math.max(0, products / squares)) : 0,
  };
}
