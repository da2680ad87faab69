/**
 * Whether the end of a spool is missing. SQLite takes a write-ahead log up to the first frame that does not hold and is
 * silent about the rest, so a spool whose log was cut or spoiled opens as an older one, and its numbers would be given a
 * second time. What is there still tells: the index beside the log says how many frames were committed; and whole
 * commits may stand behind the frame that does not hold. File formats: https://www.sqlite.org/walformat.html
 */
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import os from 'node:os';
import { isLogGone } from './spool.sqlite.open.ts';

const walHeader = 32;
const frameHeader = 24;
/** Two copies of the index header, then how far the log was brought into the file. */
const indexHeader = 48;

interface Index {
  readonly salts: string;
  readonly frames: number;
  readonly broughtIn: number;
}

/** What the log holds: frames of whole commits that SQLite will take, and commits behind them that it will not. */
interface Log {
  readonly salts: string;
  readonly frames: number;
  readonly commitsBehind: number;
}

/**
 * Why the end of the spool at `path` is missing, as a sentence, or null. Must be asked before the file is opened. A commit
 * that was cut while it was written is no loss: nobody was told that it is kept.
 */
export function missingEnd(path: string): string | null {
  if (isLogGone(path)) return 'its log is missing, and it was not closed';
  const index = readIndex(`${path}-shm`);
  const log = readLog(`${path}-wal`);
  if (log && log.commitsBehind > 1) return `its log is spoiled after frame ${log.frames}`;
  if (!index || index.frames === 0 || index.broughtIn >= index.frames) return null;
  if (!log) return `its log is missing with ${index.frames} frames`;
  if (log.salts === index.salts && log.frames < index.frames)
    return `its log ends at frame ${log.frames} of ${index.frames}`;
  return null;
}

/** The id of the spool that a log belongs to, where an envelope in it tells; null where none does, or there is no log. */
export function spoolOfLog(log: string): string | null {
  if (!existsSync(log)) return null;
  return /"spool":"([A-Za-z0-9-]{1,64})","stream"/.exec(readFileSync(log, 'latin1'))?.[1] ?? null;
}

function readIndex(file: string): Index | null {
  if (!existsSync(file)) return null;
  const bytes = Buffer.alloc(indexHeader * 2 + 8);
  const fd = openSync(file, 'r');
  try {
    if (readSync(fd, bytes) < bytes.length) return null;
  } finally {
    closeSync(fd);
  }
  // Written one after the other: equal copies are a whole header.
  if (!bytes.subarray(0, indexHeader).equals(bytes.subarray(indexHeader, 2 * indexHeader))) return null;
  const number = (at: number): number => (os.endianness() === 'LE' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  if (number(0) !== 3_007_000 || bytes[12] !== 1) return null;
  return { salts: bytes.toString('hex', 32, 40), frames: number(16), broughtIn: number(2 * indexHeader) };
}

function readLog(file: string): Log | null {
  if (!existsSync(file)) return null;
  const bytes = readFileSync(file);
  if (bytes.length < walHeader) return null;
  const magic = bytes.readUInt32BE(0);
  if ((magic & 0xfffffffe) !== 0x377f0682) return headless(bytes);
  const big = (magic & 1) === 1;
  const frameBytes = frameHeader + bytes.readUInt32BE(8);
  const salts = bytes.subarray(16, 24);
  let sum = checksum(bytes, 0, 24, [0, 0], big);
  if (!holds(bytes, 24, sum)) return headless(bytes);
  let frames = 0;
  let commitsBehind = 0;
  let whole = true;
  for (let at = walHeader, n = 1; at + frameBytes <= bytes.length; at += frameBytes, n++) {
    if (!bytes.subarray(at + 8, at + 16).equals(salts)) {
      // Frames of an earlier round of the log begin here, or one that is spoiled just there.
      whole = false;
      continue;
    }
    const isCommit = bytes.readUInt32BE(at + 4) !== 0;
    if (whole) {
      sum = checksum(bytes, at, at + 8, sum, big);
      sum = checksum(bytes, at + frameHeader, at + frameBytes, sum, big);
      whole = holds(bytes, at + 16, sum);
    }
    if (whole && isCommit) frames = n;
    else if (!whole && isCommit) commitsBehind += 1;
  }
  return { salts: salts.toString('hex'), frames, commitsBehind };
}

/** Pages are SQLite's usual ones: nobody chose another size for a spool. */
const pageBytes = 4096;

/** A log whose head is spoiled: SQLite takes nothing of it, and what look like commits in it are behind. Null: no log. */
function headless(bytes: Buffer): Log | null {
  let commitsBehind = 0;
  for (let at = walHeader; at + frameHeader + pageBytes <= bytes.length; at += frameHeader + pageBytes) {
    const [page, size] = [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
    if (page > 0 && size >= page) commitsBehind += 1;
  }
  return commitsBehind > 1 ? { salts: '', frames: 0, commitsBehind } : null;
}

const holds = (bytes: Buffer, at: number, [s0, s1]: readonly [number, number]): boolean =>
  bytes.readUInt32BE(at) === s0 && bytes.readUInt32BE(at + 4) === s1;

/** Section 4.2 of the format: two running sums over pairs of 32-bit words. */
function checksum(
  bytes: Buffer,
  from: number,
  to: number,
  [first, second]: readonly [number, number],
  big: boolean,
): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [s0, s1] = [first, second];
  for (let at = from; at < to; at += 8) {
    s0 = (s0 + view.getUint32(at, !big) + s1) >>> 0;
    s1 = (s1 + view.getUint32(at + 4, !big) + s0) >>> 0;
  }
  return [s0, s1];
}
