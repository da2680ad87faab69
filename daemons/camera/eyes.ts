import type { ModelRef } from '../core/values/detection.ts';
import type { Picture } from '../core/values/frame.ts';
import type { Vantage } from '../core/vision/gate.ts';
import type { LookedWithin } from './look-within.ts';

/** What finds things in a picture. Errors of `look`: Fault `refused` or `timeout` when the model fails; the picture is then not judged. */
export interface Eyes {
  readonly model: ModelRef | null;
  /** It must know what a pixel covers, so the pose of a picture is waited for before it looks. */
  readonly scaled?: boolean;
  look(picture: Picture, vantage: Vantage): Promise<LookedWithin>;
  close(): Promise<void>;
}
