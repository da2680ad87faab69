import { judgeOf } from './judge.ts';

/**
 * A metal-oxide element whose heater is switched and whose value does not care: the last value of a hot phase and that of a
 * cold one differ by less than `leastChange` of the larger. Judged at each switch.
 */
export const hotCold = ({ leastChange }: { readonly leastChange: number }) =>
  judgeOf({
    flag: 'heater',
    fresh: (): {
      wasHot: number | null;
      last: number | null;
      hot: number | null;
      cold: number | null;
      bad: boolean;
    } => ({
      wasHot: null,
      last: null,
      hot: null,
      cold: null,
      bad: false,
    }),
    judge: (memory, value, _atMs, { hot }) => {
      if (hot === null || value === null) return memory.bad;
      if (memory.wasHot !== null && (memory.wasHot === 1) !== hot) {
        if (memory.wasHot === 1) memory.hot = memory.last;
        else memory.cold = memory.last;
        if (memory.hot !== null && memory.cold !== null) {
          const larger = Math.max(Math.abs(memory.hot), Math.abs(memory.cold));
          memory.bad = Math.abs(memory.hot - memory.cold) < leastChange * larger;
        }
      }
      memory.wasHot = hot ? 1 : 0;
      memory.last = value;
      return memory.bad;
    },
  });
