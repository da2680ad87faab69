import test from 'ava';
import type { CalibrationRecord, Unsealed } from '../../../daemons/core/ports/calibrations.ts';
import { sortieSection } from '../../../daemons/core/sortie/section.ts';
import { postFlight, preFlight } from '../../../daemons/dock/sortie/checks.ts';
import { adjustmentOf, bumpOf, checkOf } from '../../support/calibration-records.ts';

const nowMs = 1_790_000_000_000;
const hour = 3_600_000;
const section = sortieSection.parse({
  payload: ['SN-1'],
  zeroShift: { ammonia: 1 },
  flowMlMin: { least: 400, most: 600 },
});
const clock = { wallMs: nowMs, uncertaintyMs: 100 };
const zero = (shown: number) => [{ applied: 0, uApplied: 0.01, read: shown, uRead: 0.03, shown, uShown: 0.1 }];
const sealed = (...all: readonly Unsealed[]): CalibrationRecord[] =>
  all.map((one) => ({ ...one, seal: null }) as CalibrationRecord);
const check = (id: string, agoH: number, shown: number) =>
  checkOf(id, { atMs: nowMs - agoH * hour, points: zero(shown) });
const bump = (agoH: number) => bumpOf('b-1', { atMs: nowMs - agoH * hour });

test('a payload with a young zero and bump, flow and clock is fit', (t) => {
  const fit = preFlight(sealed(check('c-1', 2, 0.2), bump(3)), clock, section);
  t.deepEqual(fit.lacks, []);
  t.like(fit, { bumpAgeH: 3, flowMlMin: 500, clockMs: 100 });
  t.like(fit.zeros[0], { record: 'c-1', shown: 0.2, ageH: 2 });
});

test('an adjustment tells its zero through its own fit', (t) => {
  const [one] = preFlight(sealed(adjustmentOf('a-1', { atMs: nowMs - hour }), bump(1)), clock, section).zeros;
  t.true(Math.abs((one?.shown ?? 9) - 0) < 1e-9);
});

const lacking: Readonly<Record<string, readonly [readonly CalibrationRecord[], RegExp, object?]>> = {
  'no record at all': [[], /this box has no record/],
  'an old zero': [sealed(check('c-1', 13, 0), bump(1)), /13.0 h ago, 12 h/],
  'an old bump': [sealed(check('c-1', 1, 0), bump(25)), /25.0 h ago, 24 h/],
  'no bump': [sealed(check('c-1', 1, 0)), /bump failed, or there is none/],
  'a bump that failed': [
    sealed(check('c-1', 1, 0), bumpOf('b-1', { atMs: nowMs - hour, verdict: 'failed' })),
    /bump failed/,
  ],
  'a check of span gas alone': [sealed(checkOf('c-1', { atMs: nowMs - hour }), bump(1)), /saw no zero/],
  'a check that failed': [
    sealed(checkOf('c-1', { atMs: nowMs - hour, points: zero(0), verdict: 'failed' }), bump(1)),
    /failed/,
  ],
  'a zero of a time to come': [sealed(check('c-1', -1, 0), bump(1)), /time to come/],
  'no flow measured': [
    sealed(checkOf('c-1', { atMs: nowMs - hour, points: zero(0), conditions: null }), bump(1)),
    /not measured/,
  ],
  'a clock without a bound': [sealed(check('c-1', 1, 0), bump(1)), /known within no ms/, { uncertaintyMs: null }],
  'a quantity without a limit': [
    sealed(check('c-1', 1, 0), bump(1)).map((one) => ({ ...one, quantity: 'vapour' })),
    /zeroShift\.vapour/,
  ],
};

for (const [name, [records, says, other]] of Object.entries(lacking))
  test(`not fit: ${name}`, (t) => {
    const { lacks } = preFlight(records, { ...clock, ...other }, section);
    t.true(
      lacks.some((one) => says.test(one)),
      lacks.join('\n'),
    );
  });

test('after the landing the first zero counts, against the one before the flight', (t) => {
  const records = sealed(check('before', 2, 0.2), check('after', 0.5, 1.4), check('later', 0.2, 0.1));
  const { shifts, lacks } = postFlight(records, nowMs - hour, section);
  t.deepEqual(lacks, []);
  t.like(shifts[0], { record: 'after', since: 'before', before: 0.2, after: 1.4, isBeyond: true });
});

test('without zero gas since the landing nothing is checked', (t) => {
  const { shifts, lacks } = postFlight(sealed(check('before', 2, 0.2)), nowMs - hour, section);
  t.deepEqual(shifts, []);
  t.true(lacks[0]?.includes('no zero gas was given to it since the landing'));
});
