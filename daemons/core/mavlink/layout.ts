/**
 * Where the fields of a message lie, from how the message is declared: large types first, extensions behind in the order
 * of declaration, and CRC_EXTRA, which two ends only share when they declare the same (mavlink.io, "Serialization").
 */
import { crcOver } from './crc.ts';

export const sizes = {
  uint64_t: 8,
  int64_t: 8,
  double: 8,
  uint32_t: 4,
  int32_t: 4,
  float: 4,
  uint16_t: 2,
  int16_t: 2,
  uint8_t: 1,
  int8_t: 1,
  char: 1,
} as const;

export type FieldType = keyof typeof sizes;

/** `name type`, `name type[n]`; a leading `+` marks an extension. In the order of the public XML. */
export type Declaration = readonly string[];

export interface Field {
  readonly name: string;
  readonly type: FieldType;
  /** Elements of an array; null for a single value. */
  readonly length: number | null;
  /** Byte in the payload. */
  readonly offset: number;
}

export interface Layout {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly Field[];
  /** Bytes of the payload without extensions: exactly those of a MAVLink 1 frame. */
  readonly base: number;
  /** Bytes with extensions. */
  readonly full: number;
  readonly crcExtra: number;
}

interface Declared {
  readonly name: string;
  readonly type: FieldType;
  readonly length: number | null;
  readonly extension: boolean;
}

const bytesOf = ({ type, length }: Declared): number => sizes[type] * (length ?? 1);

/** The layout of a message. Errors: RangeError for a declaration that names no type. */
export function layoutOf(id: number, name: string, declaration: Declaration): Layout {
  const declared = declaration.map(declaredField);
  // Stable: fields of one size keep their order.
  const ordered = declared.filter((one) => !one.extension).sort((a, b) => sizes[b.type] - sizes[a.type]);
  let offset = 0;
  const place = (one: Declared): Field => {
    const { name: field, type, length } = one;
    const placed = { name: field, type, length, offset };
    offset += bytesOf(one);
    return placed;
  };
  const fields = ordered.map(place);
  const base = offset;
  const extensions = declared.filter((one) => one.extension).map(place);
  return { id, name, fields: [...fields, ...extensions], base, full: offset, crcExtra: extraOf(name, ordered) };
}

function declaredField(text: string): Declared {
  const found = /^(\+?)(\w+) (\w+)(?:\[(\d+)\])?$/.exec(text);
  const type = found?.[3];
  if (!found || type === undefined || !(type in sizes)) throw new RangeError(`not a field of a message: "${text}"`);
  const length = found[4] === undefined ? null : Number(found[4]);
  return { extension: found[1] === '+', name: found[2] ?? '', type: type as FieldType, length };
}

function extraOf(name: string, ordered: readonly Declared[]): number {
  let crc = 0xffff;
  const take = (bytes: Uint8Array): void => {
    crc = crcOver(bytes, 0, bytes.length, crc);
  };
  const text = (one: string): void => take(Buffer.from(`${one} `, 'latin1'));
  text(name);
  for (const field of ordered) {
    text(field.type);
    text(field.name);
    if (field.length !== null) take(Uint8Array.of(field.length));
  }
  return (crc & 0xff) ^ (crc >>> 8);
}
