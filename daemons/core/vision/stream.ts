/** Pictures out of a stream of bytes, as programs write them to a pipe. Bounded: a stream that never ends one is refused. */
import { Fault } from '../ports/fault.ts';
import type { Picture } from '../values/frame.ts';
import { pictureLimits } from './header.ts';

/** Takes bytes as they come and gives every picture that they complete. Errors: Fault `protocol` for what is no picture. */
export type Splitter = (chunk: Uint8Array) => readonly Uint8Array[];

/** What a stream consists of: how it is cut, and how one of its pictures is read. */
export interface StreamFormat {
  splitter(): Splitter;
  /** Errors: Fault `refused` for a picture that is damaged. */
  read(bytes: Uint8Array): Picture;
}

/** Bytes that wait, in one block that grows to what pictures need and is used again. */
function waiting(most: number): {
  push(chunk: Uint8Array): void;
  bytes(): Uint8Array;
  drop(count: number): void;
} {
  let block = new Uint8Array(1 << 16);
  let length = 0;
  return {
    push: (chunk) => {
      const wanted = length + chunk.length;
      if (wanted > most) throw new Fault('protocol', `${wanted} bytes came without the end of a picture`);
      if (wanted > block.length) {
        const larger = new Uint8Array(Math.min(most, 2 * wanted));
        larger.set(block.subarray(0, length));
        block = larger;
      }
      block.set(chunk, length);
      length = wanted;
    },
    bytes: () => block.subarray(0, length),
    drop: (count) => {
      block.copyWithin(0, count, length);
      length -= count;
    },
  };
}

/** JPEG files one after the other, perhaps with padding between them. */
export function mjpegSplitter(most = pictureLimits.bytes): Splitter {
  const held = waiting(most);
  let scan: Scan = { at: 2, inScan: false };
  return (chunk) => {
    held.push(chunk);
    const found: Uint8Array[] = [];
    for (;;) {
      skipPadding(held);
      const bytes = held.bytes();
      if (bytes.length < 4) return found;
      if (bytes[0] !== 0xff || bytes[1] !== 0xd8)
        throw new Fault('protocol', `a JPEG should begin, and ${hex(bytes.subarray(0, 4))} came`);
      scan = advance(bytes, scan);
      if (scan.at < 0) {
        found.push(bytes.slice(0, -scan.at));
        held.drop(-scan.at);
        scan = { at: 2, inScan: false };
      } else return found;
    }
  };
}

function skipPadding(held: ReturnType<typeof waiting>): void {
  const bytes = held.bytes();
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  if (zeros > 0) held.drop(zeros);
}

interface Scan {
  /** Where to go on; the negative length of the picture when its end was found. */
  readonly at: number;
  readonly inScan: boolean;
}

/**
 * Goes on through the segments (ITU T.81 annex B) as far as the bytes reach, so that the end of a thumbnail in them is not
 * taken for the picture's.
 */
function advance(bytes: Uint8Array, from: Scan): Scan {
  let scan = from;
  for (;;) {
    const next = scan.inScan ? throughScan(bytes, scan.at) : throughSegment(bytes, scan.at);
    if (next === null) return scan;
    if (next.at < 0) return next;
    scan = next;
  }
}

/** To the next marker; stuffed zeros and restart markers belong to the scan, and in progressive files segments follow it. */
function throughScan(bytes: Uint8Array, from: number): Scan | null {
  const at = bytes.indexOf(0xff, from);
  if (at < 0) return from === bytes.length ? null : { at: bytes.length, inScan: true };
  const marker = bytes[at + 1];
  if (marker === undefined) return from === at ? null : { at, inScan: true };
  if (marker === 0xd9) return { at: -(at + 2), inScan: true };
  if (marker === 0xff) return { at: at + 1, inScan: true };
  const within = marker === 0 || (marker >= 0xd0 && marker <= 0xd7);
  return within ? { at: at + 2, inScan: true } : { at, inScan: false };
}

