/** Wind as vectors, so that 359 and 1 degree average to north and calm air to nothing. */
import type { WindFix } from '../values/wind.ts';
import { around } from './turn.ts';

/** Where the air goes TO, m/s: what PX4 and WIND_COV tell. `u` is the standard uncertainty of each part. */
export interface AirMotion {
  readonly monoNs: number;
  readonly north: number;
  readonly east: number;
  readonly u: number;
}

/** Below it air has no direction, m/s. */
export const calmMs = 0.5;
/** No wind that we would fly or measure in; an estimator that says more has lost itself. */
const fastestMs = 75;
/** Samples of one average at the most: a minute at 20 Hz. */
const mostSamples = 1200;
const degPerRad = 180 / Math.PI;

/** From speed and the direction that it comes FROM (degrees): what an anemometer and ArduPilot's WIND tell. */
export function motionFrom(fromDeg: number, speedMs: number): { readonly north: number; readonly east: number } {
  const to = (fromDeg / 180) * Math.PI;
  return { north: -speedMs * Math.cos(to), east: -speedMs * Math.sin(to) };
}

export const isWind = ({ north, east }: { readonly north: number; readonly east: number }): boolean =>
  Math.hypot(north, east) <= fastestMs;

/** The motions of the last `seconds`, the newest last; one that is older than the newest held is passed over. */
export function kept(held: readonly AirMotion[], next: AirMotion, seconds: number): readonly AirMotion[] {
  const newest = held.at(-1);
  if (newest && next.monoNs <= newest.monoNs) return held;
  const from = next.monoNs - seconds * 1e9;
  return [...held.filter(({ monoNs }) => monoNs > from), next].slice(-mostSamples);
}

/** The vector average, null of nothing. Uncertainty: the sources' own (shared by all samples) and the scatter of the mean. */
export function averaged(held: readonly AirMotion[], source: WindFix['source']): WindFix | null {
  const [first, last] = [held[0], held.at(-1)];
  if (!first || !last) return null;
  const mean = (of: (one: AirMotion) => number): number => held.reduce((sum, one) => sum + of(one), 0) / held.length;
  const [north, east] = [mean((one) => one.north), mean((one) => one.east)];
  const scatter = mean((one) => (one.north - north) ** 2 + (one.east - east) ** 2) / 2 / Math.max(1, held.length - 1);
  const uSpeedMs = Math.sqrt(mean((one) => one.u ** 2) + scatter);
  const speedMs = Math.hypot(north, east);
  const hasDirection = speedMs >= calmMs;
  return {
    monoNs: last.monoNs,
    speedMs,
    fromDeg: hasDirection ? around(Math.atan2(-east, -north) * degPerRad) : null,
    uSpeedMs,
    uFromDeg: hasDirection ? Math.min(104, Math.atan(uSpeedMs / speedMs) * degPerRad) : null,
    seconds: (last.monoNs - first.monoNs) / 1e9,
    source,
  };
}
