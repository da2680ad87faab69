/**
 * Persistence: how far a channel has been from its baseline in k of its last n samples, to the same side. One lorry shorter
 * than the sensor's T90 is not persistent; n samples should span a T90 at least (sensing.md section 6).
 */
import { type Baseline, type BaselineOptions, deviation, follow, freshBaseline } from './baseline.ts';

export interface ChangeOptions {
  readonly baseline: BaselineOptions;
  readonly of: number;
  readonly least: number;
}

/** Plain JSON. */
export interface ChannelState {
  readonly baseline: Baseline;
  /** The last deviations, oldest first. */
  readonly recent: readonly number[];
}

export const freshChannel: ChannelState = { baseline: freshBaseline, recent: [] };

export interface Changed {
  /** Spreads that `least` of the last `of` samples lie beyond, signed: above 0 above the baseline. null: not judged. */
  readonly score: number | null;
  readonly level: number | null;
  readonly spread: number | null;
}

/** One sample of a channel. `frozen`: something is detected, in flight, or the air is not that of the inlet. */
export function look(
  state: ChannelState,
  value: number,
  frozen: boolean,
  options: ChangeOptions,
): readonly [ChannelState, Changed] {
  const z = deviation(state.baseline, value);
  const recent = z === null ? state.recent : [...state.recent, z].slice(-options.of);
  const { level, spread } = state.baseline;
  const baseline = follow(state.baseline, value, frozen, options.baseline);
  return [
    { baseline, recent },
    { score: z === null ? null : persistent(recent, options), level, spread },
  ];
}

/** The deviation that `least` of them reach or pass on one side; 0 where neither side has as many. */
export function persistent(
  recent: readonly number[],
  { least, of }: Pick<ChangeOptions, 'least' | 'of'>,
): number | null {
  if (recent.length < of) return null;
  const falling = recent.toSorted((a, b) => b - a);
  const up = falling[least - 1] ?? 0;
  const down = falling.at(-least) ?? 0;
  return up > 0 ? up : Math.min(down, 0);
}
