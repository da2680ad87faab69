import type { Picture } from '../values/frame.ts';

/** Still pictures as files. What is asked for is in memory as a whole, so sizes are judged by the header alone, before. */
export interface Pictures {
  /**
   * JPEG or PNG, told by its first bytes; `name` is what it is called in errors. The pixels lie as they are stored: which
   * way is up is the pose's business, so that a turned picture is never placed twice.
   * Errors: Fault `refused` for what is too large, truncated, damaged or of another kind.
   */
  decode(bytes: Uint8Array, name: string): Picture;
  /** `quality` from 1 to 100, as libjpeg counts. */
  encodeJpeg(picture: Picture, quality: number): Uint8Array;
  encodePng(picture: Picture): Uint8Array;
}
