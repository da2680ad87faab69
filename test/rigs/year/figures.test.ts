/** What a year of a post is held to, on arrays; the year itself is `npm run soak -- --year`. */
import test from 'ava';
import { beatsAhead, calendar, dayMs, isReleased, slopeAMonth, wholeYear } from './calendar.ts';
import { yearFigures } from './figures.ts';
import type { Look } from './measured.ts';
import type { Year } from './run.ts';

test('the calendar has a leap day, two changes of the clock, a new year and a release at each', (t) => {
  const { startMs, endMs, releases, away } = calendar(wholeYear);
  for (const odd of ['2027-10-31T01:00Z', '2028-01-01T00:00Z', '2028-02-29T00:00Z', '2028-03-26T01:00Z'])
    t.true(isReleased(calendar(wholeYear), Date.parse(odd)), odd);
  t.is((endMs - startMs) / dayMs, 365);
  t.true(away[0] < Date.parse('2028-02-29') && away[1] > Date.parse('2028-03-01'));
  // Each is over before the next begins.
  t.true(releases.slice(1).every((at, i) => at - (releases[i] ?? 0) >= 24 * wholeYear.beatMs));
});

test('quiet time is passed in strides that never reach into a release', (t) => {
  const plan = calendar(wholeYear);
  let beats = 0;
  for (let at = plan.startMs; at < plan.endMs; beats++) {
    const to = at + beatsAhead(plan, at) * plan.beatMs;
    const passed = plan.releases.filter((from) => from > at && from < to - plan.beatMs);
    t.deepEqual(passed, [], new Date(at).toISOString());
    if (isReleased(plan, at)) t.is(to, at + plan.beatMs);
    at = to;
  }
  t.true(beats < 1500, `${beats}`);
});

test('a slope is that of the last half', (t) => {
  const points = Array.from({ length: 24 }, (_, i) => [i * 15 * dayMs, i < 12 ? 1000 * i : 500 + i] as const);
  t.true(Math.abs(slopeAMonth(points) - 2) < 1e-9);
});

/** A year without a fault. */
function good(): Year {
  const { startMs, calibratedUntilMs, releases, odd } = calendar(wholeYear);
  const looks = Array.from(
    { length: 24 },
    (_, i): Look => ({
      ...{
        wallMs: startMs + (i + 1) * 15 * dayMs,
        heap: 40e6,
        rss: 200e6,
        descriptors: 70,
        timers: 12,
        box: 13e6,
        spool: 12e6,
      },
      ...{ store: 1e6 * (i + 1), texts: {}, log: 1e4 * (i + 1) },
    }),
  );
  return {
    ...{ looks, releases: releases.length, late: 0, beats: 35_000, lines: {}, seconds: 1 },
    received: {
      ...{ waiting: 0, gone: { tele: 9 }, raised: releases.length, twice: 0, expired: 80, cleared: releases.length },
      ...{ firstExpiredMs: calibratedUntilMs + 1, lastValidMs: calibratedUntilMs - 1, retained: 100, overdue: 0 },
      ...{ beganMs: odd.map((at) => at + 60_000), overdueTelemetry: 0, folded: 900, brokenLinks: 0 },
      ...{ conflicts: 0, quarantined: 0, events: { 'certificate-renewed': 6 } },
    },
  };
}
const missedOf = (year: Year): string[] =>
  yearFigures(wholeYear, year)
    .filter(({ ok }) => !ok)
    .map(({ id }) => id.replace('soak.year.', ''));

test('each condition of a year can fail, and a year without a fault fails none', (t) => {
  const year = good();
  const { received, looks } = year;
  const told = (change: Partial<Year['received']>): string[] =>
    missedOf({ ...year, received: { ...received, ...change } });
  const grown = (change: (look: Look, i: number) => Partial<Look>): string[] =>
    missedOf({ ...year, looks: looks.map((look, i) => ({ ...look, ...change(look, i) })) });
  t.deepEqual(missedOf(year), []);
  t.deepEqual(told({ waiting: 1 }), ['lost']);
  t.deepEqual(told({ gone: { tele: 1, alert: 1 } }), ['lost']);
  t.deepEqual(told({ raised: received.raised - 1 }), ['lost']);
  t.deepEqual(told({ raised: received.raised + 1 }), ['doubled']);
  t.deepEqual(told({ twice: 1 }), ['doubled']);
  t.deepEqual(told({ cleared: 3 }), ['cleared']);
  t.deepEqual(told({ quarantined: 1 }), ['unreadable']);
  t.deepEqual(told({ overdue: 1 }), ['retention']);
  t.deepEqual(told({ overdueTelemetry: 1 }), ['folded']);
  t.deepEqual(told({ folded: 0 }), ['folded']);
  t.deepEqual(told({ brokenLinks: 1 }), ['chain']);
  t.deepEqual(told({ beganMs: received.beganMs.slice(1) }), ['odd']);
  t.deepEqual(told({ beganMs: [...received.beganMs, ...received.beganMs.slice(1)] }), ['odd']);
  t.deepEqual(told({ events: {} }), ['rotation']);
  t.deepEqual(told({ gone: {} }), ['shed']);
  t.deepEqual(told({ lastValidMs: (received.firstExpiredMs ?? 0) + 1 }), ['expiry']);
  t.deepEqual(missedOf({ ...year, late: 1000 }), ['late']);
  t.deepEqual(
    grown(({ rss }, i) => ({ rss: rss + i * 2e6 })),
    ['rss'],
  );
  t.deepEqual(
    grown(({ heap }, i) => ({ heap: heap + i * 3e5 })),
    ['heap'],
  );
  t.deepEqual(
    grown(({ descriptors }, i) => ({ descriptors: descriptors + i })),
    ['fds'],
  );
  t.deepEqual(
    grown(({ timers }, i) => ({ timers: timers + i })),
    ['timers'],
  );
  t.deepEqual(
    grown((_, i) => ({ store: 1e6 * i ** 2 })),
    ['db'],
  );
  t.deepEqual(
    grown((_, i) => ({ log: 1e4 * i ** 2 })),
    ['log'],
  );
  t.deepEqual(
    grown((_, i) => ({ spool: i === 3 ? 40e6 : 12e6 })),
    ['spool'],
  );
  t.deepEqual(
    grown(() => ({ box: 40e6 })),
    ['box'],
  );
});
