import test from 'ava';
import fc from 'fast-check';
import { fitTwoPoint } from '../../../daemons/gas/fit.ts';
import { procedure } from '../../../daemons/gas/procedures/machine.ts';
import type {
  Procedure,
  ProcedureInput,
  ProcedureOptions,
  ProcedureOutput,
  ProcedureState,
} from '../../../daemons/gas/procedures/procedure.ts';
import type { Stage } from '../../../daemons/gas/procedures/stages.ts';

const options: ProcedureOptions = {
  kind: 'adjustment',
  gases: {
    zero: { applied: 0, uApplied: 0.01 },
    span: { applied: 25, uApplied: 0.25 },
    second: { applied: 10, uApplied: 0.1 },
  },
  t90Ms: 1000,
  tolerance: 0.1,
  rawPerUnit: 1,
  resolution: 0.001,
  alarm: { on: 2, raiseAfter: 4 },
  limits: { askMs: 600_000, measureT90s: 20, purgeT90s: [2, 30], graceMs: 5000 },
  fit: (zero, span) => fitTwoPoint('nh3/ammonia', zero, span),
};

/** An instrument in a world of one gas at a time: raw = zero + gain * what is connected, with a little noise. */
interface Rig {
  readonly proc: Procedure;
  state: ProcedureState;
  nowMs: number;
  readonly outputs: ProcedureOutput[];
  give(input: ProcedureInput): void;
  next(): void;
  /** Readings for so long at what is connected. */
  flow(seconds: number, connected: number): void;
}

function rig(changes: Partial<ProcedureOptions> = {}, gain = 0.88, zero = 0.4): Rig {
  const proc = procedure({ ...options, ...changes });
  const one: Rig = {
    proc,
    state: proc.fresh(0),
    nowMs: 0,
    outputs: [],
    give: (input) => {
      const [state, ...outputs] = proc.step(one.state, input);
      one.state = state;
      one.outputs.push(...outputs);
    },
    next: () => one.give({ type: 'next', atMs: one.nowMs }),
    flow: (seconds, connected) => {
      for (let i = 0; i < seconds * 10; i++) {
        one.nowMs += 100;
        const raw = zero + gain * connected + 0.002 * Math.sin(one.nowMs / 170);
        one.give({ type: 'reading', atMs: one.nowMs, raw, value: raw, u: 0.1 });
      }
    },
  };
  return one;
}

const stageOf = ({ proc, state }: Rig): string => proc.stages[state.at]?.name ?? '';

/** Through the line questions and the look at ambient air. */
function begin(one: Rig): void {
  if (stageOf(one) === 'flow') {
    one.next();
    one.next();
  }
  one.flow(5, 0);
}

function apply(one: Rig, ppm: number): void {
  one.next();
  one.flow(6, ppm);
}

test('an adjustment goes through its stages in order and asks for its record once', (t) => {
  const one = rig();
  begin(one);
  for (const [stage, ppm] of [
    ['as-found-zero', 0],
    ['as-found-span', 25],
    ['adjust-zero', 0],
    ['adjust-span', 25],
    ['as-left', 10],
  ] as const) {
    t.is(stageOf(one), stage);
    apply(one, ppm);
  }
  t.is(stageOf(one), 'keep');
  t.deepEqual(one.outputs, [{ type: 'keep' }]);
  t.is(one.state.ending, null);
  one.give({ type: 'kept', atMs: one.nowMs, failed: null });
  t.is(one.state.ending?.result, 'adjusted');
  one.flow(3, 0);
  t.true(one.state.over);
  const left = one.state.taken.find(({ stage }) => stage === 'as-left');
  t.true(Math.abs((left?.shown ?? 0) - 10) < 0.05);
  const found = one.state.taken.find(({ stage }) => stage === 'as-found-span');
  t.true(Math.abs((found?.shown ?? 0) - 22.4) < 0.05);
});

test('an as-left beyond its tolerance ends it without a record', (t) => {
  const one = rig();
  begin(one);
  for (const ppm of [0, 25, 0, 25]) apply(one, ppm);
  apply(one, 14);
  t.is(one.state.ending?.reason, 'as-left');
  t.deepEqual(one.outputs, []);
  one.flow(40, 0);
  t.true(one.state.over);
});

test('span gas that never came is refused by the fit, and nothing is kept', (t) => {
  const one = rig();
  begin(one);
  for (const ppm of [0, 0, 0, 0]) apply(one, ppm);
  t.is(one.state.ending?.reason, 'fit');
  t.false(one.outputs.some(({ type }) => type === 'keep'));
});

test('an abort with gas in the line purges first', (t) => {
  const one = rig();
  begin(one);
  one.next();
  one.flow(1, 25);
  one.give({ type: 'abort', atMs: one.nowMs });
  t.is(stageOf(one), 'purge');
  t.false(one.state.over);
  one.flow(1, 25);
  t.false(one.state.over);
  one.flow(4, 0);
  t.true(one.state.over);
  t.is(one.state.ending?.reason, 'by-technician');
});

test('an abort before any gas is over at once', (t) => {
  const one = rig();
  one.give({ type: 'abort', atMs: 0 });
  t.true(one.state.over);
});

test('a technician who is lost in mid-span and comes back in time goes on', (t) => {
  const one = rig();
  begin(one);
  apply(one, 0);
  one.next();
  one.flow(1, 25);
  one.give({ type: 'lost', atMs: one.nowMs });
  one.flow(1, 25);
  one.give({ type: 'back', atMs: one.nowMs });
  one.flow(6, 25);
  t.is(stageOf(one), 'adjust-zero');
  t.is(one.state.ending, null);
});

test('a technician who stays away in mid-span aborts it after the grace', (t) => {
  const one = rig();
  begin(one);
  apply(one, 0);
  one.next();
  one.flow(1, 25);
  one.give({ type: 'lost', atMs: one.nowMs });
  one.flow(10, 25);
  t.is(one.state.ending?.reason, 'connection-lost');
  t.deepEqual(one.outputs, []);
});

test('a check passes within its tolerance and fails beyond it; both are records', (t) => {
  for (const [gain, result] of [
    [0.97, 'passed'],
    [0.8, 'failed'],
  ] as const) {
    const one = rig({ kind: 'check' }, gain, 0);
    begin(one);
    apply(one, 25);
    t.deepEqual(one.outputs, [{ type: 'keep' }]);
    one.give({ type: 'kept', atMs: one.nowMs, failed: null });
    t.is(one.state.ending?.result, result);
  }
});

test('a bump passes when gas comes and the alarm trips, and without gas it is a failed record', (t) => {
  for (const [ppm, result, reason] of [
    [25, 'passed', null],
    [1.5, 'failed', 'no-alarm'],
    [0, 'failed', 'no-gas'],
  ] as const) {
    const one = rig({ kind: 'bump' }, 1, 0);
    begin(one);
    one.next();
    one.flow(25, ppm);
    t.is(stageOf(one), 'recovery');
    one.next();
    one.flow(4, 0);
    t.deepEqual(one.outputs, [{ type: 'keep' }]);
    one.give({ type: 'kept', atMs: one.nowMs, failed: null });
    t.is(one.state.ending?.result, result);
    t.is(one.state.ending?.reason ?? null, reason);
  }
});

test('a disk that refuses the record leaves what was in force', (t) => {
  const one = rig();
  begin(one);
  for (const ppm of [0, 25, 0, 25, 10]) apply(one, ppm);
  one.give({ type: 'refused', atMs: one.nowMs, why: 'no space' });
  t.deepEqual(one.state.ending, { result: 'failed', reason: 'not-kept', why: 'no space' });
});

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
