import type { ModelRef } from '../core/values/detection.ts';
import type { Picture, Sighting } from '../core/values/frame.ts';

/** What finds things in a picture. Errors of `look`: Fault `refused` or `timeout` when the model fails; the picture is then not judged. */
export interface Eyes {
  readonly model: ModelRef | null;
  look(picture: Picture): Promise<{ readonly sightings: readonly Sighting[]; readonly tiles: number }>;
  close(): Promise<void>;
}
