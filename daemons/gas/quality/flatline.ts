import { type Around, judgeOf } from './judge.ts';

/** What counts as moving air within a span: more than a climate sensor's own noise and drift. */
const moved = { temperatureC: 1, relativePercent: 3 };
/** A standard deviation of fewer values says nothing. */
const least = 10;

interface FlatMemory extends Record<string, number | boolean | null> {
  fromMs: number | null;
  count: number;
  mean: number;
  squares: number;
  coldest: number | null;
  warmest: number | null;
  driest: number | null;
  wettest: number | null;
  flat: boolean;
  level: number;
}

const fresh = (): FlatMemory => ({
  fromMs: null,
  count: 0,
  mean: 0,
  squares: 0,
  coldest: null,
  warmest: null,
  driest: null,
  wettest: null,
  flat: false,
  level: 0,
});

/**
 * A standard deviation below half a step over a whole span while the air's temperature or humidity moved: every sensor
 * answers to those a little, so nothing is connected to this one any more. Judged span by span; a value that leaves the
 * level by more than a step ends it at once.
 */
export const flatline = ({ spanMs, step }: { readonly spanMs: number; readonly step: number }) =>
  judgeOf({
    flag: 'flatline',
    fresh,
    judge: (memory, value, atMs, around) => {
      if (value === null || (memory.flat && Math.abs(value - memory.level) > step)) Object.assign(memory, fresh());
      if (value === null) return false;
      memory.fromMs ??= atMs;
      take(memory, value, around);
      if (atMs - memory.fromMs < spanMs) return memory.flat;
      const deviation = Math.sqrt(memory.squares / Math.max(1, memory.count - 1));
      const flat = memory.count >= least && deviation < 0.5 * step && hasMoved(memory);
      Object.assign(memory, { ...fresh(), flat, level: memory.mean });
      return flat;
    },
  });

/** Welford's mean and sum of squares, and how far the climate went. */
function take(memory: FlatMemory, value: number, { temperatureC, relativePercent }: Around): void {
  memory.count += 1;
  const off = value - memory.mean;
  memory.mean += off / memory.count;
  memory.squares += off * (value - memory.mean);
  if (temperatureC !== null) {
    memory.coldest = Math.min(memory.coldest ?? temperatureC, temperatureC);
    memory.warmest = Math.max(memory.warmest ?? temperatureC, temperatureC);
  }
  if (relativePercent !== null) {
    memory.driest = Math.min(memory.driest ?? relativePercent, relativePercent);
    memory.wettest = Math.max(memory.wettest ?? relativePercent, relativePercent);
  }
}

const hasMoved = ({ coldest, warmest, driest, wettest }: FlatMemory): boolean =>
  (coldest !== null && warmest !== null && warmest - coldest >= moved.temperatureC) ||
  (driest !== null && wettest !== null && wettest - driest >= moved.relativePercent);
