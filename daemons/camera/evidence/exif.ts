/** Position and time into a JPEG: an Exif APP1 segment (CIPA DC-008-2019, TIFF 6.0 inside), little-endian. */
import { Buffer } from 'node:buffer';

export interface ExifFacts {
  readonly lat: number;
  readonly lon: number;
  /** Radius that holds the true place nine times in ten. */
  readonly ceM: number;
  readonly wallMs: number;
}

type Size = { readonly width: number; readonly height: number };

interface Field {
  readonly tag: number;
  /** 1 bytes, 2 text, 3 short, 4 long, 5 rationals, 7 what its own tag says. */
  readonly type: 1 | 2 | 3 | 4 | 5 | 7;
  readonly count: number;
  readonly bytes: Buffer;
}

const text = (tag: number, value: string): Field => {
  const bytes = Buffer.from(`${value}\0`, 'latin1');
  return { tag, type: 2, count: bytes.length, bytes };
};
const rationals = (tag: number, values: readonly (readonly [number, number])[]): Field => {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach(([over, under], i) => {
    bytes.writeUInt32LE(over, 8 * i);
    bytes.writeUInt32LE(under, 8 * i + 4);
  });
  return { tag, type: 5, count: values.length, bytes };
};
const short = (tag: number, value: number): Field => ({ tag, type: 3, count: 1, bytes: Buffer.from([value, 0]) });
const raw = (tag: number, value: string): Field => {
  const bytes = Buffer.from(value, 'latin1');
  return { tag, type: 7, count: bytes.length, bytes };
};
const long = (tag: number, value: number): Field => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return { tag, type: 4, count: 1, bytes };
};

/** A table at `offset` of the TIFF, with what does not fit into its rows behind it. */
function table(fields: readonly Field[], offset: number): Buffer {
  const sorted = [...fields].sort((a, b) => a.tag - b.tag);
  const head = Buffer.alloc(2 + 12 * sorted.length + 4);
  head.writeUInt16LE(sorted.length);
  const behind: Buffer[] = [];
  let at = offset + head.length;
  sorted.forEach(({ tag, type, count, bytes }, i) => {
    const row = 2 + 12 * i;
    head.writeUInt16LE(tag, row);
    head.writeUInt16LE(type, row + 2);
    head.writeUInt32LE(count, row + 4);
    if (bytes.length <= 4) bytes.copy(head, row + 8);
    else {
      head.writeUInt32LE(at, row + 8);
      const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
      behind.push(even);
      at += even.length;
    }
  });
  return Buffer.concat([head, ...behind]);
}

/** Degrees, minutes and ten-thousandths of seconds: 3 mm. */
function parts(degrees: number): readonly (readonly [number, number])[] {
  const ticks = Math.round(Math.abs(degrees) * 36_000_000);
  return [
    [Math.floor(ticks / 36_000_000), 1],
    [Math.floor((ticks % 36_000_000) / 600_000), 1],
    [ticks % 600_000, 10_000],
  ];
}

/** The JPEG with the segment behind its first marker. Errors: RangeError for what is no JPEG: a mistake of the caller. */
export function withExif(jpeg: Uint8Array, { lat, lon, ceM, wallMs, width, height }: ExifFacts & Size): Uint8Array {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) throw new RangeError('no JPEG: it does not begin with FF D8');
  const [day = '', time = ''] = new Date(wallMs).toISOString().split(/[TZ.]/);
  const date = day.replaceAll('-', ':');
  const exif = (): readonly Field[] => [
    raw(0x9000, '0232'),
    text(0x9003, `${date} ${time}`),
    text(0x9011, '+00:00'),
    raw(0x9101, '\x01\x02\x03\0'),
    raw(0xa000, '0100'),
    short(0xa001, 1),
    long(0xa002, width),
    long(0xa003, height),
  ];
  const gps = (): readonly Field[] => [
    { tag: 0, type: 1, count: 4, bytes: Buffer.from([2, 3, 0, 0]) },
    text(1, lat < 0 ? 'S' : 'N'),
    rationals(2, parts(lat)),
    text(3, lon < 0 ? 'W' : 'E'),
    rationals(4, parts(lon)),
    text(18, 'WGS-84'),
    text(29, date),
    rationals(31, [[Math.min(0xffffffff, Math.round(ceM * 100)), 100]]),
  ];
  const main = (exifAt: number, gpsAt: number): readonly Field[] => [
    rationals(0x011a, [[72, 1]]),
    rationals(0x011b, [[72, 1]]),
    short(0x0128, 2),
    text(0x0131, 'fieldpost'),
    text(0x0132, `${date} ${time}`),
    short(0x0213, 1),
    long(0x8769, exifAt),
    long(0x8825, gpsAt),
  ];
  const exifAt = 8 + table(main(0, 0), 8).length;
  const second = table(exif(), exifAt);
  const gpsAt = exifAt + second.length;
  const tiff = Buffer.concat([
    Buffer.from('II*\0\x08\0\0\0', 'latin1'),
    table(main(exifAt, gpsAt), 8),
    second,
    table(gps(), gpsAt),
  ]);
  const head = Buffer.from([0xff, 0xe1, 0, 0, ...Buffer.from('Exif\0\0', 'latin1')]);
  head.writeUInt16BE(tiff.length + 8, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, tiff, jpeg.subarray(2)]);
}
