/** What a camera makes of light: blur, colour, noise, and colours that are kept for pairs of pixels only, as JPEG does. */
import type { Picture } from '../../../core/values/frame.ts';
import { type Dice, diceOf } from '../dice.ts';

/** The parts of a camera and a moment, drawn once a picture. */
export interface Optics {
  readonly gain: readonly [number, number, number];
  readonly lift: number;
  readonly saturation: number;
  /** Of the neighbours on each side, in the mean of three pixels. */
  readonly blur: number;
  readonly noise: number;
  readonly pairs: boolean;
  readonly seed: number;
}

export function opticsOf(dice: Dice): Optics {
  const light = dice.between(0.72, 1.25);
  return {
    gain: [light * dice.between(0.9, 1.12), light, light * dice.between(0.88, 1.14)],
    lift: dice.between(-14, 26),
    saturation: dice.between(0.65, 1.25),
    blur: dice.chance(0.4) ? dice.between(0.05, 0.3) : 0,
    noise: dice.between(0.5, 7),
    pairs: dice.chance(0.6),
    seed: dice.whole(0, 1 << 30),
  };
}

/** Bell-shaped numbers, drawn once: rows of pictures begin at different ones. */
const bells = (() => {
  const dice = diceOf(71);
  return Float32Array.from({ length: 1 << 16 }, () => dice.bell());
})();

export function photographed(
  { width, height, rgb }: { readonly width: number; readonly height: number; readonly rgb: Uint8ClampedArray },
  optics: Optics,
): Picture {
  const { gain, lift, saturation, noise, pairs, blur } = optics;
  const sharp = blur > 0 ? blurred({ width, height, rgb }, blur) : rgb;
  const out = new Uint8ClampedArray(rgb.length);
  const dice = diceOf(optics.seed);
  for (let y = 0; y < height; y++) {
    let bell = dice.whole(0, 0xffff);
    for (let x = 0; x < width; x++) {
      const at = 3 * (y * width + x);
      const r = (sharp[at] as number) * gain[0] + lift;
      const g = (sharp[at + 1] as number) * gain[1] + lift;
      const b = (sharp[at + 2] as number) * gain[2] + lift;
      const grey = 0.3 * r + 0.59 * g + 0.11 * b;
      const n = noise * (bells[bell++ & 0xffff] as number);
      out[at] = grey + saturation * (r - grey) + n + 0.5 * noise * (bells[bell++ & 0xffff] as number);
      out[at + 1] = grey + saturation * (g - grey) + n;
      out[at + 2] = grey + saturation * (b - grey) + n + 0.5 * noise * (bells[bell++ & 0xffff] as number);
    }
  }
  if (pairs) pairColours(out, width, height);
  return { width, height, rgb: new Uint8Array(out.buffer) };
}

function blurred(
  { width, height, rgb }: { readonly width: number; readonly height: number; readonly rgb: Uint8ClampedArray },
  share: number,
): Uint8ClampedArray {
  const along = new Uint8ClampedArray(rgb.length);
  const out = new Uint8ClampedArray(rgb.length);
  const row = 3 * width;
  const keep = 1 - 2 * share;
  for (let at = 0; at < rgb.length; at++) {
    const column = at % row;
    const before = column < 3 ? at : at - 3;
    const after = column >= row - 3 ? at : at + 3;
    along[at] = keep * (rgb[at] as number) + share * ((rgb[before] as number) + (rgb[after] as number));
  }
  for (let at = 0; at < rgb.length; at++) {
    const before = at < row ? at : at - row;
    const after = at >= row * (height - 1) ? at : at + row;
    out[at] = keep * (along[at] as number) + share * ((along[before] as number) + (along[after] as number));
  }
  return out;
}

/** Two by two pixels share their colour and keep their brightness. */
function pairColours(rgb: Uint8ClampedArray, width: number, height: number): void {
  for (let y = 0; y + 1 < height; y += 2)
    for (let x = 0; x + 1 < width; x += 2) {
      const at = 3 * (y * width + x);
      const four = [at, at + 3, at + 3 * width, at + 3 * width + 3] as const;
      let [red, blue] = [0, 0];
      for (const one of four) {
        red += (rgb[one] as number) - (rgb[one + 1] as number);
        blue += (rgb[one + 2] as number) - (rgb[one + 1] as number);
      }
      for (const one of four) {
        const [r, g, b] = [rgb[one] as number, rgb[one + 1] as number, rgb[one + 2] as number];
        const grey = 0.3 * r + 0.59 * g + 0.11 * b;
        const green = grey - 0.3 * (red / 4) - 0.11 * (blue / 4);
        rgb[one] = green + red / 4;
        rgb[one + 1] = green;
        rgb[one + 2] = green + blue / 4;
      }
    }
}
