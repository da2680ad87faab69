/**
 * From quiet hours to a threshold with an expected number of false alarms per hour. Peaks of the score above a high line are
 * fitted with a generalised Pareto tail by probability-weighted moments (Hosking and Wallis, Technometrics 29, 1987): what
 * was seen in 100 hours says something of one in 1,000, and how long the tail is says how much.
 */
export interface Quiet {
  /** Highest score of each excursion, of hours in which nothing was released. */
  readonly peaks: readonly number[];
  readonly hours: number;
}

export interface Threshold {
  readonly threshold: number;
  /** False alarms per hour that the fit expects at it. */
  readonly perHour: number;
  /** Shape of the tail: 0 falls exponentially, above 0 more slowly. */
  readonly shape: number;
  /** Excursions that the tail was fitted to. */
  readonly excursions: number;
}

export interface TooThin {
  readonly refused: string;
}

/** Excursions a tail needs, and how many of the highest it is fitted to at most. */
const fewest = 20;
const most = 100;
/** A bounded tail is not believed: a harder gust comes. Beyond 0.8 the moments have no meaning. */
const shapes: readonly [number, number] = [0, 0.8];
/** A budget is not reached for further beyond the hours seen than by this factor. */
const furthest = 30;

/** `budget` in false alarms per hour. */
export function thresholdFor({ peaks, hours }: Quiet, budget: number): Threshold | TooThin {
  if (hours * budget * furthest < 1)
    return {
      refused: `${hours.toFixed(1)} quiet hours are too few for ${budget} false alarms per hour: ${Math.ceil(1 / (budget * furthest))} are needed`,
    };
  if (peaks.length < fewest)
    return {
      refused: `${peaks.length} excursions in ${hours.toFixed(1)} quiet hours: ${fewest} are needed for a tail`,
    };
  const falling = peaks.toSorted((a, b) => b - a);
  const excursions = Math.min(most, Math.floor(falling.length / 2));
  const line = falling[excursions] ?? 0;
  const rising = falling
    .slice(0, excursions)
    .map((one) => one - line)
    .reverse();
  const mean = rising.reduce((sum, one) => sum + one, 0) / excursions;
  const weighted = rising.reduce((sum, one, i) => sum + one * (1 - (i + 0.65) / excursions), 0) / excursions;
  const free = 2 - mean / (mean - 2 * weighted);
  const shape = Math.min(Math.max(Number.isFinite(free) ? free : 0, shapes[0]), shapes[1]);
  const scale = mean * (1 - shape);
  const times = excursions / hours / budget;
  const above = times <= 1 ? 0 : shape < 1e-6 ? Math.log(times) : (times ** shape - 1) / shape;
  return { threshold: line + scale * above, perHour: Math.min(budget, excursions / hours), shape, excursions };
}

/**
 * The peaks of a run of scores: an excursion begins above `line` and is over after `apart` samples in a row at or below it.
 * null is a gap and ends nothing.
 */
export function peaksOf(scores: Iterable<number | null>, line: number, apart: number): number[] {
  const peaks: number[] = [];
  let peak: number | null = null;
  let below = 0;
  for (const score of scores) {
    if (score === null) continue;
    if (score > line) {
      peak = Math.max(peak ?? score, score);
      below = 0;
    } else if (peak !== null) {
      below += 1;
      if (below >= apart) {
        peaks.push(peak);
        peak = null;
      }
    }
  }
  if (peak !== null) peaks.push(peak);
  return peaks;
}