function throughSegment(bytes: Uint8Array, at: number): Scan | null {
  if (at + 3 >= bytes.length) return null;
  if (bytes[at] !== 0xff) throw new Fault('protocol', `a segment of a JPEG should begin, and ${bytes[at]} came`);
  const marker = bytes[at + 1] as number;
  if (marker === 0xff) return { at: at + 1, inScan: false };
  if (marker === 0xd9) return { at: -(at + 2), inScan: false };
  const end = at + 2 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number));
  return end > bytes.length ? null : { at: end, inScan: marker === 0xda };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** "P6 width height 255" and the pixels, as ffmpeg's ppm encoder writes it: every picture says how large it is. */
const ppmHeader = /^P6\s+(\d{1,5})\s+(\d{1,5})\s+255\s/;

function ppmSize(
  bytes: Uint8Array,
): { readonly start: number; readonly width: number; readonly height: number } | null {
  const text = Buffer.from(bytes.subarray(0, 32)).toString('latin1');
  const found = ppmHeader.exec(text);
  if (!found) {
    if (bytes.length >= 32 || !/^P?6?[\s\d]*$/.test(text)) throw new Fault('protocol', 'what came is no PPM picture');
    return null;
  }
  const [width, height] = [Number(found[1]), Number(found[2])];
  if (width < 1 || height < 1 || width * height > pictureLimits.pixels)
    throw new Fault(
      'protocol',
      `a picture of ${width} x ${height} came; ${pictureLimits.pixels / 1e6} megapixels are the most`,
    );
  return { start: found[0].length, width, height };
}

/** Pictures of ffmpeg's `-f image2pipe -c:v ppm`. */
export function ppmSplitter(): Splitter {
  const held = waiting(3 * pictureLimits.pixels + (1 << 20));
  return (chunk) => {
    held.push(chunk);
    const found: Uint8Array[] = [];
    for (;;) {
      const bytes = held.bytes();
      const size = bytes.length === 0 ? null : ppmSize(bytes);
      if (!size) return found;
      const length = size.start + 3 * size.width * size.height;
      if (bytes.length < length) return found;
      found.push(bytes.slice(0, length));
      held.drop(length);
    }
  };
}

export function readPpm(bytes: Uint8Array): Picture {
  const size = ppmSize(bytes);
  if (!size) throw new Fault('refused', 'a PPM picture without a header');
  return { width: size.width, height: size.height, rgb: bytes.subarray(size.start) };
}

export interface RawSize {
  readonly width: number;
  readonly height: number;
}

/** Pictures of a fixed number of bytes: nothing in the stream says where one begins. */
export function fixedSplitter(length: number): Splitter {
  const held = waiting(length + (1 << 20));
  return (chunk) => {
    held.push(chunk);
    const found: Uint8Array[] = [];
    while (held.bytes().length >= length) {
      found.push(held.bytes().slice(0, length));
      held.drop(length);
    }
    return found;
  };
}

/** Bytes of a YUV 4:2:0 picture: one of light a pixel, two of colour every four pixels. */
export const yuv420Bytes = ({ width, height }: RawSize): number =>
  width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);

/** Planar YUV 4:2:0, full range, BT.601, as libcamera gives it for stills and MJPEG (`sYCC`). */
export function readYuv420(bytes: Uint8Array, { width, height }: RawSize): Picture {
  if (bytes.length !== yuv420Bytes({ width, height }))
    throw new Fault(
      'refused',
      `${bytes.length} bytes came; ${width} x ${height} in YUV 4:2:0 has ${yuv420Bytes({ width, height })}`,
    );
  const rgb = new Uint8ClampedArray(3 * width * height);
  const half = (width + 1) >> 1;
  const uAt = width * height;
  const vAt = uAt + half * ((height + 1) >> 1);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const light = bytes[y * width + x] as number;
      const chroma = (y >> 1) * half + (x >> 1);
      const [u, v] = [(bytes[uAt + chroma] as number) - 128, (bytes[vAt + chroma] as number) - 128];
      const to = 3 * (y * width + x);
      rgb[to] = light + 1.402 * v;
      rgb[to + 1] = light - 0.344136 * u - 0.714136 * v;
      rgb[to + 2] = light + 1.772 * u;
    }
  return { width, height, rgb: new Uint8Array(rgb.buffer) };
}
