/**
 * Joins what a sensor says with where the inlet was and how the wind blew when that air came in. Pose and wind are tracks
 * of moments; a value between two of them is between them, and there is none where the track has a hole.
 */
import type { Measurement } from '../values/measurement.ts';
import type { Stamp } from '../values/stamp.ts';

export interface Moment<V> {
  readonly at: Stamp;
  readonly value: V;
}

/** Moments of one boot in the order of their monotonic time. */
export type Track<V> = readonly Moment<V>[];

/** The track with one more moment, and without what is older than `spanMs`. One of another boot begins it anew. */
export function onTrack<V>(track: Track<V>, moment: Moment<V>, spanMs: number): Track<V> {
  const { boot, monoNs } = moment.at;
  if (track[0]?.at.boot !== boot) return [moment];
  const kept = track.filter(({ at }) => monoNs - at.monoNs <= spanMs * 1e6);
  const place = kept.findLastIndex(({ at }) => at.monoNs <= monoNs);
  return kept.toSpliced(place + 1, 0, moment);
}

/** When the air of a measurement was at the inlet, in ns of the monotonic clock of its boot. */
export const inletNs = ({ at, delayMs = 0 }: Pick<Measurement, 'at' | 'delayMs'>): number => at.monoNs - delayMs * 1e6;

export interface Joining<V> {
  /** The value a share (0 to 1) of the way from one to the next. */
  readonly between: (from: V, to: V, share: number) => V;
  /** A hole longer than this, between two moments or behind the last one, has no value. */
  readonly mostGapMs: number;
}

/**
 * What the track says of the moment at which a measurement's air was at the inlet; null where it says nothing. Behind the
 * last moment the last value holds for `mostGapMs`; before the first there is none.
 */
export function joinAt<V>(
  track: Track<V>,
  measurement: Pick<Measurement, 'at' | 'delayMs'>,
  { between, mostGapMs }: Joining<V>,
): V | null {
  const ns = inletNs(measurement);
  const place = track.findLastIndex(({ at }) => at.monoNs <= ns);
  const [from, to] = [track[place], track[place + 1]];
  if (!from || from.at.boot !== measurement.at.boot) return null;
  if (!to) return ns - from.at.monoNs <= mostGapMs * 1e6 ? from.value : null;
  const gapNs = to.at.monoNs - from.at.monoNs;
  if (gapNs > mostGapMs * 1e6) return null;
  return gapNs === 0 ? from.value : between(from.value, to.value, (ns - from.at.monoNs) / gapNs);
}

/** A number between two. */
export const betweenNumbers = (from: number, to: number, share: number): number => from + share * (to - from);

/** An angle between two in degrees, the short way round; 0 to 360. Headings, wind directions and longitudes. */
export function betweenAngles(from: number, to: number, share: number): number {
  const turn = ((((to - from) % 360) + 540) % 360) - 180;
  return (((from + share * turn) % 360) + 360) % 360;
}
