import { judgeOf } from './judge.ts';

/** `after` identical raw values in a row: a real analog front end is never that quiet. Gaps are no values. */
export const stuck = (after: number) =>
  judgeOf({
    flag: 'stuck',
    fresh: (): { value: number | null; run: number } => ({ value: null, run: 0 }),
    judge: (memory, value) => {
      memory.run = value !== null && value === memory.value ? Math.min(memory.run + 1, after) : 1;
      memory.value = value;
      return memory.run >= after;
    },
  });
