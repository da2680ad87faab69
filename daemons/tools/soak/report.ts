/** What a long run of a box was, from looks at it: figures and sentences, and nothing that says where it stood or who was there. Pure. */
import { throttledBits } from '../../core/fleet/throttled.ts';

export interface DaemonLook {
  readonly name: string;
  readonly pid: number;
  /** In ticks since the boot: with the pid it names one life of a process. */
  readonly started: number;
  /** Null where the kernel does not tell us: another user's process, for example. */
  readonly rssBytes: number | null;
  readonly pssBytes: number | null;
  readonly descriptors: number | null;
  readonly writtenBytes: number | null;
}
export interface SpoolLook {
  readonly name: string;
  readonly waiting: number | null;
  /** How long nothing was committed. */
  readonly silentMs: number;
}
export interface Look {
  readonly atMs: number;
  readonly daemons: readonly DaemonLook[];
  readonly spools: readonly SpoolLook[];
  readonly celsius: number | null;
  readonly throttled: number | null;
  readonly deviceBytes: number | null;
}

export interface Range {
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** Of a straight line through the last half, per day. */
  readonly perDay: number;
}
export interface DaemonReport {
  readonly name: string;
  /** Lives after the first. */
  readonly restarts: number;
  /** Looks at which it was not there, after it had been. */
  readonly away: number;
  readonly rssMb: Range | null;
  readonly pssMb: Range | null;
  readonly descriptors: Range | null;
  readonly writtenMbPerDay: number | null;
}
export interface Report {
  readonly version: string;
  readonly machine: string;
  readonly hours: number;
  readonly looks: number;
  readonly daemons: readonly DaemonReport[];
  readonly spools: readonly {
    readonly name: string;
    readonly mostWaiting: number | null;
    readonly gaps: number;
    readonly longestGapS: number;
  }[];
  readonly celsius: Range | null;
  /** What the firmware of a Raspberry Pi ever said, in words. */
  readonly throttled: readonly string[] | null;
  readonly deviceMbPerDay: number | null;
}

const mega = 1e6;
const dayMs = 86_400_000;
/** A gas daemon commits at least a health event a minute: after two without any something stood still. */
export const gapMs = 150_000;

type Point = readonly [atMs: number, value: number];
const pointsOf = <T>(some: readonly T[], at: (one: T) => number, value: (one: T) => number | null): Point[] =>
  some.flatMap((one) => {
    const found = value(one);
    return found === null ? [] : [[at(one), found] as const];
  });

function rangeOf(points: readonly Point[]): Range | null {
  const [first, last] = [points[0]?.[1], points.at(-1)?.[1]];
  if (first === undefined || last === undefined) return null;
  return { first, last, most: Math.max(...points.map(([, value]) => value)), perDay: slopePerDay(points) };
}

function slopePerDay(points: readonly Point[]): number {
  const half = points.slice(points.length >> 1);
  const mean = (pick: 0 | 1): number => half.reduce((sum, one) => sum + one[pick], 0) / half.length;
  const [meanT, meanY] = [mean(0), mean(1)];
  const spread = half.reduce((sum, [t]) => sum + (t - meanT) ** 2, 0);
  return spread === 0 ? 0 : (half.reduce((sum, [t, y]) => sum + (t - meanT) * (y - meanY), 0) / spread) * dayMs;
}

/** A counter that starts anew with each life: what was added within lives. */
function addedOf(points: readonly Point[]): number {
  return points.slice(1).reduce((sum, [, value], i) => sum + Math.max(0, value - (points[i]?.[1] ?? value)), 0);
}

