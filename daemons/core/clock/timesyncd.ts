import { drift } from './bound.ts';

/** What `timedatectl timesync-status` says of the last packet (systemd 239 and later). Times in ms. */
export interface TimesyncStatus {
  readonly packets: number;
  /** Error of the system clock when the packet came: timesyncd slews up to 400 ms of it, and steps the rest. */
  readonly offsetMs: number;
  readonly delayMs: number;
  /** The server's own distance from the true time: root delay / 2 + root dispersion. */
  readonly rootDistanceMs: number;
  readonly pollMs: number;
}

/** The answer is a dozen lines. */
const maxText = 8192;
/** systemd.time(7): what timedatectl writes spans with. */
const unitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  month: 2_629_800_000,
  y: 31_557_600_000,
};

/** A span such as `+1.148ms`, `34min 8s` or `0` in ms, or null. */
export function spanMs(text: string): number | null {
  const found = /^([+-]?)((?:\d{1,9}(?:\.\d{1,9})?(?:us|ms|s|min|h|d|w|month|y) ?){1,9}|0)$/.exec(text.trim());
  if (!found) return null;
  let sum = 0;
  for (const [, number, unit] of (found[2] ?? '').matchAll(/([\d.]+)([a-z]+)/g))
    sum += Number(number) * (unitsMs[unit ?? ''] ?? 0);
  return found[1] === '-' ? -sum : sum;
}

/** Null when timesyncd has heard of no server, its leap status says that the server is not synchronised, or the text is another. */
export function parseTimesync(text: string): TimesyncStatus | null {
  if (text.length > maxText) return null;
  const said = new Map(
    text.split('\n').flatMap((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()] as const];
    }),
  );
  const span = (key: string): number | null => spanMs((said.get(key) ?? '').replace(/\(.*$/, ''));
  const packets = Number(/^\d{1,9}$/.exec(said.get('packet count') ?? '')?.[0] ?? 0);
  const [offsetMs, delayMs, rootDistanceMs, pollMs] = [
    span('offset'),
    span('delay'),
    span('root distance'),
    span('poll interval'),
  ];
  if (packets === 0 || !/^(normal|positive|negative)/.test(said.get('leap') ?? '')) return null;
  if (offsetMs === null || delayMs === null || rootDistanceMs === null || pollMs === null) return null;
  if (delayMs < 0 || rootDistanceMs < 0 || pollMs <= 0) return null;
  return { packets, offsetMs, delayMs, rootDistanceMs, pollMs };
}

/**
 * The bound on the error of the system's wall clock in ms, `quietMs` after the packet count was seen to change. The
 * packet may have come up to a poll interval before that. The path's half delay is what an asymmetric network can hide.
 */
export const timesyncBound = (status: TimesyncStatus, quietMs: number): number =>
  Math.min(Math.abs(status.offsetMs), 400) +
  status.delayMs / 2 +
  status.rootDistanceMs +
  drift * (quietMs + status.pollMs);
