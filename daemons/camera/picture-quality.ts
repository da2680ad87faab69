/** Whether a picture shows anything: black, overexposed, or the same again and again. A pure step. */
import type { Picture } from '../core/values/frame.ts';

export type PictureTrouble = 'black' | 'overexposed' | 'stuck' | 'wrong-size';

export interface PictureState {
  readonly hash: number;
  /** Pictures in a row that were the same, to the bit of what is looked at. */
  readonly same: number;
}
export const noPicture: PictureState = { hash: 0, same: 0 };

/**
 * Ours. `dark`: no more than this mean and spread, of 255. `clipped`: share of white pixels from which there is more light
 * than picture. `same`: a sensor has noise, and never gives so many pictures alike.
 */
const limits = { darkMean: 10, darkSpread: 4, clipped: 0.6, same: 3 } as const;
/** About so many pixels are looked at. */
const looks = 20_000;

export function judgePicture(
  state: PictureState,
  picture: Picture,
  wanted: { readonly width: number; readonly height: number },
): readonly [PictureState, PictureTrouble | null] {
  const { width, height, rgb } = picture;
  if (width !== wanted.width || height !== wanted.height) return [noPicture, 'wrong-size'];
  // An odd step, so that all columns of an even width are looked at in turn.
  const step = 3 * (Math.max(1, Math.floor((width * height) / looks)) | 1);
  let [hash, sum, squares, white, n] = [0x811c9dc5, 0, 0, 0, 0];
  for (let at = 0; at + 2 < rgb.length; at += step) {
    const [r, g, b] = [rgb[at] as number, rgb[at + 1] as number, rgb[at + 2] as number];
    hash = Math.imul(Math.imul(Math.imul(hash ^ r, 0x01000193) ^ g, 0x01000193) ^ b, 0x01000193);
    const light = (r + g + b) / 3;
    sum += light;
    squares += light * light;
    white += Number(r >= 250 && g >= 250 && b >= 250);
    n += 1;
  }
  const mean = sum / n;
  const spread = Math.sqrt(Math.max(0, squares / n - mean * mean));
  const same = hash === state.hash ? state.same + 1 : 1;
  const next = { hash, same };
  if (mean <= limits.darkMean && spread <= limits.darkSpread) return [next, 'black'];
  if (same >= limits.same) return [next, 'stuck'];
  if (white / n >= limits.clipped) return [next, 'overexposed'];
  return [next, null];
}
