/** 2 by 2 covariances on the ground, and what holds nine in ten of a two-dimensional normal distribution. */
import { exp } from '../../core/exact/math.ts';
import { sinCosDeg } from '../../core/exact/turn.ts';
import type { Metres } from '../../core/geo/local.ts';

/** Of [north, east], in square metres. */
export interface Covariance {
  readonly nn: number;
  readonly ne: number;
  readonly ee: number;
}

/** sqrt(-2 ln 0.1): the radius, in standard deviations, that holds 90 % in two dimensions. */
export const k90 = 2.145966026289347;

export const outer = ([n, e]: Metres, scale = 1): Covariance => ({
  nn: scale * n * n,
  ne: scale * n * e,
  ee: scale * e * e,
});

export const summed = (all: readonly Covariance[]): Covariance => ({
  nn: all.reduce((sum, one) => sum + one.nn, 0),
  ne: all.reduce((sum, one) => sum + one.ne, 0),
  ee: all.reduce((sum, one) => sum + one.ee, 0),
});

export const trace = ({ nn, ee }: Covariance): number => nn + ee;

/** Squared Mahalanobis distance; infinite where the covariance spans no area. */
export function distance2({ nn, ne, ee }: Covariance, [n, e]: Metres): number {
  const determinant = nn * ee - ne * ne;
  return determinant > 0 ? (ee * n * n - 2 * ne * n * e + nn * e * e) / determinant : Number.POSITIVE_INFINITY;
}

/** Variances along the axes of the ellipse, and where the longer one points: degrees from north, clockwise, [0, 180). */
export function axes({ nn, ne, ee }: Covariance): {
  readonly major: number;
  readonly minor: number;
  readonly bearingDeg: number;
} {
  const middle = (nn + ee) / 2;
  const swing = Math.sqrt(((nn - ee) / 2) ** 2 + ne * ne);
  const bearing = (Math.atan2(2 * ne, nn - ee) / 2) * (180 / Math.PI);
  return { major: middle + swing, minor: Math.max(0, middle - swing), bearingDeg: ((bearing % 180) + 180) % 180 };
}

/** Radius of the circle round the middle that holds `share` of the distribution. */
export function circleHolding(covariance: Covariance, share = 0.9): number {
  const { major, minor } = axes(covariance);
  if (!(major > 0)) return 0;
  const [a, b] = [Math.sqrt(major), Math.sqrt(Math.max(minor, major * 1e-3))];
  const turns = 180;
  // By angle: within r in direction phi lies 1 - exp(-r^2 q / 2) of its wedge, with q = cos^2/a^2 + sin^2/b^2.
  const wedges = Array.from({ length: turns }, (_, i) => {
    const [sine, cosine] = sinCosDeg((i * 180) / turns);
    return (cosine * cosine) / (a * a) + (sine * sine) / (b * b);
  });
  const held = (r: number): number =>
    wedges.reduce((sum, q) => sum + (1 - exp((-r * r * q) / 2)) / (q * a * b), 0) / turns;
  let [low, high] = [0, 6 * a];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (held(middle) < share) low = middle;
    else high = middle;
  }
  return high;
}
