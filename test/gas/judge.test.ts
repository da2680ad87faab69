import test from 'ava';
import fc from 'fast-check';
import { runStep } from '../../daemons/core/flow/scan.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { Flag } from '../../daemons/core/values/flags.ts';
import { type AlertState, alert, revised } from '../../daemons/gas/alert.ts';
import { type DetectState, detect, type Judgement, type Look, type Rule } from '../../daemons/gas/detect.ts';
import { stampAt } from '../support/readings.ts';

const rule: Rule = {
  kind: 'vapour',
  family: 'evidence',
  severity: 'warning',
  on: 0.8,
  off: 0.4,
  raiseAfter: 3,
  clearAfter: 2,
};
const look = (score: number | null, seconds: number): Look => ({
  kind: 'vapour',
  at: stampAt(seconds),
  score,
  model: null,
  evidence: [],
  flags: [],
});
const detecting = detect([rule], null);
const alerting = alert({ device: 'post-1', where: null, heldEveryMs: 10_000 });

/** Scores that linger, as those of a plume do: uniform ones would almost never raise anything. */
const scored = fc.constantFrom(0.95, 0.95, 0.95, 0.85, 0.6, 0.2, 0.1);

function judge(
  scores: readonly (number | null)[],
  start: { detect: DetectState; alert: AlertState } = { detect: {}, alert: {} },
  from = 0,
) {
  const [d, judgements] = runStep<DetectState, Look, Judgement>(
    detecting,
    start.detect,
    scores.map((score, i) => look(score, from + i)),
  );
  const [a, alerts] = runStep<AlertState, Judgement, Alert>(alerting, start.alert, judgements);
  return { state: { detect: d, alert: a }, alerts, judgements };
}

test('an alert is raised after enough looks in a row, once, and cleared after enough below', (t) => {
  const { alerts } = judge([0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.9, 0.6, 0.3, 0.5, 0.3, 0.3, 0.3]);
  t.deepEqual(
    alerts.map((one) => [one.condition, one.rev, one.at.monoNs / 1e9]),
    [
      ['raised', 1, 5],
      ['cleared', 2, 11],
    ],
  );
  t.is(new Set(alerts.map((one) => one.id)).size, 1);
});

test('a score between off and on neither raises nor clears', (t) => {
  t.deepEqual(judge([0.5, 0.6, 0.7, 0.5, 0.6]).alerts, []);
  const open = judge([0.9, 0.9, 0.9]).state;
  t.deepEqual(judge([0.5, 0.6, 0.7, 0.5, 0.6], open, 3).alerts, []);
});

test('a gap neither raises nor clears, and does not break a run', (t) => {
  t.deepEqual(
    judge([0.9, null, 0.9, null, 0.9]).alerts.map((one) => one.condition),
    ['raised'],
  );
  const open = judge([0.9, 0.9, 0.9]).state;
  t.deepEqual(judge([null, null, null, null], open, 3).alerts, []);
});

test('an alert that goes on says so at its interval, with the highest score so far', (t) => {
  const { alerts } = judge([0.9, 0.9, 0.9, ...Array.from({ length: 21 }, (_, i) => (i === 4 ? 0.99 : 0.85))]);
  t.deepEqual(
    alerts.map((one) => [one.condition, one.rev]),
    [
      ['raised', 1],
      ['held', 2],
      ['held', 3],
    ],
  );
  t.is(alerts[1]?.because.peak, 0.99);
  t.is(alerts[1]?.because.score, 0.85);
});

test('state that went through JSON goes on with the same alert and the next revision', (t) => {
  const before = judge([0.9, 0.9, 0.9]);
  const recalled = JSON.parse(JSON.stringify(before.state)) as typeof before.state;
  const after = judge([0.1, 0.1], recalled, 3);
  t.deepEqual(
    after.alerts.map((one) => [one.id, one.condition, one.rev]),
    [[before.alerts[0]?.id, 'cleared', 2]],
  );
});

