import test from 'ava';
import fc from 'fast-check';
import { createQueue } from '../../../daemons/core/adapters/spool.sqlite.queue.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import type { Waiting } from '../../../daemons/core/spool/waiting.ts';
import { item } from './keeping.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const large = 'x'.repeat(60_000);
const one = (n: number) => {
  const { at, body } = pack(item('event', n));
  return { stream: 'event' as const, at, body: body.replace('{', `{"n":${n},"padding":"${large}",`) };
};
const numbersOf = ({ items }: Waiting): number[] =>
  items.flatMap(({ body }) => {
    const n = (JSON.parse(body) as { n?: number }).n;
    return n === undefined ? [] : [n];
  });

/** A disk that refuses as `refusals` says, and what is given behind a refused group; it answers a turn later. */
function disk(refusals: readonly boolean[]) {
  const kept: number[] = [];
  let [tried, waits, most, open] = [0, false, 0, 0];
  const commit = async (group: Waiting, again: boolean): Promise<void> => {
    open += 1;
    most = Math.max(most, open);
    const refuses = (waits && !again) || (refusals[tried++] ?? false);
    if (refuses) waits = true;
    else {
      waits = false;
      kept.push(...numbersOf(group));
    }
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
    if (refuses) throw new Fault('refused', 'the disk is full');
  };
  return { kept, commit, most: () => most };
}

const queueOn = (commit: (group: Waiting, again: boolean) => Promise<void>) =>
  createQueue({ commit, id: () => 'spool', holdMs: 0, retryMs: 1, memory: 1e9, log: silent });

test('while a group is flushed, a large one behind it is already handed over', async (t) => {
  const { commit, kept, most } = disk([]);
  const queue = queueOn(commit);
  await Promise.all(
    [0, 1, 2].map(async (lane) => {
      for (let n = 0; n < 8; n++) {
        await queue.add([one(8 * lane + n)], []);
        // Callers that do not go in step.
        for (let turns = 0; turns < lane; turns++) await new Promise((resolve) => setImmediate(resolve));
      }
    }),
  );
  t.is(most(), 2);
  t.is(kept.length, 24);
});

test('however the disk refuses, everything is committed once and in the order in which it came', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.boolean(), { maxLength: 12 }),
      fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 20 }),
      async (refusals, pauses) => {
        const { commit, kept } = disk(refusals);
        const queue = queueOn(commit);
        const answers = [];
        for (const [n, pause] of pauses.entries()) {
          answers.push(queue.add([one(n)], []));
          for (let turns = 0; turns < pause; turns++) await new Promise((resolve) => setImmediate(resolve));
        }
        const given = await Promise.all(answers);
        t.true((await Promise.all(given.map(({ committed }) => committed))).every(Boolean));
        t.deepEqual(
          kept,
          pauses.map((_, n) => n),
        );
      },
    ),
    { numRuns: 50 },
  );
});
