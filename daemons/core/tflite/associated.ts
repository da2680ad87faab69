/**
 * Files that a .tflite file brings with it: TensorFlow Lite's metadata puts a ZIP archive behind the flatbuffer, with
 * labels in it. Read as far as that needs: stored and deflated entries, no ZIP64 (APPNOTE.TXT 4.3.6 to 4.3.16).
 */
import { inflateRawSync } from 'node:zlib';
import { Fault } from '../ports/fault.ts';

/** Labels of 100,000 classes fit. */
const mostBytes = 4 * 2 ** 20;
const mostEntries = 100;

/** The text of an associated file. Errors: Fault `refused`, naming the file and what is in it. */
export function associatedText(bytes: Uint8Array, entry: string, name: string): string {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const no = (what: string, cause?: unknown): Fault =>
    new Fault('refused', `${name}: ${what}; the labels of the model are not known`, cause);
  const end = zip.subarray(-65_557).lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw no(`brings no files with it, and so no "${entry}"`);
  const trailer = zip.subarray(-65_557).subarray(end);
  const seen: string[] = [];
  try {
    const count = Math.min(mostEntries, trailer.readUInt16LE(10));
    // Offsets count from the start of the archive or of the whole file, as the tool that appended it liked.
    const directory = zip.length - trailer.length - trailer.readUInt32LE(12);
    const shift = directory - trailer.readUInt32LE(16);
    let at = directory;
    for (let i = 0; i < count; i++) {
      const found = entryAt(zip, at);
      seen.push(found.name);
      if (found.name === entry) return contentOf(zip, shift + found.offset, found);
      at = found.next;
    }
  } catch (error) {
    throw no(`the archive behind it cannot be read at "${seen.at(-1) ?? entry}": ${(error as Error).message}`, error);
  }
  throw no(`brings no "${entry}" with it, only [${seen.join(', ')}]`);
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly offset: number;
  readonly next: number;
}

function entryAt(zip: Buffer, at: number): Entry {
  if (zip.readUInt32LE(at) !== 0x02014b50) throw new RangeError('no entry where one should be');
  const [nameLength, extra, comment] = [28, 30, 32].map((field) => zip.readUInt16LE(at + field)) as [
    number,
    number,
    number,
  ];
  return {
    name: zip.toString('utf8', at + 46, at + 46 + nameLength),
    method: zip.readUInt16LE(at + 10),
    packed: zip.readUInt32LE(at + 20),
    offset: zip.readUInt32LE(at + 42),
    next: at + 46 + nameLength + extra + comment,
  };
}

function contentOf(zip: Buffer, at: number, { method, packed }: Entry): string {
  if (zip.readUInt32LE(at) !== 0x04034b50) throw new RangeError('no file where one should be');
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28);
  if (start + packed > zip.length) throw new RangeError('it is truncated');
  const content = zip.subarray(start, start + packed);
  if (method === 0 && packed <= mostBytes) return content.toString('utf8');
  if (method !== 8) throw new RangeError(`compression ${method}; 0 and 8 are read here`);
  return inflateRawSync(content, { maxOutputLength: mostBytes }).toString('utf8');
}
