/** Hours of the day in a time zone. Pure: the rules of zones are those of the program (ICU). */

export interface Hours {
  /** Minutes of the day; `toMin` before `fromMin` is of the next day. */
  readonly fromMin: number;
  readonly toMin: number;
  readonly zone: string;
  /** Days on which it begins, 0 Monday to 6 Sunday; null: every day. */
  readonly days: readonly number[] | null;
}

export function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const dayMin = 1440;
const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const made = new Map<string, Intl.DateTimeFormat>();

/** The day of the week, 0 Monday, and the minute of the day there. */
function localAt(zone: string, atMs: number): { readonly day: number; readonly min: number } {
  const format =
    made.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone: zone, hourCycle: 'h23' },
      ...{ weekday: 'short', hour: '2-digit', minute: '2-digit' },
    });
  made.set(zone, format);
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const min = Number(parts.get('hour')) * 60 + Number(parts.get('minute'));
  return { day: names.indexOf(parts.get('weekday') ?? ''), min };
}

/** `fromMin` included, `toMin` not. */
export function isWithin({ fromMin, toMin, zone, days }: Hours, atMs: number): boolean {
  const { day, min } = localAt(zone, atMs);
  const began = fromMin < toMin ? min >= fromMin && min < toMin && day : sinceWhen(day, min, fromMin, toMin);
  return began !== false && (days === null || days.includes(began));
}

/** Over midnight: the day on which it began, or false. */
function sinceWhen(day: number, min: number, fromMin: number, toMin: number): number | false {
  if (min >= fromMin) return day;
  return min < toMin && (day + 6) % 7;
}

const quarterMs = 15 * 60_000;

/**
 * When to look again whether the hours have begun: at `fromMin`, or earlier. Zones change their offset at quarters of an hour alone, so
 * no beginning is passed over.
 */
export function lookAgainMs({ fromMin, zone }: Hours, atMs: number): number {
  const { min } = localAt(zone, atMs);
  const until = ((fromMin - min + dayMin - 1) % dayMin) + 1;
  const begins = Math.floor(atMs / 60_000 + until) * 60_000;
  return Math.min(begins, (Math.floor(atMs / quarterMs) + 1) * quarterMs);
}
