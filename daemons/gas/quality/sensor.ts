/** Judgements of a sensor as a whole: warming up, its heater, the share of looks that failed. */
import type { QualitySection } from '../../core/config/quality.ts';
import type { Flag } from '../../core/values/flags.ts';
import type { Reading } from '../../core/values/reading.ts';

export interface SensorRules {
  readonly warmUpMs: number;
  readonly crc: { readonly share: number; readonly looks: number } | null;
  readonly heater: QualitySection['heater'] | null;
}

/** Plain JSON, changed in place. */
export interface SensorMemory {
  /** The boot, and the ms of its clock, at which it first answered since it had power. */
  warm: { readonly boot: string; readonly ms: number } | null;
  /** The look that was counted last, by its ms, the share of failed ones, and whether it is too high. */
  lookMs: number | null;
  failed: number;
  failing: boolean;
  /** Whether its heater is on; null where nothing is known of it. */
  hot: boolean | null;
  /** Since when the heater is not as it was judged to be, in ms, and how it was judged. */
  heaterTurnedMs: number | null;
  heaterBad: boolean;
  /** When it was last hot, in ms. */
  hotMs: number | null;
}

export const freshSensor = (): SensorMemory => ({
  warm: null,
  lookMs: null,
  failed: 0,
  failing: false,
  hot: null,
  heaterTurnedMs: null,
  heaterBad: false,
  hotMs: null,
});

/** Looks that came to nothing on the wire. One at a part that is not there (`absent`) says nothing of its line. */
const wire: ReadonlySet<Flag> = new Set(['checksum', 'protocol', 'timeout', 'nack']);
/** Below this part of the limit it is over: a share that trembles at the limit would flag every other value. */
const easing = 0.5;

/** Takes one reading into account; all readings of a look share its time. */
export function notice(memory: SensorMemory, { crc }: SensorRules, { at, value, flags }: Reading, atMs: number): void {
  if (value !== null) {
    if (memory.warm?.boot !== at.boot) memory.warm = { boot: at.boot, ms: atMs };
  } else if (flags.includes('absent')) memory.warm = null;
  if (crc === null || memory.lookMs === atMs) return;
  memory.lookMs = atMs;
  const fails = value === null && flags.some((flag) => wire.has(flag));
  memory.failed += ((fails ? 1 : 0) - memory.failed) / crc.looks;
  memory.failing = memory.failed >= crc.share * (memory.failing ? easing : 1);
}

export const isWarming = ({ warm }: SensorMemory, { warmUpMs }: SensorRules, atMs: number): boolean =>
  warmUpMs > 0 && warm !== null && atMs - warm.ms < warmUpMs;

/** Takes a value of the heater's own channel into account. A gap of it leaves things as they are. */
export function heaterNoticed(
  memory: SensorMemory,
  heater: NonNullable<QualitySection['heater']>,
  reading: Reading,
): void {
  const { value, at } = reading;
  if (value === null) return;
  const atMs = at.monoNs / 1e6;
  const { cycle, low, high, holdS } = heater;
  const hot = cycle === undefined || value >= cycle.hotAbove;
  memory.hot = cycle === undefined ? null : hot;
  if (hot || memory.hotMs === null) memory.hotMs = atMs;
  const bad = hot ? value < low || value > high : cycle !== undefined && atMs - memory.hotMs > cycle.withinS * 1000;
  if (bad === memory.heaterBad) memory.heaterTurnedMs = null;
  else {
    memory.heaterTurnedMs ??= atMs;
    if (atMs - memory.heaterTurnedMs < holdS * 1000) return;
    memory.heaterBad = bad;
    memory.heaterTurnedMs = null;
  }
}
