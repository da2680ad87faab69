import test from 'ava';
import { apply, begin, options, rig, stageOf } from '../../support/procedure-rig.ts';

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
    const one = rig({ kind: 'check', gases: { ...options.gases, zero: null } }, gain, 0);
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

test('a check with zero gas sees it before the span, and fails where the zero is off though the span is good', (t) => {
  for (const [zero, result] of [
    [0.1, 'passed'],
    [3, 'failed'],
  ] as const) {
    const one = rig({ kind: 'check' }, 0.95, zero);
    begin(one);
    t.is(stageOf(one), 'check-zero');
    apply(one, 0);
    t.is(stageOf(one), 'check-span');
    apply(one, 25);
    t.deepEqual(one.outputs, [{ type: 'keep' }]);
    t.is(one.state.pending?.result, result);
  }
});
