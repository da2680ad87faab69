import test from 'ava';
import fc from 'fast-check';
import {
  came,
  close,
  confirmed,
  noProgress,
  openRanges,
  openWithin,
  type Progress,
} from '../../../daemons/core/records/progress.ts';
import type { Range } from '../../../daemons/core/spool/ranges.ts';

const seq = fc.integer({ min: 1, max: 60 });
const range = fc.tuple(seq, seq).map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)]);
const step = fc.oneof(
  fc.array(seq, { maxLength: 8 }).map((seqs) => ({ seqs })),
  fc.array(range, { maxLength: 3 }).map((gone) => ({ gone })),
);
const numbers = (ranges: readonly Range[]): number[] =>
  ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

test('ranges say the same as a set of numbers, whatever comes and goes in whatever order', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), range, (steps, asked) => {
      let progress: Progress = noProgress;
      const closed = new Set<number>();
      let top = 0;
      for (const one of steps) {
        const ended = 'seqs' in one ? one.seqs : numbers(one.gone);
        progress = 'seqs' in one ? came(progress, one.seqs) : close(progress, one.gone);
        if ('seqs' in one) top = Math.max(top, ...one.seqs);
        for (const n of ended) closed.add(n);
      }
      const open = (from: number, to: number): number[] => numbers([[from, to]]).filter((n) => !closed.has(n));
      t.deepEqual(confirmed(progress), { through: top, missing: top === 0 ? [] : open(1, top) });
      t.deepEqual(numbers(openRanges(progress, 99)), top === 0 ? [] : open(1, top));
      t.deepEqual(numbers(openWithin(progress, [asked, asked])), open(...asked));
    }),
    { numRuns: 500 },
  );
});

test('islands beyond the limit are forgotten from the top, and so asked for again, never confirmed', (t) => {
  const odd = Array.from({ length: 5000 }, (_, i) => 2 * i + 3);
  const progress = came(noProgress, odd);
  t.true(progress.beyond.length <= 2000);
  const { through, missing } = confirmed(progress);
  t.is(missing.length, 1000);
  t.is(through, Math.max(...missing));
  const filled = confirmed(
    came(
      progress,
      Array.from({ length: 4100 }, (_, i) => i + 1),
    ),
  );
  // What was forgotten is listed as missing, or lies beyond what the list could hold.
  t.true(filled.missing.includes(4103));
});
