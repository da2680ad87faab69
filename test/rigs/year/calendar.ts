/** What happens to a post in a year, as data: releases of gas, months without a broker, and the days that clocks get wrong. Pure. */

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export interface Calendar {
  readonly startMs: number;
  readonly endMs: number;
  /** Time between two looks at the sensors, and how many are left out at once where nothing happens. */
  readonly beatMs: number;
  readonly quietBeats: number;
  /** Without a broker from, until. */
  readonly away: readonly [number, number];
  /** When the calibration of the analyzer ends. */
  readonly calibratedUntilMs: number;
  readonly certificateDays: number;
  /** When gas is released, in order; each lasts eight beats and is over long before the next. */
  readonly releases: readonly number[];
  /** Of these, the ones at a moment that clocks get wrong. */
  readonly odd: readonly number[];
}

/**
 * Releases every few days at noon, and at the moments that clocks get wrong in Europe: summer time ends at 01:00 UTC on 31 October
 * 2027, the year changes, 29 February 2028 begins and ends, summer time begins at 01:00 UTC on 26 March 2028.
 */
const oddMoments = [
  '2027-10-31T00:30Z',
  '2027-12-31T23:00Z',
  '2028-02-28T23:30Z',
  '2028-02-29T23:30Z',
  '2028-03-26T00:30Z',
].map((text) => Date.parse(text));

export interface Wish {
  readonly from: string;
  readonly days: number;
  readonly beatMs: number;
  readonly quietBeats: number;
  readonly releaseEveryDays: number;
  /** Days of the run, from and until. */
  readonly away: readonly [number, number];
  readonly calibratedDays: number;
  /** Life of a box's certificate: it is renewed at two thirds of it. */
  readonly certificateDays: number;
  /** Memory, files and the store are looked at after so many days, again and again. */
  readonly lookDays: number;
}

/** From September on, so that both changes of the clock, a new year and a leap day lie in it. */
export const wholeYear: Wish = {
  from: '2027-09-01T00:00Z',
  days: 365,
  beatMs: 60 * minuteMs,
  quietBeats: 24,
  releaseEveryDays: 12,
  away: [140, 190],
  calibratedDays: 120,
  certificateDays: 90,
  lookDays: 15,
};
/** Five weeks with a leap day, the beginning of summer time and two renewals, looked at rarely: for `npm test`. */
export const fewLooks: Wish = {
  from: '2028-02-22T00:00Z',
  days: 35,
  beatMs: 60 * minuteMs,
  quietBeats: 12,
  releaseEveryDays: 9,
  away: [17, 20],
  calibratedDays: 20,
  certificateDays: 18,
  lookDays: 6,
};
/** Some weeks with a leap day and the beginning of summer time, long enough for what the centre forgets after 30 days. */
export const oddWeeks: Wish = {
  from: '2028-02-19T00:00Z',
  days: 45,
  beatMs: 60 * minuteMs,
  quietBeats: 1,
  releaseEveryDays: 3,
  away: [24, 28],
  calibratedDays: 15,
  certificateDays: 30,
  lookDays: 5,
};

const longBeats = 24;

export function calendar(wish: Wish): Calendar {
  const { from, days, beatMs, quietBeats, releaseEveryDays, away, calibratedDays, certificateDays } = wish;
  const startMs = Date.parse(from);
  const endMs = startMs + days * dayMs;
  // Eight beats of gas, and as many until the alert is over.
  const longMs = longBeats * beatMs;
  const odd = oddMoments
    .filter((at) => at > startMs && at + longMs < endMs)
    // Where looks are far apart, one release goes on through both ends of the leap day.
    .filter((at, i, all) => i === 0 || at - (all[i - 1] ?? 0) >= longMs);
  const usual = Array.from(
    { length: Math.floor(days / releaseEveryDays) },
    (_, i) => startMs + (releaseEveryDays * i + 0.5) * dayMs,
  );
  const releases = [...odd, ...usual.filter((at) => odd.every((other) => Math.abs(at - other) > longMs))]
    .filter((at) => at + longMs < endMs)
    .sort((one, other) => one - other);
  return {
    startMs,
    endMs,
    beatMs,
    quietBeats,
    away: [startMs + away[0] * dayMs, startMs + away[1] * dayMs],
    calibratedUntilMs: startMs + calibratedDays * dayMs,
    certificateDays,
    releases,
    odd,
  };
}

/** Whether gas is at the inlet at that moment. */
export const isReleased = ({ releases, beatMs }: Calendar, atMs: number): boolean =>
  releases.some((from) => atMs >= from && atMs < from + 8 * beatMs);

/** How many beats from here to the next look: one around a release, and never past the beginning of the next. */
export function beatsAhead({ releases, beatMs, quietBeats }: Calendar, atMs: number): number {
  if (releases.some((from) => atMs >= from - beatMs && atMs < from + longBeats * beatMs)) return 1;
  const next = releases.find((from) => from > atMs) ?? Number.POSITIVE_INFINITY;
  return Math.max(1, Math.min(quietBeats, Math.floor((next - atMs) / beatMs) - 1));
}

/** Slope of a straight line through the last half of the points, in units of y a month of 30 days. Needs two points there. */
export function slopeAMonth(points: readonly (readonly [atMs: number, y: number])[]): number {
  const half = points.slice(Math.floor(points.length / 2));
  const mean = (pick: 0 | 1): number => half.reduce((sum, one) => sum + one[pick], 0) / half.length;
  const [meanT, meanY] = [mean(0), mean(1)];
  const spread = half.reduce((sum, [t]) => sum + (t - meanT) ** 2, 0);
  return (half.reduce((sum, [t, y]) => sum + (t - meanT) * (y - meanY), 0) / spread) * 30 * dayMs;
}
