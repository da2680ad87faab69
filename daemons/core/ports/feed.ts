import type { CaptureWord } from '../values/capture.ts';
import type { AttitudeFix, GimbalFix, PositionFix } from '../values/pose.ts';
import type { WindFix } from '../values/wind.ts';

/** One value of the box's feed. Times are CLOCK_MONOTONIC of `boot`, the same for all processes of a box. */
export type FeedValue = { readonly boot: string } & (
  | ({ readonly kind: 'position'; readonly segment: number } & PositionFix)
  | ({ readonly kind: 'attitude'; readonly segment: number } & AttitudeFix)
  | ({ readonly kind: 'gimbal'; readonly segment: number } & GimbalFix)
  | ({ readonly kind: 'wind' } & WindFix)
  | ({ readonly kind: 'capture' } & CaptureWord)
  | {
      readonly kind: 'time';
      readonly source: string;
      readonly monoNs: number;
      readonly wallMs: number;
      readonly uncertaintyMs: number;
    }
);

/** Who tells never waits for who reads: a reader that is too far behind is hung up on. */
export interface Feed {
  tell(value: FeedValue): void;
  close(): Promise<void>;
}

export interface FeedReading {
  close(): void;
}
