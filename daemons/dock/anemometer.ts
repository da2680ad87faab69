/** Wind by the pulses of cups on a GPIO line. Pure. */

export interface Cups {
  /** Pulses of each second that had any, the newest minute. */
  readonly seconds: readonly { readonly s: number; readonly n: number }[];
  readonly lastMs: number | null;
}
export const stillCups: Cups = { seconds: [], lastMs: null };

/** The strongest of these windows in the newest minute counts: the WMO's gust, the mean of 3 s. */
const [gustS, rememberedS] = [3, 60];

/** `count`: this one, and those that nobody took in time. */
export function pulsed({ seconds }: Cups, atMs: number, count: number): Cups {
  const s = Math.floor(atMs / 1000);
  const newest = seconds.filter((one) => one.s > s - rememberedS);
  const n = (newest.find((one) => one.s === s)?.n ?? 0) + count;
  return { seconds: [...newest.filter((one) => one.s !== s), { s, n }], lastMs: atMs };
}

/**
 * The gust of the newest minute in m/s; null before the first pulse, and where none came for `stillMs`: cups that stand still for so
 * long may be iced or cut off, and calm air is not known by them.
 */
export function gustOf(
  { seconds, lastMs }: Cups,
  nowMs: number,
  { perHz, stillMs }: { readonly perHz: number; readonly stillMs: number },
): number | null {
  if (lastMs === null || nowMs - lastMs > stillMs) return null;
  const last = Math.floor(nowMs / 1000);
  const within = seconds.filter(({ s }) => s > last - rememberedS && s <= last);
  const sums = within.map(({ s }) =>
    within.reduce((sum, one) => sum + (one.s > s - gustS && one.s <= s ? one.n : 0), 0),
  );
  return (Math.max(0, ...sums) / gustS) * perHz;
}
