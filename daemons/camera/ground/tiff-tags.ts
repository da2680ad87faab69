/** The tags of the first picture in a TIFF file (TIFF 6.0, section 2), within bounds: it comes from somewhere else. */
import { Fault } from '../../core/ports/fault.ts';

export interface Tags {
  numbers(tag: number): readonly number[] | null;
  text(tag: number): string | null;
}

const sizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 11: 4, 12: 8 };
/** A tile of one arc second in strips of one row has 3601 offsets. */
const mostValues = 100_000;
const mostTags = 500;

interface Entry {
  readonly type: number;
  readonly count: number;
  readonly at: number;
}

/** Errors: Fault `config` for what is no TIFF, or whose tags lead out of the file. */
export function tagsOf(name: string, bytes: Uint8Array): { readonly tags: Tags; readonly isLittle: boolean } {
  const bad = (what: string): Fault => new Fault('config', `${name}: ${what}; must be a GeoTIFF file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = bytes.length < 8 ? 0 : view.getUint16(0);
  const isLittle = order === 0x4949;
  if (!(isLittle || order === 0x4d4d) || view.getUint16(2, isLittle) !== 42) throw bad('does not begin as one');
  const table = view.getUint32(4, isLittle);
  if (table + 2 > bytes.length) throw bad('its table of tags lies beyond its end');
  const n = view.getUint16(table, isLittle);
  if (n > mostTags || table + 2 + 12 * n > bytes.length) throw bad(`says that it has ${n} tags`);
  const entries = new Map<number, Entry>();
  for (let i = 0; i < n; i++) {
    const row = table + 2 + 12 * i;
    const type = view.getUint16(row + 2, isLittle);
    const count = view.getUint32(row + 4, isLittle);
    const size = sizes[type];
    if (size === undefined) continue;
    const at = size * count <= 4 ? row + 8 : view.getUint32(row + 8, isLittle);
    if (count > mostValues || at + size * count > bytes.length)
      throw bad(`tag ${view.getUint16(row, isLittle)} lies beyond its end`);
    entries.set(view.getUint16(row, isLittle), { type, count, at });
  }
  const value = ({ type, at }: Entry, i: number): number => {
    const place = at + i * (sizes[type] ?? 1);
    if (type === 3) return view.getUint16(place, isLittle);
    if (type === 4) return view.getUint32(place, isLittle);
    if (type === 12) return view.getFloat64(place, isLittle);
    return type === 11 ? view.getFloat32(place, isLittle) : view.getUint8(place);
  };
  return {
    isLittle,
    tags: {
      numbers: (tag) => {
        const entry = entries.get(tag);
        return entry ? Array.from({ length: entry.count }, (_, i) => value(entry, i)) : null;
      },
      text: (tag) => {
        const entry = entries.get(tag);
        return entry?.type === 2
          ? new TextDecoder('latin1').decode(bytes.subarray(entry.at, entry.at + entry.count)).replace(/\0+$/, '')
          : null;
      },
    },
  };
}
