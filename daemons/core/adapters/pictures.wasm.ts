/**
 * JPEG in WebAssembly and PNG in plain JavaScript: the same bytes on every processor, and nothing to compile. A JPEG is read by
 * libjpeg-turbo where it has nothing against it, and else by mozjpeg, which says what it is.
 */
import { inflateSync } from 'node:zlib';
import mozjpegDecoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import mozjpegEncoder from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js';
import { decode as decodePngData, encode as encodePngData } from 'fast-png';
import { Fault } from '../ports/fault.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { Picture } from '../values/frame.ts';
import { pictureHeader, pictureLimits } from '../vision/header.ts';
import { openTurbo, type TurboDecode } from './pictures.turbo.ts';
import { optionalFile, shippedFile } from './shipped.ts';
import { webAssembly } from './web-assembly.ts';

/** The .wasm files of the decoders and the encoder, where they do not lie in node_modules. */
export interface PictureSource {
  /** Absent: mozjpeg reads everything, and takes longer. */
  readonly turbo?: Uint8Array;
  readonly decoder: Uint8Array;
  readonly encoder: Uint8Array;
}

export interface PicturesOptions {
  readonly source?: PictureSource;
  readonly limits?: typeof pictureLimits;
}

interface Started<T> {
  readonly codec: T;
  /** The codec's own words since the last call: libjpeg only warns of what is missing, and fills it with grey. */
  readonly said: string[];
}

type Decoder = Awaited<ReturnType<typeof mozjpegDecoder>>;
type Encoder = Awaited<ReturnType<typeof mozjpegEncoder>>;

/** Compiles the codecs once; decoding and encoding are then synchronous. */
export async function openPictures(options: PicturesOptions = {}): Promise<Pictures> {
  const { turbo: ofTurbo, decoder: ofDecoder, encoder: ofEncoder } = options.source ?? packagedPictures();
  const limits = options.limits ?? pictureLimits;
  const [decoding, encoding] = await Promise.all([webAssembly.compile(ofDecoder), webAssembly.compile(ofEncoder)]);
  const startDecoder = (): Promise<Started<Decoder>> => start(mozjpegDecoder, decoding);
  const turbo: TurboDecode = ofTurbo ? await openTurbo(ofTurbo) : () => null;
  let decoder = await startDecoder();
  const encoder = await start<Encoder>(mozjpegEncoder, encoding);
  let failures = 0;
  // A decoder that gave up keeps the memory of that picture, so a source of garbage would fill its heap.
  const onFailure = (): void => {
    if (++failures % 16 === 0)
      void startDecoder().then((fresh) => {
        decoder = fresh;
      });
  };
  return {
    decode: (bytes, name) =>
      pictureHeader(bytes, name, limits).format === 'png'
        ? decodePng(bytes, name)
        : (turbo(bytes) ?? decodeJpeg(decoder, { bytes, name, onFailure })),
    encodeJpeg: (picture, quality) => encodeJpeg(encoder, picture, quality),
    encodePng: ({ width, height, rgb }) => encodePngData({ width, height, data: rgb, channels: 3, depth: 8 }),
  };
}

/** The codecs that came with the program. Without libjpeg-turbo every picture is read all the same, in twice the time. */
export function packagedPictures(): PictureSource {
  const codec = '@jsquash/jpeg/codec';
  const turbo = optionalFile('@cwasm/jpeg-turbo/jpeg-turbo.wasm');
  return {
    ...(turbo ? { turbo } : {}),
    decoder: shippedFile(`${codec}/dec/mozjpeg_dec.wasm`),
    encoder: shippedFile(`${codec}/enc/mozjpeg_enc.wasm`),
  };
}

type Factory<T> = (options: Record<string, unknown>) => Promise<T>;

async function start<T>(factory: unknown, module: WebAssembly.Module): Promise<Started<T>> {
  const said: string[] = [];
  const listen = (text: string): void => {
    if (said.length < 20) said.push(text);
  };
  const codec = await (factory as Factory<T>)({
    noInitialRun: true,
    print: listen,
    printErr: listen,
    instantiateWasm: (imports: object, done: (instance: object) => void) => {
      void webAssembly.instantiate(module, imports).then(done);
      return {};
    },
  });
  return { codec, said };
}

/** libjpeg's warnings of padding that many cameras put between segments; every other one means that pixels are missing. */
const harmless = /extraneous bytes/;

interface JpegFile {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** The decoder ended inside this picture. */
  onFailure(): void;
}

