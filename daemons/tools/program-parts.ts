/**
 * Texts and code of programs, behind the end of the executable and not in the blob of Node's single-executable application: Node maps
 * that one, and what a process reads of a map counts as its memory for good.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { Fault } from '../core/ports/fault.ts';

/** Name, first byte and length in the file. */
type Part = readonly [name: string, at: number, length: number];

/** After the index, which is JSON of parts: its length, little-endian, and this. */
const mark = 'FPPARTS1';
const lengthBytes = 4;

/** The executable with `parts` behind it, and where each lies. */
export function withParts(executable: Buffer, parts: Readonly<Record<string, Buffer>>): Buffer {
  const index: Part[] = [];
  let at = executable.length;
  for (const [name, { length }] of Object.entries(parts)) {
    index.push([name, at, length]);
    at += length;
  }
  const said = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(said.length);
  return Buffer.concat([executable, ...Object.values(parts), said, length, Buffer.from(mark)]);
}

/** Reads parts of the executable `file` by their names. Errors: Fault `protocol` when it has no whole index, `absent` for a name. */
export function readParts(file: string, names: readonly string[]): readonly Buffer[] {
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const read = (at: number, length: number): Buffer => {
      if (at < 0 || length < 0 || at + length > size) throw broken(file);
      const bytes = Buffer.allocUnsafeSlow(length);
      if (readSync(fd, bytes, 0, length, at) !== length) throw broken(file);
      return bytes;
    };
    const end = read(size - mark.length - lengthBytes, mark.length + lengthBytes);
    if (end.toString('latin1', lengthBytes) !== mark) throw broken(file);
    const length = end.readUInt32LE();
    const index = indexIn(read(size - end.length - length, length).toString());
    if (index === null) throw broken(file);
    return names.map((name) => {
      const part = index.get(name);
      if (part === undefined) throw new Fault('absent', `${file}: has no program ${name}`);
      return read(...part);
    });
  } finally {
    closeSync(fd);
  }
}

const broken = (file: string): Fault =>
  new Fault('protocol', `${file}: its end, which holds the programs, is damaged or cut off; install the package again`);

/** By hand, since every start of a daemon reads it, before anything else is loaded. */
function indexIn(text: string): ReadonlyMap<string, readonly [at: number, length: number]> | null {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(said)) return null;
  const isPart = (one: unknown): one is Part =>
    Array.isArray(one) && typeof one[0] === 'string' && Number.isSafeInteger(one[1]) && Number.isSafeInteger(one[2]);
  return said.every(isPart) ? new Map(said.map(([name, at, length]) => [name, [at, length]])) : null;
}
