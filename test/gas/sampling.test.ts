import test from 'ava';
import fc from 'fast-check';
import { type SamplingLine, samplingSection } from '../../daemons/core/config/sampling.ts';
import { runStep } from '../../daemons/core/flow/scan.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import {
  freezeSampling,
  frozenSampling,
  keepSampling,
  keptSampling,
  recallSampling,
  thawSampling,
} from '../../daemons/gas/sampling/frozen.ts';
import { conditions, judgeLine } from '../../daemons/gas/sampling/judge.ts';
import { freshSampling, parted, sampling } from '../../daemons/gas/sampling/sampling.ts';
import { reading } from '../support/readings.ts';

const line: SamplingLine = samplingSection.parse({
  line: 'main',
  behind: ['nh3'],
  pump: { channel: 'tube/pump', runsFrom: 100 },
  flow: { channel: 'tube/flow', least: 0.3, most: 2 },
  vacuum: { channel: 'tube/vacuum', blockedFrom: 30, leaksBelow: 1 },
  filter: { channel: 'tube/filter', dueFrom: 5, hours: 2, changed: '2026-11-01' },
  moisture: { channel: 'tube/moisture', wetFrom: 90 },
  delay: { s: 4, on: '2026-11-01', by: 't-17' },
});
const well = { pump: 200, flow: 1, vacuum: 8, filter: 1, moisture: 40 };
const calm = { hours: 0, isOn: () => false };
const found = (inputs: object, of = line): string[] => {
  const now = judgeLine(of, { ...well, ...inputs }, calm);
  return conditions.filter((one) => now[one]);
};

test('a line that draws, builds a vacuum and is dry is well', (t) => {
  t.deepEqual(found({}), []);
});

test('each fault is told by its own name, and only no flow and foreign air mean that nothing is measured', (t) => {
  t.deepEqual(found({ pump: 2, flow: 0, vacuum: 0 }), ['pump-stopped', 'not-measured']);
  t.deepEqual(found({ flow: 0.05, vacuum: 45 }), ['line-blocked', 'not-measured']);
  t.deepEqual(found({ vacuum: 45 }), ['line-blocked'], 'it is half blocked and still flows');
  t.deepEqual(found({ flow: 0.05, vacuum: 0.2 }), ['line-leak', 'not-measured']);
  t.deepEqual(found({ flow: 3 }), ['line-leak', 'not-measured']);
  t.deepEqual(found({ moisture: 95 }), ['line-wet']);
  t.deepEqual(found({ filter: 6 }), ['filter-due']);
});

test('with a flow sensor alone no flow is a blocked line, with a pump alone a stopped one', (t) => {
  const flowOnly = samplingSection.parse({ line: 'a', behind: ['x'], flow: { channel: 't/f', least: 0.3 } });
  t.deepEqual(
    conditions.filter((one) => judgeLine(flowOnly, { flow: 0 }, calm)[one]),
    ['line-blocked', 'not-measured'],
  );
  const pumpOnly = samplingSection.parse({ line: 'a', behind: ['x'], pump: { channel: 't/p', runsFrom: 1 } });
  t.deepEqual(
    conditions.filter((one) => judgeLine(pumpOnly, { pump: 0 }, calm)[one]),
    ['pump-stopped', 'not-measured'],
  );
});

/** What watches the line at a second, then the sensor behind it. */
const second = (s: number, inputs: Readonly<Record<string, number | null>>): Reading[] => [
  ...Object.entries({ ...well, ...inputs }).map(([what, value]) => reading('tube', what, value, s)),
  reading('nh3', 'ammonia', 0.1, s),
];
const step = sampling([line]);
/** The flags of the sensor second by second, and the conditions that were told. */
function watch(seconds: readonly Readonly<Record<string, number | null>>[], state = freshSampling([line])) {
  const [, out] = runStep(
    step,
    state,
    seconds.flatMap((inputs, s) => second(s, inputs)),
  );
  const [readings, news] = parted(out);
  return {
    flags: readings.filter(({ sensor }) => sensor === 'nh3').map(({ flags }) => flags),
    values: readings.filter(({ sensor }) => sensor === 'nh3').map(({ value }) => value),
    told: news.map(({ type, detail, at }) => [type, detail.condition, at.monoNs / 1e9]),
    messages: news.map(({ message }) => message),
  };
}
const still = { flow: 0, vacuum: 45 };
const times = <T>(count: number, one: T): T[] => new Array<T>(count).fill(one);

test('a blockage is a fault once it has lasted five seconds; values are kept; it is over after its time and the transport delay', (t) => {
  const { flags, values, told, messages } = watch([...times(5, {}), ...times(20, still), ...times(40, {})]);
  t.deepEqual(told, [
    ['sampling-line-fault', 'line-blocked', 10],
    ['sampling-line-fault', 'not-measured', 10],
    ['sampling-line-well', 'line-blocked', 40],
    ['sampling-line-well', 'not-measured', 44],
  ]);
  t.deepEqual(flags[9], []);
  t.deepEqual(flags[10], ['line-blocked', 'not-measured']);
  t.deepEqual(flags[43], ['not-measured']);
  t.deepEqual(flags[44], []);
  t.true(values.every((value) => value === 0.1));
  t.regex(messages[0] ?? '', /sampling line main: it is blocked \(pump 200, flow 0, vacuum 45, .*\); look for a kink/);
  t.regex(messages[0] ?? '', /nothing found there does not mean that nothing is there/);
});

