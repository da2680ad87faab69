import test from 'ava';
import fc from 'fast-check';
import {
  bumpLimits,
  judgeAdjustment,
  judgeBump,
  judgeCheck,
  levelsOf,
} from '../../../daemons/core/calibration/judge.ts';
import { type Exposure, responseOf } from '../../../daemons/core/calibration/response.ts';

const tolerances = { tolerance: 0.1, zeroTolerance: 0.5, unit: 'ppm' };
const point = (applied: number, shown: number) => ({
  applied,
  uApplied: 0,
  read: shown,
  uRead: 0,
  shown,
  uShown: null,
});

/** A first-order answer with the given T90, gas for `onS` and then clean air as long. */
function exposure(t90S: number, { from = 0, to = 25, onS = 6 * t90S, everyMs = 500 } = {}): Exposure {
  const tau = t90S / Math.log(10);
  const answers = Array.from({ length: Math.floor((2 * onS * 1000) / everyMs) }, (_, i) => {
    const s = (i * everyMs) / 1000;
    const reached = to + (from - to) * Math.exp(-onS / tau);
    const value =
      s < onS ? to + (from - to) * Math.exp(-s / tau) : from + (reached - from) * Math.exp(-(s - onS) / tau);
    return { atMs: i * everyMs, value };
  });
  return { base: from, gasOnMs: 0, gasOffMs: onS * 1000, answers };
}

test('of a first-order answer T90 and T10 are found, at any base, height and pace', (t) => {
  const s = fc.double({ min: 5, max: 300, noNaN: true });
  fc.assert(
    fc.property(
      s,
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.double({ min: 1, max: 500, noNaN: true }),
      (t90S, from, rise) => {
        const { peak, t90S: up, t10S: down } = responseOf(exposure(t90S, { from, to: from + rise }));
        t.true(Math.abs((up ?? 0) - t90S) < 0.02 * t90S + 0.5, `T90 ${up} of ${t90S}`);
        t.true(Math.abs((down ?? 0) - t90S) < 0.02 * t90S + 0.5, `T10 ${down} of ${t90S}`);
        t.true(Math.abs(peak - from - rise) < 0.001 * rise);
      },
    ),
    { numRuns: 50 },
  );
});

test('a channel that does not answer has no T90, and one that stays up no T10', (t) => {
  const flat = [0, 1, 2, 3].map((s) => ({ atMs: 1000 * s, value: 1 }));
  t.deepEqual(responseOf({ base: 1, gasOnMs: 0, gasOffMs: 2000, answers: flat }), { peak: 1, t90S: null, t10S: null });
  const up = exposure(10);
  t.is(responseOf({ ...up, gasOffMs: null }).t10S, null);
});

test('a check passes within its tolerance and says what was off', (t) => {
  t.deepEqual(judgeCheck([point(0, 0.4), point(25, 27.5)], tolerances), { verdict: 'passed', reasons: [] });
  const { verdict, reasons } = judgeCheck([point(0, 0.6), point(25, 22.4)], tolerances);
  t.is(verdict, 'failed');
  t.is(reasons.length, 2);
  t.regex(reasons[1] ?? '', /22\.40 ppm was shown for 25 ppm; may be off by 10 %/);
  t.is(judgeCheck([], tolerances).verdict, 'failed');
});

const good = {
  applied: 25,
  unit: 'ppm',
  alarmAt: 10,
  alarmTripped: true,
  response: { peak: 24, t90S: 20, t10S: 30 },
  commissionedT90S: 18,
  limits: bumpLimits,
};

test('a bump passes when gas arrives in time and the alarm trips', (t) => {
  t.deepEqual(judgeBump(good), { verdict: 'passed', reasons: [] });
  t.is(judgeBump({ ...good, alarmAt: null, alarmTripped: false, commissionedT90S: null }).verdict, 'passed');
});

const failures = [
  ['too weak', { response: { ...good.response, peak: 17 } }, /must be 70 % to 130 %/],
  ['too strong', { response: { ...good.response, peak: 33 } }, /must be 70 % to 130 %/],
  ['too slow', { response: { ...good.response, t90S: 27.1 } }, /T90 was 27\.1 s/],
  ['no gas', { response: { ...good.response, t90S: null } }, /did not arrive/],
  ['no recovery', { response: { ...good.response, t10S: null } }, /did not recover/],
  ['a silent alarm', { alarmTripped: false }, /did not trip/],
  ['a gas weaker than the alarm', { alarmTripped: false, alarmAt: 30 }, /weaker than the alarm/],
] as const;
for (const [name, change, why] of failures)
  test(`a bump fails with its reason: ${name}`, (t) => {
    const { verdict, reasons } = judgeBump({ ...good, ...change });
    t.is(verdict, 'failed');
    t.regex(reasons.join(), why);
  });

test('levels are distinct concentrations above zero gas', (t) => {
  t.is(levelsOf([point(0, 0), point(25, 25)], []), 1);
  t.is(levelsOf([point(0, 0), point(25, 25)], [point(26, 26)]), 1);
  t.is(levelsOf([point(0, 0), point(25, 25)], [point(12, 12)]), 2);
});

test('a change of gain alone needs a second level, and what is left must agree', (t) => {
  t.regex(judgeAdjustment({ points: [point(25, 25)], asLeft: [] }, tolerances).reasons[0] ?? '', /second level/);
  t.is(judgeAdjustment({ points: [point(25, 25)], asLeft: [point(10, 10.5)] }, tolerances).verdict, 'passed');
  t.is(judgeAdjustment({ points: [point(25, 25)], asLeft: [point(10, 17)] }, tolerances).verdict, 'failed');
  t.is(judgeAdjustment({ points: [point(0, 0), point(25, 25)], asLeft: [] }, tolerances).verdict, 'passed');
});
