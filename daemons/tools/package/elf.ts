/** ELF64, little-endian: the program headers of an executable, what pages they come to lie in, and one more note. */

const types = { load: 1, note: 4, phdr: 6 } as const;
const flags = { execute: 1, write: 2, read: 4 } as const;
const at = { phoff: 32, phentsize: 54, phnum: 56 } as const;
const entrySize = 56;
const largestPage = 65_536;
/** The pages that Linux has on a processor; a Raspberry Pi 5 runs with 16 KiB. */
export const pageSizes = { x64: [4096], arm64: [4096, 16_384, largestPage] } as const;

export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly align: number;
}

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

/** The program headers. Errors: RangeError when it is no such file or is cut short. */
export function segmentsOf(file: Buffer): Segment[] {
  if (file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2 || file[5] !== 1)
    throw new RangeError('no little-endian ELF64 file');
  const [from, count] = [Number(file.readBigUInt64LE(at.phoff)), file.readUInt16LE(at.phnum)];
  const long = (where: number): number => Number(file.readBigUInt64LE(where));
  return Array.from({ length: count }, (_, i) => {
    const entry = from + i * entrySize;
    return {
      type: file.readUInt32LE(entry),
      flags: file.readUInt32LE(entry + 4),
      offset: long(entry + 8),
      address: long(entry + 16),
      fileSize: long(entry + 32),
      memorySize: long(entry + 40),
      align: long(entry + 48),
    };
  });
}

function written(segments: readonly Segment[]): Buffer {
  const table = Buffer.alloc(segments.length * entrySize);
  for (const [i, one] of segments.entries()) {
    table.writeUInt32LE(one.type, i * entrySize);
    table.writeUInt32LE(one.flags, i * entrySize + 4);
    const longs = [one.offset, one.address, one.address, one.fileSize, one.memorySize, one.align];
    for (const [k, value] of longs.entries()) table.writeBigUInt64LE(BigInt(value), i * entrySize + 8 + k * 8);
  }
  return table;
}

/**
 * What goes wrong with pages of a size: the kernel maps whole pages, so of two segments in one page the later one's rights hold
 * for both, and what must be written or executed in the earlier one no longer can be. Empty when all is well.
 */
export function pageFaults(segments: readonly Segment[], page: number): string[] {
  const loads = segments.filter(({ type }) => type === types.load);
  const wrong = loads.flatMap(({ offset, address }, i) =>
    offset % page === address % page
      ? []
      : [`segment ${i} lies at another place of its page in the file than in memory`],
  );
  const pagesOf = ({ address, memorySize }: Segment): [number, number] => [
    Math.floor(address / page),
    Math.floor((address + memorySize - 1) / page),
  ];
  for (const [i, one] of loads.entries())
    for (const [k, later] of loads.entries()) {
      if (k <= i) continue;
      const [[first, last], [laterFirst, laterLast]] = [pagesOf(one), pagesOf(later)];
      const lost = one.flags & ~later.flags & (flags.write | flags.execute);
      if (lost !== 0 && first <= laterLast && laterFirst <= last)
        wrong.push(
          `segment ${i} shares a page with segment ${k}, which takes its right to be ${lost & flags.write ? 'written' : 'executed'}`,
        );
    }
  return wrong;
}

const padded = (bytes: Uint8Array): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(roundUp(bytes.length, 4) - bytes.length)]);

/**
 * The file with a note more, in a segment of its own behind everything else and in pages that it shares with nothing. The table
 * of program headers has no room where it is, so it moves into that segment. Its address is as far from the file's start as its
 * place in the file: kernels before 5.18 and qemu compute one from the other.
 */
export function withNote(file: Buffer, name: string, note: Uint8Array): Buffer {
  const segments = segmentsOf(file);
  const loads = segments.filter(({ type }) => type === types.load);
  const first = loads[0];
  if (!first) throw new RangeError('nothing in this file is loaded');
  const base = first.address - first.offset;
  const end = Math.max(file.length, ...loads.map(({ address, memorySize }) => address + memorySize - base));
  const offset = roundUp(end, largestPage);
  const tableSize = roundUp((segments.length + 2) * entrySize, 16);
  const title = Buffer.from(`${name}\0`);
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(title.length, 0);
  sizes.writeUInt32LE(note.length, 4);
  const body = Buffer.concat([sizes, padded(title), padded(note)]);
  const place = (from: number, size: number): Omit<Segment, 'type' | 'flags' | 'align'> => ({
    offset: from,
    address: base + from,
    fileSize: size,
    memorySize: size,
  });
  const moved = segments.map((one) =>
    one.type === types.phdr ? { ...one, ...place(offset, (segments.length + 2) * entrySize) } : one,
  );
  const added: readonly Segment[] = [
    { type: types.load, flags: flags.read, align: largestPage, ...place(offset, tableSize + body.length) },
    { type: types.note, flags: flags.read, align: 4, ...place(offset + tableSize, body.length) },
  ];
  const table = written([...moved, ...added]);
  const result = Buffer.concat([
    file,
    Buffer.alloc(offset - file.length),
    table,
    Buffer.alloc(tableSize - table.length),
    body,
  ]);
  result.writeBigUInt64LE(BigInt(offset), at.phoff);
  result.writeUInt16LE(segments.length + 2, at.phnum);
  return result;
}