test('cutting the looks anywhere and going on from the recalled state changes nothing', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.option(fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 60 }),
      fc.nat(60),
      (scores, at) => {
        const cut = Math.min(at, scores.length);
        const whole = judge(scores).alerts;
        const first = judge(scores.slice(0, cut));
        const second = judge(scores.slice(cut), JSON.parse(JSON.stringify(first.state)), cut);
        t.deepEqual([...first.alerts, ...second.alerts], whole);
      },
    ),
  );
});

test('every life of an alert is raised, then held any number of times, then cleared; revisions count from one', (t) => {
  fc.assert(
    fc.property(fc.array(scored, { minLength: 100, maxLength: 200 }), (scores) => {
      const lives = Map.groupBy(judge(scores).alerts, (one) => one.id);
      for (const life of lives.values()) {
        t.deepEqual(
          life.map((one) => one.rev),
          life.map((_, i) => i + 1),
        );
        const text = life.map((one) => one.condition[0]).join('');
        t.regex(text, /^rh*c?$/);
      }
    }),
  );
});

test('a wall clock that was set back does not silence an open alert', (t) => {
  const open = judge([0.9, 0.9, 0.9]).state;
  const back = { ...look(0.9, 4), at: { ...stampAt(4), wallMs: stampAt(0).wallMs - 14 * 86_400_000 } };
  const [, judgements] = runStep(detecting, open.detect, [back]);
  const [, alerts] = runStep(alerting, open.alert, judgements);
  t.deepEqual(
    alerts.map((one) => one.condition),
    ['held'],
  );
});

test('an alert never claims more than an indication', (t) => {
  t.true(judge([0.9, 0.9, 0.9, 0.1, 0.1]).alerts.every((one) => one.certainty === 'indication'));
});

test('an overdue calibration drops a claim to an indication, and the alert is raised all the same', (t) => {
  const two = { principles: ['electrochemical', 'metal-oxide'], windContrast: null, passes: 1, context: [] } as const;
  const claimed = (flags: readonly Flag[]): Alert | undefined => {
    const [, judgement] = detecting({}, { ...look(0.9, 0), flags });
    if (!judgement) return;
    const [, raised] = alerting({}, { ...judgement, active: true, grounds: { ...two, flags } });
    return raised;
  };
  t.like(claimed(['clock']), { condition: 'raised', certainty: 'corroborated' });
  t.like(claimed(['calibration-expired']), {
    condition: 'raised',
    certainty: 'indication',
    flags: ['calibration-expired'],
  });
});

test('an open alert that a failed check marked goes on behind that revision, with the mark', (t) => {
  const { state, alerts } = judge([0.9, 0.9, 0.9]);
  const others = alerts.map((one) => ({ ...one, rev: 7 }));
  const marked = { ...state, alert: revised(state.alert, others, 'check-failed') };
  const after = judge([0.95, 0.1, 0.1], marked, 60).alerts;
  t.deepEqual(
    after.map(({ condition, rev, flags }) => [condition, rev, flags]),
    [
      ['held', 8, ['check-failed']],
      ['cleared', 9, ['check-failed']],
    ],
  );
  t.deepEqual(revised(state.alert, [], 'check-failed'), state.alert);
});

test('where nothing is measured a low score clears nothing, and a high one still raises', (t) => {
  const blind = (score: number, s: number): Look => ({ ...look(score, s), flags: ['not-measured'] });
  const states = (looks: readonly Look[]): boolean[] =>
    runStep<DetectState, Look, Judgement>(detecting, {}, looks)[1].map(({ active }) => active);
  const raised = [0, 1, 2].map((s) => look(0.9, s));
  t.true(states([...raised, ...[3, 4, 5, 6].map((s) => blind(0, s))]).at(-1));
  t.false(states([...raised, ...[3, 4].map((s) => look(0, s))]).at(-1));
  t.true(states([0, 1, 2].map((s) => blind(0.9, s))).at(-1));
  t.true(states([look(0.9, 0), look(0.9, 1), blind(0, 2), look(0.9, 3)]).at(-1), 'a gap does not break a run');
});
