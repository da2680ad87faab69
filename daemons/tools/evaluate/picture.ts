/** Just enough of pictures to show them to a model: an uncompressed BMP in, pixels of the model's size out. */
import { Fault } from '../../core/ports/fault.ts';

/** RGB, row by row from the top left, a byte a value. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const maxSide = 16_384;

/**
 * Decodes a 24-bit uncompressed BMP (BITMAPINFOHEADER and later), stored upwards or downwards.
 * Errors: Fault `refused`, saying what the file has and what is read here.
 */
export function decodeBmp(bytes: Uint8Array, name: string): Picture {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refused = (what: string): Fault => new Fault('refused', `${name}: ${what}`);
  if (bytes.length < 54 || view.getUint16(0, false) !== 0x424d) throw refused('is not a BMP file');
  const [width, tall] = [view.getInt32(18, true), view.getInt32(22, true)];
  const height = Math.abs(tall);
  const [bits, compression] = [view.getUint16(28, true), view.getUint32(30, true)];
  if (bits !== 24 || compression !== 0)
    throw refused(`has ${bits} bits a pixel, compression ${compression}; 24 without compression is read here`);
  if (width < 1 || height < 1 || width > maxSide || height > maxSide)
    throw refused(`is ${width} x ${tall}; 1 to ${maxSide} each way is read here`);
  const start = view.getUint32(10, true);
  const stride = Math.ceil((width * 3) / 4) * 4;
  if (start + stride * height > bytes.length)
    throw refused(`has ${bytes.length} bytes; ${width} x ${height} pixels need ${start + stride * height}`);
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    // A positive height means that the bottom row comes first.
    const row = start + stride * (tall > 0 ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const [from, to] = [row + 3 * x, 3 * (y * width + x)];
      rgb[to] = bytes[from + 2] ?? 0;
      rgb[to + 1] = bytes[from + 1] ?? 0;
      rgb[to + 2] = bytes[from] ?? 0;
    }
  }
  return { width, height, rgb };
}

/**
 * Bilinear resize as TensorFlow Lite's RESIZE_BILINEAR does it without align_corners and half_pixel_centers, and without
 * smoothing before it shrinks: published scores of models were made so.
 */
export function resizeBilinear({ width, height, rgb }: Picture, toWidth: number, toHeight: number): Picture {
  const result = new Uint8Array(toWidth * toHeight * 3);
  const at = (x: number, y: number, channel: number): number => rgb[3 * (y * width + x) + channel] ?? 0;
  for (let y = 0; y < toHeight; y++) {
    const fromY = (y * height) / toHeight;
    const top = Math.floor(fromY);
    const bottom = Math.min(top + 1, height - 1);
    const down = fromY - top;
    for (let x = 0; x < toWidth; x++) {
      const fromX = (x * width) / toWidth;
      const left = Math.floor(fromX);
      const right = Math.min(left + 1, width - 1);
      const along = fromX - left;
      for (let channel = 0; channel < 3; channel++) {
        const above = at(left, top, channel) * (1 - along) + at(right, top, channel) * along;
        const below = at(left, bottom, channel) * (1 - along) + at(right, bottom, channel) * along;
        result[3 * (y * toWidth + x) + channel] = Math.floor(above * (1 - down) + below * down + 0.5);
      }
    }
  }
  return { width: toWidth, height: toHeight, rgb: result };
}
