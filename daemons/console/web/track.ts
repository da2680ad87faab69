import type { FlightPlace } from '../../core/values/flight.ts';

/** A line of flight on the map. */
export interface Track {
  /** `proposed` for an alert, and seen while that is looked at; `flown` by the drone of a box. */
  readonly kind: 'proposed' | 'flown';
  /** Id of the alert, or name of the box. */
  readonly of: string;
  readonly way: readonly FlightPlace[];
}

/** The tracks with those of one alert or box replaced. */
export const withTracks = (
  tracks: readonly Track[],
  kind: Track['kind'],
  of: string,
  ways: readonly (readonly FlightPlace[])[],
): readonly Track[] => [
  ...tracks.filter((one) => one.kind !== kind || (kind === 'flown' && one.of !== of)),
  ...ways.map((way) => ({ kind, of, way })),
];

export const seenTracks = (tracks: readonly Track[], selected: string | null): readonly Track[] =>
  tracks.filter(({ kind, of }) => kind === 'flown' || of === selected);
