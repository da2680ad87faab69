import test from 'ava';
import { runStep } from '../../../daemons/core/flow/scan.ts';
import type { Alert } from '../../../daemons/core/values/alert.ts';
import type { Measurement } from '../../../daemons/core/values/measurement.ts';
import { type AlertState, alert } from '../../../daemons/gas/alert.ts';
import { type DetectState, detect, type Judgement, type Look, type Rule } from '../../../daemons/gas/detect.ts';
import { type ChannelsState, channel } from '../../../daemons/gas/detection/channels.ts';
import { stampAt } from '../../support/readings.ts';

const change = {
  baseline: { blockSamples: 5, blocks: 10, learnBlocks: 2, quantile: 0.5, up: 0.5, down: 1, leastSpread: 0.1 },
  of: 4,
  least: 3,
};
const one = (value: number | null, tS: number, flags: Measurement['flags'] = []): Measurement => ({
  sensor: 'nh3',
  quantity: 'ammonia',
  at: stampAt(tS),
  value,
  unit: 'ppm',
  u: null,
  flags,
  calibration: null,
});

test('a technician at work, blind air and a detection leave the baseline as it is', (t) => {
  const levelAfter = (flags: Measurement['flags'], active: boolean): number | null | undefined => {
    let state: ChannelsState = {};
    for (let i = 0; i < 20; i++) [state] = channel(state, one(1, i), false, change);
    for (let i = 20; i < 80; i++) [state] = channel(state, one(9, i, flags), active, change);
    return state.ammonia?.baseline.level;
  };
  t.is(levelAfter(['inhibited'], false), 1);
  t.is(levelAfter(['not-measured'], false), 1);
  t.is(levelAfter([], true), 1);
  t.true((levelAfter([], false) ?? 0) > 1);
});

const rule = (kind: string, more: Partial<Rule>): Rule => ({
  kind,
  family: 'evidence',
  severity: 'warning',
  on: 8,
  off: 4,
  raiseAfter: 1,
  clearAfter: 1,
  ...more,
});
const rules = [
  rule('ammonia', { principle: 'electrochemical', gas: 'ammonia', budgetPerHour: 0.01 }),
  rule('array', { principle: 'metal-oxide' }),
  rule('acetone', { principle: 'photo-ionisation', gas: 'acetone' }),
];
const look = (kind: string, score: number, tS: number): Look => ({
  kind,
  at: stampAt(tS),
  score,
  model: null,
  evidence: [],
  flags: [],
});

function alerts(looks: readonly Look[], context: readonly 'livestock'[] = []): Alert[] {
  const [, judged] = runStep<DetectState, Look, Judgement>(detect(rules, null, context), {}, looks);
  return runStep<AlertState, Judgement, Alert>(
    alert({ device: 'post-1', where: null, heldEveryMs: 5000 }),
    {},
    judged,
  )[1];
}

test('an alert is corroborated by a rule of another principle that is on, and says by which', (t) => {
  const [alone] = alerts([look('ammonia', 9, 0)]);
  t.is(alone?.certainty, 'indication');
  t.true(alone?.because.rule.endsWith('; 0.01 false alarms per hour expected; one principle, one pass'));
  const [, second] = alerts([look('array', 9, 0), look('ammonia', 9, 1)]);
  t.is(second?.certainty, 'corroborated');
  t.true(second?.because.rule.endsWith('two principles: electrochemical, metal-oxide'));
});

test('a rule for another gas corroborates nothing', (t) => {
  t.is(alerts([look('acetone', 9, 0), look('ammonia', 9, 1)])[1]?.certainty, 'indication');
});

test('what stands nearby lowers the claim and is named, and the alert is raised all the same', (t) => {
  const all = alerts([look('array', 9, 0), look('ammonia', 9, 1)], ['livestock']);
  t.is(all.length, 2);
  t.is(all[1]?.certainty, 'indication');
  t.true(all[1]?.because.rule.endsWith('livestock nearby'));
});
