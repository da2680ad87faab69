/** What a picture file says of itself before it is decoded: a file of some kilobytes can ask for gigabytes of memory. */
import { Fault } from '../ports/fault.ts';

export interface PictureHeader {
  readonly format: 'jpeg' | 'png';
  readonly width: number;
  readonly height: number;
}

export interface PictureLimits {
  readonly pixels: number;
  readonly bytes: number;
}

/** Room for the largest sensors of small boards (64 megapixels); beyond it a picture is damaged or meant to harm. */
export const pictureLimits: PictureLimits = { pixels: 100_000_000, bytes: 64 * 2 ** 20 };

const pngSignature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Reads the header and refuses, by it alone, what would not fit or cannot be decoded here: Fault `refused`, naming the
 * file, what it has and what is taken.
 */
export function pictureHeader(bytes: Uint8Array, name: string, limits: PictureLimits = pictureLimits): PictureHeader {
  const no = (what: string): Fault => new Fault('refused', `${name}: ${what}; the picture is not used`);
  if (bytes.length > limits.bytes) throw no(`has ${bytes.length} bytes; ${limits.bytes} are the most`);
  const header = isPng(bytes) ? pngHeader(bytes, no) : isJpeg(bytes) ? jpegHeader(bytes, no) : null;
  if (!header) throw no(`is neither a JPEG nor a PNG file (${bytes.length} bytes)`);
  const { width, height } = header;
  if (width < 1 || height < 1) throw no(`is ${width} x ${height} pixels`);
  if (width * height > limits.pixels)
    throw no(`is ${width} x ${height} = ${(width * height) / 1e6} megapixels; ${limits.pixels / 1e6} are the most`);
  return header;
}

const isPng = (bytes: Uint8Array): boolean => pngSignature.every((byte, i) => bytes[i] === byte);
const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8;
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** PNG (ISO/IEC 15948) 11.2.2: IHDR is the first chunk. */
function pngHeader(bytes: Uint8Array, no: (what: string) => Fault): PictureHeader {
  const view = viewOf(bytes);
  if (bytes.length < 33 || view.getUint32(12) !== 0x49484452) throw no('is truncated: a PNG begins with IHDR');
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20) };
}

/** JPEG (ITU T.81) annex B: segments up to the start of scan; a start of frame among them has the size. */
function jpegHeader(bytes: Uint8Array, no: (what: string) => Fault): PictureHeader {
  const view = viewOf(bytes);
  let size: PictureHeader | null = null;
  let at = 2;
  for (;;) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1];
    if (at + 4 > bytes.length || marker === undefined) throw no('is truncated: a JPEG that ends in its header');
    if (bytes[at] !== 0xff) throw no(`is damaged: byte ${at} should begin a segment`);
    const length = view.getUint16(at + 2);
    if (length < 2) throw no(`is damaged: the segment at byte ${at} has ${length} bytes`);
    if (isFrame(marker)) size = frameOf(view, { at, marker, length }, no);
    at += 2 + length;
    if (marker === 0xda) break;
  }
  if (!size) throw no('is damaged: a JPEG without a start of frame');
  // An end inside the header belongs to the thumbnail in EXIF, so only what comes after the start of scan counts.
  if (!endsAfter(bytes, at)) throw no('is truncated: a JPEG without its end');
  return size;
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which are among them. */
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

function frameOf(
  view: DataView,
  { at, marker, length }: { readonly at: number; readonly marker: number; readonly length: number },
  no: (what: string) => Fault,
): PictureHeader {
  if (length < 8 || at + 10 > view.byteLength) throw no('is truncated: a JPEG that ends in its start of frame');
  if (marker > 0xc2) throw no(`is a JPEG of kind SOF${marker - 0xc0}; baseline and progressive are decoded here`);
  const components = view.getUint8(at + 9);
  if (components !== 1 && components !== 3)
    throw no(`has ${components} components; 1 (grey) and 3 (colour) are decoded here`);
  return { format: 'jpeg', width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
}

function endsAfter(bytes: Uint8Array, from: number): boolean {
  for (let i = bytes.length - 2; i >= from; i--) if (bytes[i] === 0xff && bytes[i + 1] === 0xd9) return true;
  return false;
}