export function reportOf(looks: readonly Look[], of: { readonly version: string; readonly machine: string }): Report {
  const spanMs = (looks.at(-1)?.atMs ?? 0) - (looks[0]?.atMs ?? 0);
  const perDay = (bytes: number): number | null => (spanMs > 0 ? (bytes / mega / spanMs) * dayMs : null);
  const names = [...new Set(looks.flatMap(({ daemons }) => daemons.map(({ name }) => name)))].sort();
  const spools = [...new Set(looks.flatMap((one) => one.spools.map(({ name }) => name)))].sort();
  const device = pointsOf(
    looks,
    ({ atMs }) => atMs,
    ({ deviceBytes }) => deviceBytes,
  );
  const said = looks.flatMap(({ throttled }) => (throttled === null ? [] : [throttled]));
  return {
    ...of,
    hours: spanMs / 3_600_000,
    looks: looks.length,
    daemons: names.map((name) => daemonReport(name, looks, perDay)),
    spools: spools.map((name) => {
      const seen = looks.flatMap((one) => one.spools.filter((spool) => spool.name === name));
      const waiting = seen.flatMap((one) => (one.waiting === null ? [] : [one.waiting]));
      return {
        name,
        mostWaiting: waiting.length === 0 ? null : Math.max(...waiting),
        // One gap is as many looks as it lasts: it is counted where it begins.
        gaps: seen.filter((one, i) => one.silentMs > gapMs && (seen[i - 1]?.silentMs ?? 0) <= gapMs).length,
        longestGapS: Math.round(Math.max(0, ...seen.map(({ silentMs }) => silentMs).filter((ms) => ms > gapMs)) / 1000),
      };
    }),
    celsius: rangeOf(
      pointsOf(
        looks,
        ({ atMs }) => atMs,
        ({ celsius }) => celsius,
      ),
    ),
    throttled:
      said.length === 0
        ? null
        : throttledBits.filter(([bit]) => said.some((one) => (one >> bit) & 1)).map(([, word]) => word),
    deviceMbPerDay: device.length < 2 ? null : perDay(addedOf(device)),
  };
}

function daemonReport(name: string, looks: readonly Look[], perDay: (bytes: number) => number | null): DaemonReport {
  const seen = looks.flatMap(({ atMs, daemons }) => {
    const [one] = daemons.filter((daemon) => daemon.name === name);
    return one ? [{ atMs, ...one }] : [];
  });
  const since = looks.findIndex(({ daemons }) => daemons.some((daemon) => daemon.name === name));
  const range = (value: (one: DaemonLook) => number | null, unit: number): Range | null =>
    rangeOf(
      pointsOf(
        seen,
        ({ atMs }) => atMs,
        (one) => scaled(value(one), unit),
      ),
    );
  const written = pointsOf(
    seen,
    ({ atMs }) => atMs,
    ({ writtenBytes }) => writtenBytes,
  );
  return {
    name,
    restarts: new Set(seen.map(({ pid, started }) => `${pid} ${started}`)).size - 1,
    away: looks.length - since - seen.length,
    rssMb: range(({ rssBytes }) => rssBytes, mega),
    pssMb: range(({ pssBytes }) => pssBytes, mega),
    descriptors: range(({ descriptors }) => descriptors, 1),
    writtenMbPerDay: written.length < 2 ? null : perDay(addedOf(written)),
  };
}

const scaled = (value: number | null, unit: number): number | null => (value === null ? null : value / unit);

/** The report for a person, ending in what to send where. */
export function reportText(report: Report): string {
  const n = (value: number | null | undefined, digits = 1): string => (value == null ? '-' : value.toFixed(digits));
  const span = (range: Range | null): string =>
    range === null
      ? '-'
      : `${n(range.first)} to ${n(range.last)}, most ${n(range.most)}, ${n(range.perDay, 2)} a day at the end`;
  const { daemons, spools, celsius, throttled, deviceMbPerDay } = report;
  return [
    `fieldpost ${report.version} on ${report.machine}: ${n(report.hours, 2)} hours, ${report.looks} looks`,
    ...daemons.flatMap((one) => [
      `${one.name}: ${one.restarts} restarts, ${one.away} looks without it`,
      `  RSS MB ${span(one.rssMb)}`,
      `  PSS MB ${span(one.pssMb)}`,
      `  descriptors ${span(one.descriptors)}`,
      `  written MB a day ${n(one.writtenMbPerDay)}`,
    ]),
    ...(daemons.length === 0
      ? ['no daemon of this state folder was seen: is --state right, and may you see its processes (root)?']
      : []),
    ...spools.map(
      ({ name, mostWaiting, gaps, longestGapS }) =>
        `spool ${name}: ${n(mostWaiting, 0)} waited at the most; ${gaps} gaps without a commit, the longest ${longestGapS} s`,
    ),
    `temperature C ${span(celsius)}`,
    `firmware: ${throttled === null ? 'not told here' : throttled.length === 0 ? 'never throttled' : throttled.join(', ')}`,
    `written to the card MB a day ${n(deviceMbPerDay)}`,
    '',
    `Please send soak.txt and soak.json with the kind of box, supply, card and sensors, as an issue of the project. There are no`,
    'positions, names, keys, addresses or readings in them; look through them before you do.',
    '',
  ].join('\n');
}
