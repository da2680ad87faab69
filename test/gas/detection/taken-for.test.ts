import test from 'ava';
import type { ActiveModel } from '../../../daemons/core/model/activate.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { gasSection } from '../../../daemons/gas/config.ts';
import { detect } from '../../../daemons/gas/detect.ts';
import {
  classifiedNow,
  countedAs,
  freshTaken,
  isFar,
  scoredNow,
  type Taken,
  type TakenState,
  takenFor,
} from '../../../daemons/gas/detection/taken-for.ts';
import { freshGrounds } from '../../../daemons/gas/grounds/grounds.ts';
import { judging, type Word } from '../../../daemons/gas/judging.ts';
import { stampAt } from '../../support/readings.ts';

const model = { labels: ['air', 'ammonia', 'exhaust'], targets: ['ammonia'] };
const [gas, lorry, air] = [
  [0, 0.9, 0.1],
  [0, 0.1, 0.9],
  [0.9, 0.1, 0],
];
const changedAt = (tS: number, state: TakenState = freshTaken) => scoredNow(state, 'nh3', 20, stampAt(tS));
const after = (p: readonly number[] | null, windows: number, from = 0): TakenState => {
  let state = changedAt(from);
  for (let i = 0; i < windows; i++) state = classifiedNow(state, p, stampAt(from + 2 * i));
  return state;
};
const at = (state: TakenState, tS: number, asked: typeof model | null = model): Taken =>
  takenFor(state, asked, stampAt(tS));

test('a change is taken for what four windows since it say, and for nothing before them', (t) => {
  t.is(at(freshTaken, 1), 'unchanged');
  t.is(at(after(gas, 3), 10), 'early');
  t.is(at(after(gas, 4), 10), 'target');
  t.is(at(after(lorry, 4), 10), 'interferent');
  t.is(at(after(air, 4), 10), 'unknown');
});

test('a change that no model judges is unknown and never silent', (t) => {
  t.is(at(changedAt(0), 0, null), 'unknown');
  t.is(at(after(null, 30), 59), 'early');
  t.is(at(after(null, 30), 60), 'unknown');
  t.is(takenFor(changedAt(0), model, { ...stampAt(1), boot: 'another' }), 'unknown');
});

test('windows of before the change, and of the very moment, say nothing of it', (t) => {
  let state: TakenState = freshTaken;
  for (let i = 0; i < 8; i++) state = classifiedNow(state, lorry ?? [], stampAt(i));
  state = changedAt(8, state);
  t.is(at(state, 9), 'early');
  for (let i = 9; i < 13; i++) state = classifiedNow(state, gas ?? [], stampAt(i));
  t.is(at(state, 12), 'early');
  t.is(at(state, 13), 'target');
});

test('when the change is over the next one is judged anew', (t) => {
  const over = scoredNow(after(gas, 6), 'nh3', 1, stampAt(20));
  t.is(at(over, 20), 'unchanged');
  t.is(at(changedAt(30, over), 31), 'early');
});

test('a baseline stands still when a channel is far from it to either side', (t) => {
  t.false(isFar(scoredNow(freshTaken, 'nh3', 6, stampAt(0))));
  t.true(isFar(scoredNow(freshTaken, 'nh3', -6.1, stampAt(0))));
  t.false(isFar(scoredNow(changedAt(0), 'nh3', null, stampAt(1))));
});

test('a rule counts a change only as its own thing; one too small to be judged counts for all', (t) => {
  t.is(countedAs(9, 'target', 'target'), 9);
  for (const taken of ['early', 'interferent', 'unknown'] as const) t.is(countedAs(9, taken, 'target'), 0);
  t.is(countedAs(4, 'unchanged', 'unknown'), 4);
  t.is(countedAs(-4, 'unchanged', 'unknown'), 0);
  t.is(countedAs(null, 'target', 'target'), null);
});

const rule = (kind: string, as: 'target' | 'unknown') => ({
  ...{ kind, family: 'evidence', severity: 'warning', score: { change: 'ammonia', as }, on: 8, off: 4 },
  ...{ raiseAfter: 1, clearAfter: 1 },
});
const section = gasSection.parse({
  samplePeriodMs: 1000,
  change: { blockSamples: 4, blocks: 6, learnBlocks: 2, leastSpread: 0.1, of: 4, least: 3 },
  rules: [rule('is-target', 'target'), rule('is-unknown', 'unknown')],
});
const asked = {
  ...{ labels: model.labels, ref: null },
  card: { labels: [{ name: 'air' }, { name: 'ammonia', role: 'target' }, { name: 'exhaust' }] },
} as unknown as ActiveModel;
const measured = (value: number, tS: number): Measurement => ({
  ...{ sensor: 'nh3', quantity: 'ammonia', at: stampAt(tS), value, unit: 'ppm', u: null },
  ...{ flags: [], calibration: null },
});
/** Which rules were on, second by second: clean air, then ten ppm from 20 s to 60 s, taken for `p`. */
const onBy = (p: readonly number[] | undefined, runs: ActiveModel | null, size: number): string[] => {
  const line = judging({
    section,
    model: runs,
    grounded: null,
    moves: false,
    detected: detect(section.rules, null, []),
  });
  let state = { channels: {}, taken: freshTaken, flight: null, detect: {}, grounds: freshGrounds() };
  const on = new Set<string>();
  for (let from = 0; from < 70; from += size) {
    const seconds = Array.from({ length: size }, (_, i) => from + i);
    const measurements = seconds.map((s) => measured(s >= 20 && s < 60 ? 10 : 1, s));
    const words = seconds.flatMap((s): Word[] => (p ? [{ one: { at: stampAt(s) } as Word['one'], p }] : []));
    const done = line.judge(state, measurements, { looks: [], words });
    state = { ...state, channels: done.channels, taken: done.taken, detect: done.memory };
    for (const {
      rule: { kind },
      look,
      active: isOn,
    } of done.judgements)
      if (isOn) on.add(`${kind} ${look.at.monoNs / 1e9}`);
  }
  return [...on];
};
const kindsOf = (on: readonly string[]): string[] => [...new Set(on.map((one) => one.split(' ')[0] ?? ''))];

test('in the line a change raises as what it is taken for, an interferent raises nothing, and without a model it is unknown', (t) => {
  t.deepEqual(kindsOf(onBy(gas, asked, 1)), ['is-target']);
  t.deepEqual(kindsOf(onBy(lorry, asked, 1)), []);
  t.deepEqual(kindsOf(onBy(air, asked, 1)), ['is-unknown']);
  t.deepEqual(kindsOf(onBy(undefined, null, 1)), ['is-unknown']);
});

test('in batches of any size a change is taken for the same thing at the same moment', (t) => {
  for (const p of [gas, lorry, air])
    for (const size of [2, 7, 35, 70]) t.deepEqual(onBy(p, asked, size), onBy(p, asked, 1));
});
