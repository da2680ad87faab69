/** What is wrong with a picture that came whole: nothing can be seen in it, or it is an old one. */
import type { Picture } from '../values/frame.ts';

export type PictureFlag = 'black' | 'overexposed' | 'flat' | 'stuck';

export interface Exposure {
  /** Sum over sampled pixels of the picture before, and how often it came in a row. */
  readonly print: string;
  readonly same: number;
}

export const noExposure: Exposure = { print: '', same: 0 };

/** Sensor noise changes some of a thousand sampled pixels from one picture to the next; this many the same are one picture. */
const stuckAfter = 3;
const samples = 4096;

/** Flags of a picture after those before it. Black, overexposed and flat ones show no plot; a stuck one shows an old place. */
export function exposed(state: Exposure, picture: Picture): readonly [Exposure, readonly PictureFlag[]] {
  const { print, dark, bright, span } = sampled(picture);
  const same = print === state.print ? state.same + 1 : 1;
  const flags: PictureFlag[] = [];
  if (dark > 0.98) flags.push('black');
  if (bright > 0.5) flags.push('overexposed');
  if (span < 4 && flags.length === 0) flags.push('flat');
  if (same >= stuckAfter) flags.push('stuck');
  return [{ print, same }, flags];
}

function sampled({ width, height, rgb }: Picture): { print: string; dark: number; bright: number; span: number } {
  const pixels = width * height;
  // Odd, so that all columns of an even width are looked at in turn.
  const stride = Math.max(1, Math.floor(pixels / samples)) | 1;
  let [dark, bright, count, low, high] = [0, 0, 0, 255, 0];
  // FNV-1a over the sampled bytes, 32 bits.
  let hash = 0x811c9dc5;
  for (let pixel = 0; pixel < pixels; pixel += stride, count++) {
    const at = 3 * pixel;
    const [r, g, b] = [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number];
    const light = (r + 2 * g + b) >> 2;
    if (light < 8) dark++;
    // One channel at its end has lost its colour.
    if (Math.max(r, g, b) >= 254) bright++;
    if (light < low) low = light;
    if (light > high) high = light;
    for (const byte of [r, g, b]) hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return { print: `${width}x${height} ${hash >>> 0}`, dark: dark / count, bright: bright / count, span: high - low };
}
