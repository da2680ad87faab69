/**
 * A bounds-checked reader of the one thing that .tflite files keep in FlexBuffers: a flat map of numbers, the options of a
 * custom operator. Format: https://flatbuffers.dev/flatbuffers_internals, "FlexBuffers".
 */
import { Fault } from '../ports/fault.ts';

/** The upper six bits of a type byte; the lower two are the width, as a power of two. */
const types = {
  int: 1,
  uint: 2,
  float: 3,
  indirectInt: 6,
  indirectUint: 7,
  indirectFloat: 8,
  map: 9,
  bool: 26,
} as const;

interface Source {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly name: string;
}

const mostEntries = 100;
const corrupt = ({ name }: Source, what: string): Fault =>
  new Fault('refused', `${name}: ${what}; the options are corrupt, and the model was not loaded`);

function need(source: Source, at: number, length: number): void {
  if (at < 0 || at + length > source.bytes.length)
    throw corrupt(source, `points to bytes ${at} to ${at + length} of ${source.bytes.length}`);
}

function uintAt(source: Source, at: number, width: number): number {
  need(source, at, width);
  const { view } = source;
  if (width === 1) return view.getUint8(at);
  if (width === 2) return view.getUint16(at, true);
  if (width === 4) return view.getUint32(at, true);
  return Number(view.getBigUint64(at, true));
}

function intAt(source: Source, at: number, width: number): number {
  const value = uintAt(source, at, width);
  if (width === 8) return Number(source.view.getBigInt64(at, true));
  return value >= 2 ** (8 * width - 1) ? value - 2 ** (8 * width) : value;
}

function floatAt(source: Source, at: number, width: number): number {
  need(source, at, width);
  if (width === 4) return source.view.getFloat32(at, true);
  if (width === 8) return source.view.getFloat64(at, true);
  throw corrupt(source, `has a float of ${width} bytes; 4 and 8 are read`);
}

/** Offsets count backwards from where they stand. */
const followed = (source: Source, at: number, width: number): number => at - uintAt(source, at, width);

function keyAt(source: Source, at: number): string {
  need(source, at, 1);
  const end = source.bytes.indexOf(0, at);
  if (end < 0 || end - at > 100) throw corrupt(source, `has a key at byte ${at} without an end`);
  return Buffer.from(source.bytes.subarray(at, end)).toString('latin1');
}

/** The number behind an element of a vector; null for what is none. */
function numberAt(source: Source, at: number, width: number, packed: number): number | null {
  const own = 1 << (packed & 3);
  switch (packed >> 2) {
    case types.int:
      return intAt(source, at, width);
    case types.uint:
    case types.bool:
      return uintAt(source, at, width);
    case types.float:
      return floatAt(source, at, width);
    case types.indirectInt:
      return intAt(source, followed(source, at, width), own);
    case types.indirectUint:
      return uintAt(source, followed(source, at, width), own);
    case types.indirectFloat:
      return floatAt(source, followed(source, at, width), own);
    default:
      return null;
  }
}

/**
 * The numbers of a map, by their keys; true and false are 1 and 0, and what is no number is left out. `name` is what the
 * bytes are called in errors. Errors: Fault `refused`.
 */
export function readNumberMap(bytes: Uint8Array, name: string): ReadonlyMap<string, number> {
  const source = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), name };
  need(source, bytes.length - 2, 2);
  const rootWidth = bytes[bytes.length - 1] as number;
  const packed = bytes[bytes.length - 2] as number;
  if (packed >> 2 !== types.map || ![1, 2, 4, 8].includes(rootWidth)) throw corrupt(source, 'is no map of FlexBuffers');
  const width = 1 << (packed & 3);
  const values = followed(source, bytes.length - 2 - rootWidth, rootWidth);
  const count = uintAt(source, values - width, width);
  const keyWidth = uintAt(source, values - 2 * width, width);
  const keys = followed(source, values - 3 * width, width);
  if (count > mostEntries || ![1, 2, 4, 8].includes(keyWidth)) throw corrupt(source, `has ${count} entries`);
  need(source, values + count * width, count);
  return new Map(
    Array.from({ length: count }, (_, i): [string, number | null] => [
      keyAt(source, followed(source, keys + i * keyWidth, keyWidth)),
      numberAt(source, values + i * width, width, bytes[values + count * width + i] as number),
    ]).filter((one): one is [string, number] => one[1] !== null),
  );
}
