/** A channel over hours as few enough points to draw. No peak and no dip is lost: each point is the span of what it stands for. Pure. */

export interface StripValue {
  /** Unix ms by the box. */
  readonly atMs: number;
  /** Null is a gap, and a gap is data. */
  readonly value: number | null;
  readonly flags: readonly string[];
  /** Id of the calibration applied; null: none. */
  readonly calibration: string | null;
}

/** Values of one stretch of time: from the first to the last of them, lowest and highest, and how many. */
export interface StripPoint {
  readonly fromMs: number;
  readonly toMs: number;
  readonly low: number;
  readonly high: number;
  readonly first: number;
  readonly last: number;
  readonly n: number;
}

export interface StripGap {
  readonly fromMs: number;
  readonly toMs: number;
  /** Flags of the missing values; none: nothing came. */
  readonly why: readonly string[];
}

export interface Strip {
  /** Between two pieces is a gap: they are never joined by a line. */
  readonly pieces: readonly (readonly StripPoint[])[];
  readonly gaps: readonly StripGap[];
  /** Stretches of values that something is said against, by their flags. */
  readonly flagged: readonly { readonly fromMs: number; readonly toMs: number; readonly flags: readonly string[] }[];
  /** What was applied from when on; the first one from the first value. */
  readonly calibrations: readonly { readonly atMs: number; readonly id: string | null }[];
  readonly values: number;
}

export interface StripRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** At the most, gaps aside. */
  readonly points: number;
}

/** A value is missing when nothing came for so many times the usual pace, and for this long at least. */
const missingTimes = 5;
const missingMs = 2000;

/** `values` in the order of their time; those outside of the range are left out. */
export function stripOf(values: readonly StripValue[], { fromMs, toMs, points }: StripRange): Strip {
  const within = values.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const step = Math.max(1, (toMs - fromMs) / Math.max(1, points));
  const longest = Math.max(missingMs, missingTimes * paceOf(within));
  const pieces: StripPoint[][] = [];
  const gaps: StripGap[] = [];
  let slot = -1;
  let before: StripValue | null = null;
  for (const one of within) {
    if (one.value === null) {
      gapped(gaps, before?.value === null ? before.atMs : one.atMs, one.atMs, one.flags);
      before = one;
      continue;
    }
    const isLate: boolean = before !== null && one.atMs - before.atMs > longest;
    if (isLate && before) gapped(gaps, before.atMs, one.atMs, []);
    const at = Math.min(points - 1, Math.floor((one.atMs - fromMs) / step));
    if (before === null || before.value === null || isLate) pieces.push([]);
    const piece = pieces.at(-1) ?? [];
    const last = piece.at(-1);
    if (last && at === slot) piece[piece.length - 1] = widened(last, one.atMs, one.value);
    else piece.push(pointAt(one.atMs, one.value));
    slot = at;
    before = one;
  }
  return { pieces, gaps, flagged: flaggedIn(within, step), calibrations: appliedIn(within), values: within.length };
}

const pointAt = (atMs: number, value: number): StripPoint => ({
  ...{ fromMs: atMs, toMs: atMs, low: value, high: value, first: value, last: value, n: 1 },
});

const widened = (point: StripPoint, atMs: number, value: number): StripPoint => ({
  ...point,
  ...{ toMs: atMs, low: Math.min(point.low, value), high: Math.max(point.high, value), last: value, n: point.n + 1 },
});

/** A gap of the same reason that goes on is one. */
function gapped(gaps: StripGap[], fromMs: number, toMs: number, why: readonly string[]): void {
  const last = gaps.at(-1);
  if (last && last.toMs >= fromMs && last.why.join() === why.join()) gaps[gaps.length - 1] = { ...last, toMs };
  else gaps.push({ fromMs, toMs, why });
}

/** The usual time between two values: the middle one of all, in ms. */
function paceOf(values: readonly StripValue[]): number {
  const steps = values.slice(1).map(({ atMs }, i) => atMs - (values[i]?.atMs ?? atMs));
  return steps.sort((a, b) => a - b)[steps.length >> 1] ?? 0;
}

function flaggedIn(values: readonly StripValue[], step: number): Strip['flagged'] {
  const found: { fromMs: number; toMs: number; flags: readonly string[] }[] = [];
  for (const { atMs, value, flags } of values) {
    if (value === null || flags.length === 0) continue;
    const last = found.at(-1);
    if (last && atMs - last.toMs <= step && last.flags.join() === flags.join()) last.toMs = atMs;
    else found.push({ fromMs: atMs, toMs: atMs, flags });
  }
  return found;
}

function appliedIn(values: readonly StripValue[]): Strip['calibrations'] {
  const found: { atMs: number; id: string | null }[] = [];
  for (const { atMs, calibration } of values)
    if (found.length === 0 || found.at(-1)?.id !== calibration) found.push({ atMs, id: calibration });
  return found;
}
