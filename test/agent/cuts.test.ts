import test from 'ava';
import fc from 'fast-check';
import { walk } from './cuts.ts';

const wishes = fc.array(fc.record({ well: fc.boolean(), executable: fc.boolean(), model: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});

/** Numbers 0 to 1 that a seed gives. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('whenever power is cut, what runs is whole, and the box ends at the newest state that is well', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      wishes,
      fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 6 }),
      fc.integer(),
      async (of, cuts, seed) => {
        const { broken } = await walk({ wishes: of, cuts, chance: chances(seed) });
        t.deepEqual(broken, []);
      },
    ),
    { numRuns: 300 },
  );
});

test('a cut before every single change of an update, each with all and with nothing of the unflushed lost', async (t) => {
  const plan = [
    { well: true, executable: true, model: true },
    { well: false, executable: true, model: false },
    { well: true, executable: false, model: true },
  ];
  for (const chance of [() => 0, () => 0.999])
    for (let at = 0; ; at++) {
      const { cuts, broken } = await walk({ wishes: plan, cuts: [at], chance });
      t.deepEqual(broken, [], `cut before change ${at}`);
      if (cuts === 0) break;
    }
});
