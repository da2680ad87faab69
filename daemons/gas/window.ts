import { ln } from '../core/exact/math.ts';
import type { Step } from '../core/flow/scan.ts';
import type { Evidence } from '../core/values/detection.ts';
import { type Flag, isBlind, joinFlags } from '../core/values/flags.ts';
import type { Measurement } from '../core/values/measurement.ts';
import type { Stamp } from '../core/values/stamp.ts';
import type { ArrayWindow } from './features.ts';

export interface WindowOptions {
  /** Samples of each element in one window. */
  readonly samples: number;
  /** Quantities of the array's elements, in the order of the model. */
  readonly array: readonly string[];
  readonly temperature: string;
  readonly humidity: string;
  /** Windows from which the clean-air baseline is learned before anything is judged. */
  readonly learnWindows: number;
  /** |ln(level / baseline)| of any element beyond which the baseline stays as it is: something is there. */
  readonly band: number;
  /** Share of a quiet window that goes into the baseline. */
  readonly follow: number;
}

/** A full window, ready for features. */
export interface Windowed {
  readonly at: Stamp;
  readonly window: ArrayWindow;
  /** The window's median of each element and the climate, as evidence for an alert. */
  readonly evidence: readonly Evidence[];
  readonly flags: readonly Flag[];
}

/** Clean-air level per element; committed with the telemetry, so that a restart in a plume does not learn the plume. */
export interface Baseline {
  readonly learned: number;
  readonly levels: readonly number[];
}

export interface WindowState {
  baseline: Baseline;
  filled: Int32Array;
  ratios: Float64Array[];
  flags: readonly Flag[];
  temperature: Measurement | null;
  humidity: Measurement | null;
}

export const freshWindow = (options: WindowOptions, baseline: Baseline | null): WindowState => ({
  baseline:
    baseline?.levels.length === options.array.length ? baseline : { learned: 0, levels: options.array.map(() => 0) },
  filled: new Int32Array(options.array.length),
  ratios: options.array.map(() => new Float64Array(options.samples)),
  flags: [],
  temperature: null,
  humidity: null,
});

/**
 * Collects the array's ratios into tumbling windows and keeps a slow clean-air baseline that stops following while any
 * element is out of its band: a steady source must not be learned as clean air (so automatic baseline correction as in
 * CO2 sensors is out of the question). The first `learnWindows` windows only teach the baseline.
 */
export function window(options: WindowOptions): Step<WindowState, Measurement, Windowed> {
  const indexOf = new Map(options.array.map((quantity, index) => [quantity, index]));
  return (state, measurement) => {
    if (measurement.quantity === options.temperature) state.temperature = measurement;
    else if (measurement.quantity === options.humidity) state.humidity = measurement;
    const index = indexOf.get(measurement.quantity);
    if (index === undefined) return [state];
    const at = state.filled[index] ?? 0;
    const ratios = state.ratios[index];
    if (at < options.samples && ratios) {
      ratios[at] = measurement.value ?? Number.NaN;
      state.filled[index] = at + 1;
    }
    if (measurement.flags.length > 0) state.flags = joinFlags(state.flags, measurement.flags);
    // The last element to fill closes the window; one that is ahead waits, so that all cover the same time.
    if (at + 1 < options.samples || state.filled.some((count) => count < options.samples)) return [state];
    return close(state, measurement.at, options);
  };
}

function close(state: WindowState, at: Stamp, options: WindowOptions): readonly [WindowState, ...Windowed[]] {
  const medians = state.ratios.map(median);
  const { baseline } = state;
  const learning = baseline.learned < options.learnWindows;
  // Air of another place, and a technician's gas, teach nothing of this one.
  const inhibited = state.flags.includes('inhibited');
  const teaches = !isBlind(state.flags) && !inhibited;
  const result: Windowed = {
    at,
    window: {
      ratios: state.ratios,
      baseline: Float64Array.from(baseline.levels),
      temperatureC: state.temperature?.value ?? Number.NaN,
      humidityGm3: state.humidity?.value ?? Number.NaN,
    },
    evidence: [
      ...options.array.map((quantity, i) => evidence('array', quantity, { value: medians[i] ?? null, unit: '1' })),
      ...[state.temperature, state.humidity].flatMap((one) => (one ? [evidence(one.sensor, one.quantity, one)] : [])),
    ],
    flags: state.flags,
  };
  if (teaches) state.baseline = learning ? learn(baseline, medians) : follow(baseline, medians, options);
  state.ratios = options.array.map(() => new Float64Array(options.samples));
  state.filled.fill(0);
  state.flags = [];
  return learning || inhibited ? [state] : [state, result];
}

function learn({ learned, levels }: Baseline, medians: readonly number[]): Baseline {
  if (medians.some(Number.isNaN)) return { learned, levels };
  return {
    learned: learned + 1,
    levels: levels.map((level, i) => level + ((medians[i] ?? 0) - level) / (learned + 1)),
  };
}

function follow(baseline: Baseline, medians: readonly number[], options: WindowOptions): Baseline {
  const { learned, levels } = baseline;
  const quiet = medians.every((m, i) => Math.abs(ln(m / (levels[i] ?? 1))) <= options.band);
  if (!quiet) return baseline;
  return { learned, levels: levels.map((level, i) => level + options.follow * ((medians[i] ?? level) - level)) };
}

/** Median of the finite values; NaN when there is none. */
export function median(values: Float64Array): number {
  const finite = values.filter(Number.isFinite).sort();
  const middle = finite.length >> 1;
  if (finite.length === 0) return Number.NaN;
  const high = finite[middle] ?? Number.NaN;
  return finite.length % 2 === 1 ? high : (high + (finite[middle - 1] ?? high)) / 2;
}

function evidence(
  sensor: string,
  quantity: string,
  one: Pick<Measurement, 'value' | 'unit'> & Partial<Measurement>,
): Evidence {
  const value = one.value === null || Number.isNaN(one.value) ? null : one.value;
  return {
    sensor,
    quantity,
    value,
    unit: one.unit,
    u: one.u ?? null,
    calibration: one.calibration ?? null,
    flags: one.flags ?? [],
  };
}
