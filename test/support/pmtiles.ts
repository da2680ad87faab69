import { crc32, deflateSync } from 'node:zlib';
import { zxyToTileId } from 'pmtiles';

export interface Tile {
  readonly z: number;
  readonly x: number;
  readonly y: number;
  readonly bytes: Uint8Array;
}

export interface Archive {
  readonly tiles: readonly Tile[];
  /** 1 is a vector tile (MVT), 2 a PNG. */
  readonly tileType: number;
  readonly zooms: readonly [number, number];
  /** West, south, east, north in degrees. */
  readonly bounds: readonly [number, number, number, number];
  readonly metadata: Readonly<Record<string, unknown>>;
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];

/** A PMTiles file (specification version 3): one root directory, nothing compressed. */
export function pmtilesFile({ tiles, tileType, zooms, bounds, metadata }: Archive): Buffer {
  const entries = tiles
    .map((tile) => ({ id: zxyToTileId(tile.z, tile.x, tile.y), bytes: Buffer.from(tile.bytes) }))
    .sort((a, b) => a.id - b.id);
  const offsets = entries.map((_, i) => entries.slice(0, i).reduce((sum, { bytes }) => sum + bytes.length, 0));
  const root = Buffer.from([
    ...varint(entries.length),
    ...entries.flatMap(({ id }, i) => varint(id - (entries[i - 1]?.id ?? 0))),
    ...entries.flatMap(() => varint(1)),
    ...entries.flatMap(({ bytes }) => varint(bytes.length)),
    ...offsets.flatMap((offset) => varint(offset + 1)),
  ]);
  const json = Buffer.from(JSON.stringify(metadata));
  const data = Buffer.concat(entries.map(({ bytes }) => bytes));
  const header = Buffer.alloc(127);
  header.write('PMTiles');
  header[7] = 3;
  const sections = [
    127,
    root.length,
    127 + root.length,
    json.length,
    0,
    0,
    127 + root.length + json.length,
    data.length,
  ];
  [...sections, entries.length, entries.length, entries.length].forEach((value, i) => {
    header.writeBigUInt64LE(BigInt(value), 8 + 8 * i);
  });
  header.set([1, 1, 1, tileType, ...zooms], 96);
  bounds.forEach((degrees, i) => {
    header.writeInt32LE(Math.round(degrees * 1e7), 102 + 4 * i);
  });
  return Buffer.concat([header, root, json, data]);
}

/** A PNG of one colour. */
export function solidPng(side: number, [r, g, b]: readonly [number, number, number]): Buffer {
  const chunk = (name: string, body: Buffer): Buffer => {
    const named = Buffer.concat([Buffer.from(name), body]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(body.length, 0);
    frame.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.of(0), Buffer.concat(Array.from({ length: side }, () => Buffer.of(r, g, b)))]);
  const pixels = deflateSync(Buffer.concat(Array.from({ length: side }, () => row)));
  const signature = Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

/** A vector tile (MVT 2.1) with one layer and in it one square that covers the middle half of the tile. */
export function squareTile(layer: string): Buffer {
  const field = (number: number, body: readonly number[] | Buffer): number[] => [
    ...varint(number * 8 + 2),
    ...varint(body.length),
    ...body,
  ];
  const zigzag = (value: number): number[] => varint(value < 0 ? -value * 2 - 1 : value * 2);
  const geometry = [
    ...varint(9),
    ...zigzag(1024),
    ...zigzag(1024),
    ...varint((3 << 3) | 2),
    ...[2048, 0, 0, 2048, -2048, 0].flatMap(zigzag),
    ...varint(15),
  ];
  const feature = [...varint(3 * 8), 3, ...field(4, geometry)];
  const body = [
    ...field(1, Buffer.from(layer)),
    ...field(2, feature),
    ...varint(5 * 8),
    ...varint(4096),
    ...varint(15 * 8),
    2,
  ];
  return Buffer.from(field(3, body));
}
