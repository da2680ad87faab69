/** The last seconds of the box's feed, for the pose at the moment of a picture. */
import { held, poseAt, type Tracks } from '../core/feed/track.ts';
import type { FeedValue } from '../core/ports/feed.ts';
import type { Pose } from '../core/values/pose.ts';

export interface Poses {
  take(value: FeedValue): void;
  at(monoNs: number): Pose;
  /** Whether the feed has told a position and an attitude of after that moment: no later word changes its pose then. */
  isPast(monoNs: number): boolean;
}

export function poses(): Poses {
  let tracks: Tracks = { position: [], attitude: [], gimbal: [] };
  return {
    take: (value) => {
      switch (value.kind) {
        case 'position':
          tracks = { ...tracks, position: held(tracks.position, { segment: value.segment, fix: value }) };
          break;
        case 'attitude':
          tracks = { ...tracks, attitude: held(tracks.attitude, { segment: value.segment, fix: value }) };
          break;
        case 'gimbal':
          tracks = { ...tracks, gimbal: held(tracks.gimbal, { segment: value.segment, fix: value }) };
          break;
        default:
      }
    },
    at: (monoNs) => poseAt(tracks, monoNs),
    isPast: (monoNs) => [tracks.position, tracks.attitude].every((track) => (track.at(-1)?.fix.monoNs ?? 0) >= monoNs),
  };
}
