/**
 * From an alert of a fixed post to a flight that is *proposed*: transects across the wind, the first near the post, each
 * next one further upwind, where the source must be. A person approves; nothing here uploads, arms or takes off.
 */
import { holds, keepsWithin, type Metres } from '../core/feed/fence.ts';
import { moved, offsetM, type Place } from '../core/feed/place.ts';
import type { WindFix } from '../core/values/wind.ts';

/** From the profile. Altitudes in metres above the place of take-off. */
export interface FlightLimits {
  /** A simple polygon, in order, three corners at least, some kilometres wide at the most. */
  readonly fence: readonly Place[];
  readonly minAltM: number;
  readonly maxAltM: number;
  /** Distance kept from the fence, and so from what lies behind it. */
  readonly marginM: number;
}

export interface LookShape {
  readonly altM: number;
  readonly speedMs: number;
  /** Length of a transect, and steps between them. */
  readonly widthM: number;
  readonly stepM: number;
  readonly transects: number;
}

export interface ProposedFlight {
  readonly home: Place;
  /** Ends of the transects in the order of flight; two each. */
  readonly path: readonly Place[];
  readonly altM: number;
  readonly speedMs: number;
  readonly fromDeg: number;
}

export type NoFlight =
  | 'no-wind-direction'
  | 'post-outside-fence'
  | 'fence-too-small'
  | 'altitude-outside-limits'
  | 'shape-makes-no-flight';

/** Transects at the least: one alone tells no upwind from downwind. */
const leastTransects = 2;
const mostTransects = 50;

/** The flight, or why there is none. Transects that the fence does not hold whole end it there. */
export function secondLook(
  post: Place,
  wind: Pick<WindFix, 'fromDeg'>,
  { limits, shape }: { readonly limits: FlightLimits; readonly shape: LookShape },
): ProposedFlight | NoFlight {
  const { altM, speedMs, widthM, stepM, transects } = shape;
  if (wind.fromDeg === null) return 'no-wind-direction';
  if (![speedMs, widthM, stepM].every((one) => one > 0) || !(transects >= leastTransects && transects <= mostTransects))
    return 'shape-makes-no-flight';
  if (!(altM >= limits.minAltM && altM <= limits.maxAltM)) return 'altitude-outside-limits';
  const fence = limits.fence.map((corner) => offsetM(post, corner));
  if (!holds(fence, { north: 0, east: 0 }, limits.marginM)) return 'post-outside-fence';
  const rad = (wind.fromDeg / 180) * Math.PI;
  const at = (upwindM: number, acrossM: number): Metres => ({
    north: upwindM * Math.cos(rad) - acrossM * Math.sin(rad),
    east: upwindM * Math.sin(rad) + acrossM * Math.cos(rad),
  });
  const legs: Metres[] = [];
  let before: Metres = { north: 0, east: 0 };
  for (let i = 0; i < transects; i++) {
    // Back and forth, so that the way from one to the next is a step and no more.
    const side = i % 2 === 0 ? 1 : -1;
    const [from, to] = [at((i + 1) * stepM, (-side * widthM) / 2), at((i + 1) * stepM, (side * widthM) / 2)];
    if (!keepsWithin(fence, [before, from, to], limits.marginM)) break;
    legs.push(from, to);
    before = to;
  }
  // The way home from the last end must lie within too.
  while (legs.length > 0 && !keepsWithin(fence, [legs.at(-1) ?? before, { north: 0, east: 0 }], limits.marginM))
    legs.splice(-2);
  if (legs.length < 2 * leastTransects) return 'fence-too-small';
  return {
    home: post,
    path: legs.map(({ north, east }) => moved(post, north, east)),
    altM,
    speedMs,
    fromDeg: wind.fromDeg,
  };
}
