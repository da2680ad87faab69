/** Where a drone flew, thinned for the record: pieces of a track as events, each beginning where the one before it ended. */
import type { BoxEvent } from '../values/envelope.ts';
import { offsetM } from './place.ts';
import type { Told } from './take.ts';

export type Position = Told & { readonly kind: 'position' };

export interface TrackState {
  readonly points: readonly Position[];
}

export const noTrack: TrackState = { points: [] };

/** As the console asks for it. */
export const trackEventType = 'dock-track';

export type TrackEvent = Omit<BoxEvent, 'at'>;

/** A receiver at rest wanders less than the first; a piece is told when it has so many points, or is so old. */
const [leastM, mostPoints, mostS] = [3, 120, 120];

/** What positions make, one by one; null ends the track: of a flight that is over, or a log. */
export function trackStep(
  { points }: TrackState,
  position: Position | null,
  from: Readonly<Record<string, string>> = {},
): readonly [TrackState, readonly TrackEvent[]] {
  const last = points.at(-1);
  if (position === null) return [noTrack, points.length > 1 ? [pieceOf(points, from)] : []];
  // Behind a jump or a gap of the receiver another line begins: nobody knows what lies between.
  if (last && last.segment !== position.segment)
    return [{ points: [position] }, points.length > 1 ? [pieceOf(points, from)] : []];
  const [first] = points;
  if (!first || !last) return [{ points: [position] }, []];
  const { north, east } = offsetM(last, position);
  if (Math.hypot(north, east) < leastM) return [{ points }, []];
  const next = [...points, position];
  const isFull = next.length >= mostPoints || (position.monoNs - first.monoNs) / 1e9 >= mostS;
  return isFull ? [{ points: [position] }, [pieceOf(next, from)]] : [{ points: next }, []];
}

function pieceOf(points: readonly Position[], from: Readonly<Record<string, string>>): TrackEvent {
  const [first] = points;
  const ns = first?.monoNs ?? 0;
  return {
    type: trackEventType,
    severity: 'info',
    message: `the drone flew here: ${points.length} places${from.log ? `, replayed from ${from.log}` : ''}`,
    detail: {
      ...from,
      segment: first?.segment ?? 0,
      /** Seconds after the first, degrees, metres above the place of take-off (null: not told). */
      points: points.map(({ monoNs, lat, lon, aboveHomeM }) => [
        Number(((monoNs - ns) / 1e9).toFixed(1)),
        Number(lat.toFixed(7)),
        Number(lon.toFixed(7)),
        aboveHomeM === null ? null : Number(aboveHomeM.toFixed(1)),
      ]),
    },
  };
}