function decodeJpeg({ codec, said }: Started<Decoder>, { bytes, name, onFailure }: JpegFile): Picture {
  said.length = 0;
  let image: { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray } | null = null;
  try {
    image = codec.decode(bytes as Uint8Array<ArrayBuffer>, false) as typeof image;
  } catch (error) {
    onFailure();
    throw damaged(name, said, error);
  }
  if (!image || said.some((text) => !harmless.test(text))) throw damaged(name, said);
  const { width, height, data } = image;
  return { width, height, rgb: withoutAlpha(data, width * height) };
}

const damaged = (name: string, said: readonly string[], error?: unknown): Fault =>
  new Fault(
    'refused',
    `${name}: is damaged or truncated: ${said[0] ?? 'the JPEG decoder gave up'}; the picture is not used`,
    error,
  );

function withoutAlpha(rgba: Uint8ClampedArray, pixels: number): Uint8Array {
  const rgb = new Uint8Array(3 * pixels);
  for (let from = 0, to = 0; to < rgb.length; from += 4, to += 3) {
    rgb[to] = rgba[from] as number;
    rgb[to + 1] = rgba[from + 1] as number;
    rgb[to + 2] = rgba[from + 2] as number;
  }
  return rgb;
}

/** Chunks that make pixels; others may hold compressed text and profiles of any size, and are left out. */
const pixelChunks = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

function decodePng(bytes: Uint8Array, name: string): Picture {
  const no = (what: string, cause?: unknown): Fault =>
    new Fault('refused', `${name}: ${what}; the picture is not used`, cause);
  const { kept, packed, most } = pngChunks(bytes, no);
  try {
    // The size of the pixels is known, so a file that would unpack to more is stopped there.
    inflateSync(packed, { maxOutputLength: most });
  } catch (error) {
    throw no('is damaged or truncated: its pixels do not unpack', error);
  }
  try {
    return rgbOf(decodePngData(kept, { checkCrc: true }), no);
  } catch (error) {
    throw error instanceof Fault ? error : no(`is damaged: ${(error as Error).message}`, error);
  }
}

function pngChunks(
  bytes: Uint8Array,
  no: (what: string) => Fault,
): { readonly kept: Uint8Array; readonly packed: Uint8Array; readonly most: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Buffer[] = [buffer.subarray(0, 8)];
  const packed: Buffer[] = [];
  for (let at = 8, kind = ''; kind !== 'IEND'; ) {
    if (at + 12 > buffer.length) throw no('is truncated: a PNG without its end');
    const end = at + 12 + buffer.readUInt32BE(at);
    if (end > buffer.length) throw no('is truncated: a PNG that ends inside a chunk');
    kind = buffer.toString('latin1', at + 4, at + 8);
    if (kind === 'IDAT') packed.push(buffer.subarray(at + 8, end - 4));
    if (pixelChunks.has(kind)) parts.push(buffer.subarray(at, end));
    at = end;
  }
  const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
  // Four channels of 16 bits are the widest pixel; a byte a row says how it is filtered, in seven passes if interlaced.
  return { kept: Buffer.concat(parts), packed: Buffer.concat(packed), most: 8 * width * height + 8 * height + 64 };
}

function rgbOf(
  { width, height, data, depth, channels, palette }: ReturnType<typeof decodePngData>,
  no: (what: string) => Fault,
): Picture {
  if (depth !== 8) throw no(`has ${depth} bits a channel; 8 are read here`);
  const rgb = new Uint8Array(3 * width * height);
  const grey = channels < 3;
  for (let i = 0; i < width * height; i++) {
    const from = i * channels;
    const colour = palette?.[data[from] ?? 0];
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = (palette ? colour?.[c] : data[from + (grey ? 0 : c)]) ?? 0;
  }
  return { width, height, rgb };
}

/**
 * Baseline, quick to make; mozjpeg's best would take ten times as long. With tables of its own: with fixed ones mozjpeg writes
 * codes that no table has where the last block of a row is filled up (widths of 1 to 8 more than a multiple of 16), and nobody can read them.
 */
const plain = {
  baseline: true,
  arithmetic: false,
  progressive: false,
  optimize_coding: true,
  smoothing: 0,
  color_space: 3,
  quant_table: 0,
  trellis_multipass: false,
  trellis_opt_zero: false,
  trellis_opt_table: false,
  trellis_loops: 1,
  auto_subsample: true,
  chroma_subsample: 2,
  separate_chroma_quality: false,
};

function encodeJpeg({ codec }: Started<Encoder>, { width, height, rgb }: Picture, quality: number): Uint8Array {
  const rgba = new Uint8Array(4 * width * height).fill(255);
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    rgba[to] = rgb[from] as number;
    rgba[to + 1] = rgb[from + 1] as number;
    rgba[to + 2] = rgb[from + 2] as number;
  }
  return codec.encode(rgba, width, height, { ...plain, quality, chroma_quality: quality }).slice();
}
