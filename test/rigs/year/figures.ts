/** What a year must be held to: every line of it can fail. Pure. */
import type { Figure } from '../../bench/figure.ts';
import { calendar, slopeAMonth, type Wish } from './calendar.ts';
import type { Look } from './measured.ts';
import type { Year } from './run.ts';

const mega = 1e6;

/** What grows, a month of the last half of a year, or from the first look to the last of some weeks: reach in the unit of the figure. */
const growing = [
  // Of one process that runs box and centre together. Node's heap moves by some megabytes by itself.
  { id: 'rss', of: ({ rss }: Look) => rss / mega, unit: 'MB a month', most: 3, inWeeks: 150 },
  { id: 'heap', of: ({ heap }: Look) => heap / mega, unit: 'MB a month', most: 0.5, inWeeks: 8 },
  { id: 'fds', of: ({ descriptors }: Look) => descriptors, unit: 'a month', most: 0.5, inWeeks: 25 },
  { id: 'timers', of: ({ timers }: Look) => timers, unit: 'a month', most: 0.5, inWeeks: 10 },
] as const;

/** What a store or a journal is given a month may not rise: in the last half beside the whole. */
const steady = [
  { id: 'db', of: ({ store }: Look) => store, what: 'bytes of the central store' },
  { id: 'log', of: ({ log }: Look) => log, what: 'bytes of logs' },
] as const;
const mostRise = 1.25;

const most = (looks: readonly Look[], of: (look: Look) => number): number =>
  looks.length === 0 ? Number.NaN : Math.max(...looks.map(of));

export function yearFigures(wish: Wish, year: Year): Figure[] {
  const { looks, received, releases, beats, late } = year;
  const plan = calendar(wish);
  const figure = (id: string, value: number | null, unit: string, reach: string, ok: boolean, note = ''): Figure => ({
    ...{ id: `soak.year.${id}`, value, unit, reach, ok, note },
    baseline: null,
    ratio: null,
  });
  const points = (of: (look: Look) => number): (readonly [number, number])[] =>
    looks.map((look) => [look.wallMs, of(look)] as const);
  const { gone, events, waiting } = received;
  const lost = (gone.alert ?? 0) + (gone.event ?? 0) + waiting + Math.max(0, releases - received.raised);
  const doubled = received.twice + received.conflicts + Math.max(0, received.raised - releases);
  const renewals = Math.floor((wish.days / ((wish.certificateDays * 2) / 3)) * 0.8);
  const last = looks.at(-1);
  const ended = received.firstExpiredMs;
  const wellTold =
    ended !== null &&
    (received.lastValidMs ?? Number.POSITIVE_INFINITY) < ended &&
    ended >= plan.calibratedUntilMs &&
    received.expired > 0;
  const shed = gone.tele ?? 0;
  const atOddMoments = plan.odd.filter(
    (at) => received.beganMs.filter((began) => began >= at - plan.beatMs && began < at + 8 * plan.beatMs).length === 1,
  ).length;
  return [
    figure(
      'lost',
      lost,
      'envelopes',
      '0',
      lost === 0,
      `${releases} releases, ${received.raised} alerts; telemetry apart`,
    ),
    figure('doubled', doubled, 'effects', '0', doubled === 0),
    figure('cleared', received.cleared, 'alerts', `${releases}`, received.cleared === releases),
    figure('late', late / beats, 'of the looks', '<= 0.01', late / beats <= 0.01, `${beats} looks at all sensors`),
    figure('unreadable', received.quarantined, 'messages', '0', received.quarantined === 0),
    ...growing.map(({ id, of, unit, most: limit, inWeeks }) => {
      const from = looks[0] === undefined ? Number.NaN : of(looks[0]);
      const to = last === undefined ? Number.NaN : of(last);
      const note = `from ${from.toFixed(1)} to ${to.toFixed(1)}`;
      // In some weeks there is no half without a beginning: what is opened once, such as the spool of the uplink, is in both.
      if (wish.days < 300)
        return figure(id, to - from, unit.replace(' a month', ''), `<= ${inWeeks}`, to - from <= inWeeks, note);
      const slope = slopeAMonth(points(of));
      return figure(id, slope, unit, `<= ${limit}`, slope <= limit, note);
    }),
    ...steady.map(({ id, of, what }) => {
      const slope = slopeAMonth(points(of));
      const whole = last === undefined ? Number.NaN : of(last) / ((last.wallMs - plan.startMs) / (30 * 86_400_000));
      return figure(
        id,
        slope / whole,
        'of the whole',
        `<= ${mostRise}`,
        slope <= mostRise * whole,
        `${Math.round(slope)} ${what} a month of the last half`,
      );
    }),
    figure(
      'spool',
      most(looks, ({ spool }) => spool) / mega,
      'MB',
      '<= 25',
      most(looks, ({ spool }) => spool) <= 25 * mega,
      'the most that the spools of the box took, reserve of 10 MB included',
    ),
    figure(
      'box',
      (last?.box ?? Number.NaN) / mega,
      'MB',
      '<= 30',
      (last?.box ?? Number.NaN) <= 30 * mega,
      'state folder of the box at the end',
    ),
    figure(
      'rotation',
      events['certificate-renewed'] ?? 0,
      'renewals',
      `>= ${renewals}`,
      (events['certificate-renewed'] ?? 0) >= renewals,
    ),
    figure(
      'expiry',
      received.expired,
      'alerts',
      '> 0, none before',
      wellTold,
      'alerts of an ended calibration are raised, and say so',
    ),
    figure(
      'retention',
      received.overdue,
      'alerts',
      '0, and some forgotten',
      received.overdue === 0 && received.retained > 0,
      `${received.retained} reduced at 30 days`,
    ),
    figure(
      'folded',
      received.overdueTelemetry,
      'envelopes',
      '0, and some folded',
      received.overdueTelemetry === 0 && received.folded > 0,
      `telemetry that is older than 32 days and whole; of ${received.folded} the link alone is kept`,
    ),
    figure('chain', received.brokenLinks, 'links', '0', received.brokenLinks === 0, 'of all that the centre has'),
    figure(
      'odd',
      atOddMoments,
      'of the odd moments',
      `${plan.odd.length}`,
      atOddMoments === plan.odd.length,
      'clocks changed, a year or a leap day began: one release, one alert',
    ),
    figure(
      'shed',
      shed,
      'envelopes of telemetry',
      wish.days >= 365 ? '> 0' : '-',
      wish.days < 365 || shed > 0,
      '50 days without a broker over a limit of 40',
    ),
  ];
}