test('a value that trembles around a limit, and one that is short, tell nothing', (t) => {
  t.deepEqual(watch(Array.from({ length: 200 }, (_, s) => (s % 4 < 2 ? still : {}))).told, []);
  const held = watch([
    ...times(20, still),
    ...Array.from({ length: 200 }, (_, s) => ({ flow: 1, vacuum: s % 2 ? 28 : 31 })),
  ]);
  t.is(held.told.filter(([, condition]) => condition === 'line-blocked').length, 1);
  const within = watch([...times(20, still), ...times(100, { flow: 1, vacuum: 28 })]);
  t.true(within.flags.at(-1)?.includes('line-blocked'), 'within the margin it goes on');
  t.deepEqual(watch([...times(20, still), ...times(100, { flow: 1, vacuum: 26 })]).flags.at(-1), []);
});

test('any sequence chatters no faster than its times allow, and flags follow what was told', (t) => {
  const inputs = fc.record(
    { pump: fc.constantFrom(0, 200), flow: fc.constantFrom(0, 0.31, 1), vacuum: fc.constantFrom(0, 8, 45) },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(inputs, fc.integer({ min: 1, max: 30 })), { maxLength: 12 }), (stretches) => {
      const { told, flags } = watch(stretches.flatMap(([one, count]) => times(count, one)));
      for (const condition of conditions) {
        const own = told.filter(([, of]) => of === condition);
        own.forEach(([type, , at], i) => {
          t.is(type, i % 2 === 0 ? 'sampling-line-fault' : 'sampling-line-well');
          const before = own[i - 1]?.[2];
          if (before !== undefined) t.true(Number(at) - Number(before) >= (i % 2 === 0 ? line.holdS : line.clearS));
        });
        flags.forEach((all, s) => {
          const last = own.findLast(([, , at]) => Number(at) <= s);
          t.is(all.includes(condition), last?.[0] === 'sampling-line-fault');
        });
      }
    }),
    { numRuns: 150 },
  );
});

test('until everything that watches a line has spoken, and when it falls silent, what is behind it is not taken for measured', (t) => {
  const [, out] = runStep(step, freshSampling([line]), [reading('nh3', 'ammonia', 0, 0)]);
  t.deepEqual(parted(out)[0][0]?.flags, ['line-unknown']);
  t.deepEqual(parted(out)[1], [], 'a start is no news');
  const silent = watch([{}, ...times(80, { flow: null })]);
  t.deepEqual(silent.told, [['sampling-line-fault', 'line-unknown', 61]]);
  t.deepEqual(silent.flags[60], []);
  t.deepEqual(silent.flags[61], ['line-unknown']);
});

test('a gap of the flow sensor does not end a fault', (t) => {
  const { flags } = watch([...times(10, still), ...times(50, { ...still, flow: null })]);
  t.true(flags.at(-1)?.includes('not-measured'));
});

test('the filter is due after its hours of the pump, which a restart keeps and another day of change begins anew', (t) => {
  const state = freshSampling([line]);
  const hours = (from: number, to: number, pump: number): Reading[] =>
    Array.from({ length: (to - from) * 120 }, (_, i) => reading('tube', 'pump', pump, from * 3600 + i * 30));
  const due = (readings: readonly Reading[], from = state): boolean =>
    parted(runStep(step, from, readings)[1])[1].some(({ detail }) => detail.condition === 'filter-due');
  t.false(due([...hours(0, 1, 200), ...hours(1, 6, 0)]));
  const kept = keptSampling.parse(JSON.parse(JSON.stringify(keepSampling(state))));
  const again = freshSampling([line]);
  recallSampling(kept, again, [line]);
  t.true(due(hours(0, 2, 200), again));
  const changed = { ...line, filter: { ...line.filter, changed: '2026-11-20' } };
  const anew = freshSampling([changed]);
  recallSampling(kept, anew, [changed]);
  t.is(anew.get('main')?.runMs, 0);
});

test('a fault that holds outlives a restart without being told again', (t) => {
  const state = freshSampling([line]);
  runStep(
    step,
    state,
    times(20, still).flatMap((inputs, s) => second(s, inputs)),
  );
  const again = freshSampling([line]);
  recallSampling(keptSampling.parse(JSON.parse(JSON.stringify(keepSampling(state)))), again, [line]);
  const { flags, told } = watch(times(20, still), again);
  t.deepEqual(flags[0], ['line-blocked', 'not-measured']);
  t.deepEqual(told, []);
});

test('a state that went through JSON goes on as if nothing had been', (t) => {
  const seconds = [...times(7, {}), ...times(9, still), ...times(30, {}), ...times(9, { pump: 0 })];
  const all = seconds.flatMap((inputs, s) => second(s, inputs));
  const whole = runStep(step, freshSampling([line]), all)[1];
  fc.assert(
    fc.property(fc.nat(all.length), (cut) => {
      const state = freshSampling([line]);
      const first = runStep(step, state, all.slice(0, cut))[1];
      const thawed = freshSampling([line]);
      thawSampling(frozenSampling.parse(JSON.parse(JSON.stringify(freezeSampling(state)))), thawed);
      t.deepEqual([...first, ...runStep(step, thawed, all.slice(cut))[1]], whole);
    }),
    { numRuns: 40 },
  );
});

test('a board file that contradicts itself is refused with what would be right', (t) => {
  const said = (more: object): string =>
    samplingSection.safeParse({ line: 'a', behind: ['x'], ...more }).error?.issues[0]?.message ?? '';
  t.is(said({ filter: { hours: 5 } }), 'are hours of the pump: give the pump its channel');
  t.is(said({ vacuum: { channel: 'a/b', blockedFrom: 3, leaksBelow: 4 } }), 'must be lower than blockedFrom');
  t.is(said({ flow: { channel: 'a/b', least: 3, most: 2 } }), 'must be higher than least');
});
