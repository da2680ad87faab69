/** Whether plants stand in rows: people plant so, nature does not. */

export interface Rows {
  /** 0: no rows, 1: a perfect grating. */
  readonly strength: number;
  /** Direction of the rows from the picture's x axis towards y, degrees, 0 to 180. */
  readonly angleDeg: number;
  /** From row to row, in cells. */
  readonly period: number;
}

export interface RowSearch {
  /** Shortest and longest distance of rows in cells. */
  readonly period: readonly [number, number];
  readonly stepDeg?: number;
}

/**
 * Projects the mask along every direction and looks for the one whose profile repeats best: the autocorrelation of the
 * detrended profile at its first peak. null when the mask is nearly empty or nearly full.
 */
export function rowsOf(
  mask: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  { period, stepDeg = 5 }: RowSearch,
): Rows | null {
  const filled = mask.reduce((sum, one) => sum + (one ? 1 : 0), 0) / mask.length;
  if (!(filled > 0.02 && filled < 0.98)) return null;
  let best: Rows = { strength: 0, angleDeg: 0, period: 0 };
  for (let angleDeg = 0; angleDeg < 180; angleDeg += stepDeg) {
    const found = repeating(profileAlong(mask, { width, height }, angleDeg), period);
    if (found.strength > best.strength) best = { ...found, angleDeg };
  }
  return best;
}

/** Share of the mask on each line of the given direction, lines of too few cells left out. */
function profileAlong(
  mask: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
  angleDeg: number,
): Float64Array {
  const angle = (angleDeg * Math.PI) / 180;
  const [acrossX, acrossY] = [-Math.sin(angle), Math.cos(angle)];
  const reach = Math.ceil(Math.hypot(width, height) / 2);
  const [sum, count] = [new Float64Array(2 * reach + 1), new Float64Array(2 * reach + 1)];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const line = Math.round((x - (width - 1) / 2) * acrossX + (y - (height - 1) / 2) * acrossY) + reach;
      count[line] = (count[line] as number) + 1;
      sum[line] = (sum[line] as number) + (mask[y * width + x] ? 1 : 0);
    }
  const least = Math.min(width, height) / 2;
  const first = count.findIndex((cells) => cells >= least);
  const last = count.findLastIndex((cells) => cells >= least);
  return sum.slice(first, last + 1).map((value, i) => value / (count[first + i] as number));
}

/** Peaks this near each other in strength are one order and its multiple. */
const sameStrength = 0.05;

function repeating(profile: Float64Array, [shortest, longest]: readonly [number, number]): Omit<Rows, 'angleDeg'> {
  const flat = detrended(profile, 2 * longest);
  const power = flat.reduce((all, value) => all + value * value, 0);
  // Two periods at the least, or a single edge would count as rows.
  const most = Math.min(Math.floor(longest), flat.length >> 1);
  // A profile that hardly moves correlates by chance.
  if (most < shortest || power / flat.length < 1e-4) return { strength: 0, period: 0 };
  const at = (lag: number): number => {
    let sum = 0;
    for (let i = 0; i + lag < flat.length; i++) sum += (flat[i] as number) * (flat[i + lag] as number);
    return (sum / (flat.length - lag)) * (flat.length / power);
  };
  let best = { strength: 0, period: 0 };
  let before = at(Math.max(1, Math.floor(shortest) - 1));
  let here = at(Math.floor(shortest));
  for (let lag = Math.floor(shortest); lag <= most; lag++) {
    const after = at(lag + 1);
    // Only peaks: the slope that falls from lag 0 is no period. Twice the distance repeats as well as once.
    if (here >= before && here > after && here > best.strength + sameStrength)
      best = { strength: Math.min(1, here), period: lag };
    [before, here] = [here, after];
  }
  return best;
}

/** Without what changes more slowly than rows can. */
function detrended(profile: Float64Array, window: number): Float64Array {
  const half = Math.max(1, Math.round(window / 2));
  return profile.map((value, i) => {
    const from = Math.max(0, i - half);
    const to = Math.min(profile.length, i + half + 1);
    let sum = 0;
    for (let k = from; k < to; k++) sum += profile[k] as number;
    return value - sum / (to - from);
  });
}
