/** The values of a message, from its payload; and back, for what we send. */
import type { Frame } from './framing.ts';
import { type Field, type FieldType, type Layout, sizes } from './layout.ts';

/** Numbers as they stand (units of the public definition), text up to its first NUL, 64-bit integers as bigint. */
export type Value = number | bigint | string | readonly (number | bigint)[];

export interface Message {
  readonly name: string;
  readonly system: number;
  readonly component: number;
  readonly fields: Readonly<Record<string, Value>>;
}

const payloadAt = { 1: 6, 2: 10 } as const;

/** A checked frame as a message. Zeros that MAVLink 2 leaves off at the end, and extensions that are missing, are 0. */
export function decode({ version, system, component, layout, bytes }: Frame): Message {
  const from = payloadAt[version];
  const length = bytes[1] ?? 0;
  const view = length >= layout.full ? new DataView(bytes.buffer, bytes.byteOffset + from, layout.full) : padded();
  const fields: Record<string, Value> = {};
  for (const field of layout.fields) fields[field.name] = valueIn(view, field);
  return { name: layout.name, system, component, fields };

  function padded(): DataView {
    const whole = new Uint8Array(layout.full);
    whole.set(bytes.subarray(from, from + length));
    return new DataView(whole.buffer);
  }
}

function valueIn(view: DataView, { type, length, offset }: Field): Value {
  if (length === null) return numberAt(view, type, offset);
  if (type === 'char') return textAt(view, offset, length);
  return Array.from({ length }, (_, i) => numberAt(view, type, offset + i * sizes[type]));
}

function numberAt(view: DataView, type: FieldType, at: number): number | bigint {
  switch (type) {
    case 'uint8_t':
    case 'char':
      return view.getUint8(at);
    case 'int8_t':
      return view.getInt8(at);
    case 'uint16_t':
      return view.getUint16(at, true);
    case 'int16_t':
      return view.getInt16(at, true);
    case 'uint32_t':
      return view.getUint32(at, true);
    case 'int32_t':
      return view.getInt32(at, true);
    case 'float':
      return view.getFloat32(at, true);
    case 'double':
      return view.getFloat64(at, true);
    case 'uint64_t':
      return view.getBigUint64(at, true);
    case 'int64_t':
      return view.getBigInt64(at, true);
  }
}

function textAt(view: DataView, at: number, length: number): string {
  const bytes = Buffer.from(view.buffer, view.byteOffset + at, length);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? length : end);
}

/** The payload of a message, MAVLink 2: zeros at the end left off but for the first byte. Fields that are absent are 0. */
export function payloadOf(layout: Layout, fields: Readonly<Record<string, Value>>): Uint8Array {
  const bytes = new Uint8Array(layout.full);
  const view = new DataView(bytes.buffer);
  for (const field of layout.fields) {
    const value = fields[field.name];
    if (typeof value === 'string') bytes.set(Buffer.from(value, 'utf8').subarray(0, field.length ?? 1), field.offset);
    else if (value !== undefined) {
      const values = typeof value === 'object' ? value : [value];
      for (const [i, one] of values.entries())
        put(view, field.type, { at: field.offset + i * sizes[field.type], value: one });
    }
  }
  let length = layout.full;
  while (length > 1 && bytes[length - 1] === 0) length -= 1;
  return bytes.subarray(0, length);
}

function put(view: DataView, type: FieldType, { at, value }: { at: number; value: number | bigint }): void {
  if (type === 'uint64_t') view.setBigUint64(at, BigInt(value), true);
  else if (type === 'int64_t') view.setBigInt64(at, BigInt(value), true);
  else if (type === 'float') view.setFloat32(at, Number(value), true);
  else if (type === 'double') view.setFloat64(at, Number(value), true);
  else if (sizes[type] === 4) view.setUint32(at, Number(value), true);
  else if (sizes[type] === 2) view.setUint16(at, Number(value), true);
  else view.setUint8(at, Number(value));
}
