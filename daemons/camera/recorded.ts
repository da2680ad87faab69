/** A flight that was recorded, in the place of camera, feed and clock: the time of the line is that of its pictures. */
import { tracksIn } from '../core/feed/recorded.ts';
import type { Told } from '../core/feed/take.ts';
import { poseAt } from '../core/feed/track.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { FrameSource } from '../core/ports/frames.ts';
import type { Stamp } from '../core/values/stamp.ts';
import type { Poses } from './poses.ts';

export interface Recording {
  /** All that the log tells, in the log's time. */
  readonly told: readonly Told[];
  /** When its first picture was taken, in the log's time, ns; and how many there are a second. */
  readonly firstNs: number;
  readonly perSecond: number;
}

export interface Flown {
  readonly clock: Clock;
  readonly poses: Poses;
  /** The source's pictures at the times at which they were taken, however fast they are read. */
  timed(source: FrameSource): FrameSource;
}

/** `real`: of the machine. The recorded flight is laid into its past: the log ended just now. */
export function flown({ told, firstNs, perSecond }: Recording, real: Clock): Flown {
  const now = real.now();
  const lastNs = told.reduce((last, one) => Math.max(last, one.monoNs), firstNs);
  const afterNs = lastNs - firstNs;
  const begin: Stamp = {
    ...now,
    ...{ wallMs: now.wallMs - afterNs / 1e6, monoNs: Math.max(0, now.monoNs - afterNs) },
    ...{ synced: false, uncertaintyMs: null },
  };
  const tracks = tracksIn(told);
  let newest = begin;
  return {
    clock: { now: () => newest, sleep: real.sleep },
    poses: {
      take: () => {},
      at: (monoNs) => poseAt(tracks, monoNs - begin.monoNs + firstNs),
      isPast: () => true,
    },
    timed: (source) => ({
      frames: async function* (options) {
        for await (const frame of source.frames(options)) {
          // What is damaged has its number too.
          const sinceMs = (1000 * (frame.seq - 1)) / perSecond;
          newest = { ...begin, wallMs: begin.wallMs + sinceMs, monoNs: begin.monoNs + sinceMs * 1e6 };
          yield { ...frame, at: newest };
        }
      },
    }),
  };
}
