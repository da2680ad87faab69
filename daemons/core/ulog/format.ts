/** How the values of a ULog topic lie: `vehicle_attitude:uint64_t timestamp;float[4] q;uint8_t[4] _padding0;`. */

export interface Format {
  readonly name: string;
  readonly fields: readonly { readonly type: string; readonly length: number | null; readonly name: string }[];
}

export interface Planned {
  readonly name: string;
  readonly offset: number;
  /** Bytes of one element. */
  readonly bytes: number;
  readonly length: number | null;
  readonly read: (view: DataView, at: number) => number;
}

export interface Plan {
  readonly fields: readonly Planned[];
  /** Bytes that a data message must have. */
  readonly needs: number;
}

/** Formats nest no deeper than this in any log; a format that holds itself would have no end. */
const mostNested = 8;
/** Bytes of a message at the most: its size has 16 bits. */
const mostBytes = 65_535;

const scalars: Readonly<Record<string, readonly [number, Planned['read']]>> = {
  int8_t: [1, (view, at) => view.getInt8(at)],
  uint8_t: [1, (view, at) => view.getUint8(at)],
  bool: [1, (view, at) => view.getUint8(at)],
  char: [1, (view, at) => view.getUint8(at)],
  int16_t: [2, (view, at) => view.getInt16(at, true)],
  uint16_t: [2, (view, at) => view.getUint16(at, true)],
  int32_t: [4, (view, at) => view.getInt32(at, true)],
  uint32_t: [4, (view, at) => view.getUint32(at, true)],
  int64_t: [8, (view, at) => Number(view.getBigInt64(at, true))],
  uint64_t: [8, (view, at) => Number(view.getBigUint64(at, true))],
  float: [4, (view, at) => view.getFloat32(at, true)],
  double: [8, (view, at) => view.getFloat64(at, true)],
};

/** A format message's text; null when it is none. */
export function readFormat(text: string): Format | null {
  const colon = text.indexOf(':');
  if (colon <= 0) return null;
  const fields: { type: string; length: number | null; name: string }[] = [];
  for (const part of text.slice(colon + 1).split(';')) {
    if (part.trim() === '') continue;
    const found = /^(\w+)(?:\[(\d+)\])? (\w+)$/.exec(part.trim());
    if (!found) return null;
    const [, type = '', length, name = ''] = found;
    fields.push({ type, length: length === undefined ? null : Number(length), name });
  }
  return { name: text.slice(0, colon), fields };
}

/** Where each plain value of a topic lies; nested formats are passed over. Null when a type is not known. */
export function planOf(formats: ReadonlyMap<string, Format>, topic: string): Plan | null {
  const format = formats.get(topic);
  if (!format) return null;
  const fields: Planned[] = [];
  let offset = 0;
  let needs = 0;
  for (const { type, length, name } of format.fields) {
    const scalar = scalars[type];
    const bytes = scalar?.[0] ?? sizeOf(formats, type, mostNested);
    if (bytes === null) return null;
    if (scalar && !name.startsWith('_padding')) {
      fields.push({ name, offset, bytes, length, read: scalar[1] });
      needs = offset + bytes * (length ?? 1);
    }
    offset += bytes * (length ?? 1);
    if (offset > mostBytes) return null;
  }
  // The last padding of a topic is not written.
  return { fields, needs };
}

function sizeOf(formats: ReadonlyMap<string, Format>, name: string, deep: number): number | null {
  const format = formats.get(name);
  if (!format || deep === 0) return null;
  let sum = 0;
  for (const { type, length } of format.fields) {
    const bytes = scalars[type]?.[0] ?? sizeOf(formats, type, deep - 1);
    if (bytes === null || bytes * (length ?? 1) > mostBytes) return null;
    sum += bytes * (length ?? 1);
  }
  return sum;
}
