import test from 'ava';
import fc from 'fast-check';
import { procedure } from '../../../daemons/gas/procedures/machine.ts';
import type { ProcedureInput, ProcedureState } from '../../../daemons/gas/procedures/procedure.ts';
import type { Stage } from '../../../daemons/gas/procedures/stages.ts';
import { apply, begin, options, rig } from '../../support/procedure-rig.ts';

const types = ['next', 'abort', 'lost', 'back', 'tick', 'deadline', 'kept', 'refused', 'reading'] as const;
const anyInput = fc.record({
  type: fc.constantFrom(...types),
  waitMs: fc.constantFrom(0, 100, 100, 100, 1000, 700_000),
  times: fc.constantFrom(1, 1, 60),
  raw: fc.oneof(fc.constant(null), fc.double({ min: -5, max: 40, noNaN: true })),
});

const toInput = (type: (typeof types)[number], atMs: number, raw: number | null): ProcedureInput => {
  if (type === 'reading') return { type, atMs, raw, value: raw, u: null };
  if (type === 'kept') return { type, atMs, failed: null };
  return type === 'refused' ? { type, atMs, why: 'no' } : { type, atMs };
};

/** What no step may break. */
function mustHold(before: ProcedureState, next: ProcedureState, stages: readonly Stage[]): void {
  if (next.at < before.at) throw new Error('a stage came back');
  if (before.ending && next.ending !== before.ending) throw new Error('an ending changed');
  if (before.over && next !== before) throw new Error('it went on after it was over');
  if (next.over && !next.ending) throw new Error('it is over without an ending');
  if (next.seen.length > 4096) throw new Error('it keeps without a bound');
  if (next.at - before.at <= 1) return;
  const [here, there] = [stages[before.at]?.does, stages[next.at]?.does];
  if (there !== 'purge' && there !== 'keep') throw new Error('a stage was left out');
  if (there === 'keep' && here !== 'measure') throw new Error('kept too soon');
}

test('from any state any sequence of inputs keeps what the machine promises', (t) => {
  let keptInAll = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('adjustment' as const, 'check' as const, 'bump' as const),
      fc.integer({ min: 0, max: 7 }),
      fc.array(anyInput, { maxLength: 60 }),
      (kind, stages, inputs) => {
        const one = rig({ kind });
        // Some way as it should be, so that every stage is a place to begin from.
        for (let i = 0; i < stages; i++) {
          if (i === 0) begin(one);
          else apply(one, [0, 25, 0, 25, 10, 0][i - 1] ?? 0);
        }
        const { proc, outputs } = one;
        let { state, nowMs } = one;
        for (const { type, waitMs, times, raw } of inputs) {
          for (let i = 0; i < times; i++) {
            nowMs += waitMs;
            const before = state;
            const [next, ...out] = proc.step(state, toInput(type, nowMs, raw));
            state = next;
            outputs.push(...out);
            mustHold(before, next, proc.stages);
          }
        }
        const kept = outputs.filter((one) => one.type === 'keep').length;
        t.true(kept <= 1);
        keptInAll += kept;
        t.true(outputs.filter((one) => one.type === 'over').length === (state.over ? 1 : 0));
        const names = state.taken.map(({ stage }) => stage);
        if (kept === 1 && kind === 'adjustment')
          t.deepEqual(names, ['ambient', 'as-found-zero', 'as-found-span', 'adjust-zero', 'adjust-span', 'as-left']);
        if (state.ending?.result === 'adjusted' || state.ending?.result === 'passed') t.is(kept, 1);
        if (state.ending?.result === 'aborted') t.is(kept, 0);
      },
    ),
    { numRuns: 600 },
  );
  t.true(keptInAll > 20);
});

test('whatever happened, it ends by itself', (t) => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
      const proc = procedure(options);
      let state = proc.fresh(0);
      let nowMs = 0;
      for (const { type, waitMs, raw } of inputs) {
        nowMs += waitMs;
        [state] = proc.step(state, toInput(type, nowMs, raw));
      }
      if (proc.stages[state.at]?.does === 'keep' && !state.ending)
        [state] = proc.step(state, { type: 'refused', atMs: nowMs, why: 'no' });
      [state] = proc.step(state, { type: 'deadline', atMs: nowMs });
      t.true(state.over);
    }),
  );
});
