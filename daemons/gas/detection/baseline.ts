/**
 * The clean-air level of one channel over hours: a quantile of the medians of its blocks. A plume shorter than half of the
 * hours does not move a median at all; the clamp keeps a longer one from being learned quickly. It stands still during a
 * detection and in flight (`frozen`): an automatic correction would learn a steady source as clean air (sensing.md section 2).
 */
export interface BaselineOptions {
  /** Samples of one block. */
  readonly blockSamples: number;
  /** Newest blocks that are remembered. */
  readonly blocks: number;
  /** Blocks before anything is judged. */
  readonly learnBlocks: number;
  /** 0.5 is the median; lower where gas only raises the channel and comes often. */
  readonly quantile: number;
  /** Most that the level follows towards gas, and away from it, at the end of a block, in spreads. */
  readonly up: number;
  readonly down: number;
  /** The spread is never taken to be less, in the channel's unit: half a step of its converter, for example. */
  readonly leastSpread: number;
}

/** Plain JSON. */
export interface Baseline {
  readonly block: readonly number[];
  readonly medians: readonly number[];
  /** Standard deviation of each block, by its median absolute deviation. */
  readonly spreads: readonly number[];
  /** In the channel's unit; null while it is learned. */
  readonly level: number | null;
  /** Standard deviation of one sample in clean air; null while it is learned. */
  readonly spread: number | null;
}

export const freshBaseline: Baseline = { block: [], medians: [], spreads: [], level: null, spread: null };

/** Of a normal distribution: standard deviation over median absolute deviation. */
const deviations = 1.4826;

/** The baseline after one more sample. A frozen one drops the block that was begun: half of it may be gas already. */
export function follow(state: Baseline, value: number, frozen: boolean, options: BaselineOptions): Baseline {
  if (frozen) return state.block.length === 0 ? state : { ...state, block: [] };
  if (!Number.isFinite(value)) return state;
  const block = [...state.block, value];
  if (block.length < options.blockSamples) return { ...state, block };
  const middle = quantile(block, 0.5);
  const spreadOf =
    deviations *
    quantile(
      block.map((one) => Math.abs(one - middle)),
      0.5,
    );
  const medians = [...state.medians, middle].slice(-options.blocks);
  const spreads = [...state.spreads, spreadOf].slice(-options.blocks);
  const spread = Math.max(quantile(spreads, 0.5), options.leastSpread);
  const next = { block: [], medians, spreads, spread };
  const wanted = quantile(medians, options.quantile);
  if (state.level === null) return { ...next, level: medians.length < options.learnBlocks ? null : wanted };
  const step = Math.min(Math.max(wanted - state.level, -options.down * spread), options.up * spread);
  return { ...next, level: state.level + step };
}

/** How many spreads a value lies above the level (below: negative); null while the baseline is learned. */
export const deviation = ({ level, spread }: Baseline, value: number): number | null =>
  level === null || spread === null || !Number.isFinite(value) ? null : (value - level) / spread;

/** Linear between order statistics; NaN of nothing. `share` from 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  return low + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? low) - low);
}
