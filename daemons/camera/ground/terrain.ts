/** Where a line of sight meets the ground. Heights are above mean sea level, as the feed's and those of elevation tiles. */
import { radiiAt, type Vector } from '../../core/geo/ellipsoid.ts';
import { type Metres, type Spot, spotAt } from '../../core/geo/local.ts';

export type Ground =
  /** Level ground at the height of where the flight began, or at a stated one. `uM`: how far the ground may be off that. */
  | { readonly kind: 'flat'; readonly aboveSeaM: number | null; readonly uM: number }
  | {
      readonly kind: 'tiles';
      /** Null: nobody measured it, or it lies outside the tiles. */
      heightAt(at: Spot): number | null;
      readonly uM: number;
      /** Metres between its points, and the highest of them. */
      readonly spacingM: number;
      readonly highestM: number;
    };

export type NoGround = 'above-horizon' | 'too-far' | 'dem-hole' | 'below-ground';

/** The camera over the ground. */
export interface Eye extends Spot {
  /** Above sea level over tiles and stated ground; above the ground of the start elsewhere. */
  readonly heightM: number;
}

/** Metres north and east from the eye to where the line of sight `down` (north, east, down) meets the ground. */
export function meet(ground: Ground, eye: Eye, sight: Vector, mostM: number): Metres | NoGround {
  return ground.kind === 'flat' ? meetLevel(ground, eye, sight, mostM) : meetTiles(ground, eye, sight, mostM);
}

/** The Earth falls away from the eye's level by r^2 / 2R. */
const fallsBy = (rM: number, lat: number): number => (rM * rM) / (2 * radiiAt(lat).meridianM);

type Flat = Extract<Ground, { kind: 'flat' }>;
type Tiles = Extract<Ground, { kind: 'tiles' }>;

function meetLevel(ground: Flat, eye: Eye, [n, e, d]: Vector, mostM: number): Metres | NoGround {
  const heightM = eye.heightM - (ground.aboveSeaM ?? 0);
  if (heightM <= 0) return 'below-ground';
  if (d <= 0) return 'above-horizon';
  // height - d t + (n^2 + e^2) t^2 / 2R = 0, the nearer root, in the form that does not cancel.
  const curve = (n * n + e * e) / (2 * radiiAt(eye.lat).meridianM);
  const root = d * d - 4 * curve * heightM;
  if (root <= 0) return 'above-horizon';
  const t = (2 * heightM) / (d + Math.sqrt(root));
  return Math.sqrt(n * n + e * e) * t > mostM ? 'too-far' : [n * t, e * t];
}

function meetTiles(ground: Tiles, eye: Eye, [n, e, d]: Vector, mostM: number): Metres | NoGround {
  const flat = Math.sqrt(n * n + e * e);
  /** Above the ground at `t` along the line; null over a hole. */
  const over = (t: number): number | null => {
    const under = ground.heightAt(spotAt(eye, [n * t, e * t]));
    return under === null ? null : eye.heightM - d * t + fallsBy(flat * t, eye.lat) - under;
  };
  const here = over(0);
  if (here === null) return 'dem-hole';
  if (here <= 0) return 'below-ground';
  // Half a point's distance a step, so that no ridge that the tiles know is stepped over; straight down is one long step.
  const step = Math.min(
    ground.spacingM / 2 / Math.max(flat, 1e-9),
    d > 0 ? here / d + ground.spacingM : Number.POSITIVE_INFINITY,
  );
  for (let t = 0; ; t += step) {
    if (flat * t > mostM) return d <= 0 ? 'above-horizon' : 'too-far';
    if (d <= 0 && eye.heightM - d * t > ground.highestM) return 'above-horizon';
    const above = over(t + step);
    if (above === null) return 'dem-hole';
    if (above > 0) continue;
    const met = crossing(over, t, t + step);
    return [n * met, e * met];
  }
}

/** Where along the line it goes under the ground, between two places of which only the first is over it. */
function crossing(over: (t: number) => number | null, above: number, below: number): number {
  let [low, high] = [above, below];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if ((over(middle) ?? 0) > 0) low = middle;
    else high = middle;
  }
  return low;
}
