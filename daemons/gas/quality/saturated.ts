import { judgeOf } from './judge.ts';

/**
 * `samples` values in a row at or beyond `share` of full scale: what is there may be more than what can be said. A scale
 * that goes as far below zero as above has two ends; one that begins at zero has one, since zero is clean air.
 */
export const saturated = (
  [low, high]: readonly [number, number],
  { share, samples }: { readonly share: number; readonly samples: number },
) =>
  judgeOf({
    flag: 'saturated',
    fresh: () => ({ run: 0 }),
    judge: (memory, value) => {
      const atEnd = value !== null && (value >= share * high || (low <= -high && value <= share * low));
      memory.run = atEnd ? Math.min(memory.run + 1, samples) : 0;
      return memory.run >= samples;
    },
  });
