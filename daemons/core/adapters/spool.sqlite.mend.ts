/**
 * Opening a spool whatever state its file is in. A damaged file is moved aside whole, never deleted; what can still be
 * read of it goes to a spool of its own with the old id, which is delivered like any other; a fresh one takes its place
 * and tells in a `lost` event which numbers of the old one will never come.
 */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { isFault } from '../ports/fault.ts';
import { type Lost, lostEvents, type Told } from '../spool/gone.ts';
import { streams } from '../values/envelope.ts';
import { isBroken } from './spool.sqlite.fault.ts';
import { openSpoolFile, type SpoolFile } from './spool.sqlite.file.ts';
import { openOld, readId, readState, salvage } from './spool.sqlite.salvage.ts';
import { takeSuspects } from './spool.sqlite.suspect.ts';
import { missingEnd, spoolOfLog } from './spool.sqlite.tail.ts';

/** Files up to this size are read and checked whole at every start, which takes some tens of milliseconds. */
const checkBytes = 16_000_000;

export interface Mended {
  readonly file: SpoolFile;
  /** What was found wrong and what became of it; empty for a file in order. */
  readonly notes: readonly string[];
}

/** Opens the writer's file; a damaged one is mended first. Errors: SQLite's own when the world refuses (disk, rights). */
export function openMended(path: string, master: Uint8Array | null = null): Mended {
  mkdirSync(dirname(path), { recursive: true });
  if (sizeOf(path) === 0 && (existsSync(path) || sizeOf(`${path}-wal`) > 0)) return beginAgain(path, master);
  const suspects = takeSuspects(path);
  const cut = missingEnd(path);
  let file: SpoolFile | null = null;
  try {
    file = openSpoolFile(path, 'writer', { master });
    const isSmall = sizeOf(path) <= checkBytes;
    const fault = isSmall || suspects.structure ? file.check() : null;
    if (fault !== null) {
      file.close();
      return mend(path, fault, master);
    }
    if (cut !== null) return leaveShort(path, file, cut, master);
    const lost = file.giveUp('', isSmall ? file.spoiled() : suspects.rows);
    return { file, notes: lost.length === 0 ? [] : [`${path}: ${lost.length} damaged rows were taken out`] };
  } catch (error) {
    if (isFault(error)) return setAside(path, error.message, master);
    if (!isBroken(error)) throw error;
    if (file?.isOpen()) file.close();
    return mend(path, (error as Error).message, master);
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** Of a spool that left an empty file, or a log and no file, nothing is left that could be read. */
function beginAgain(path: string, master: Uint8Array | null): Mended {
  const aside = `${path}.damaged-${fileTime()}`;
  const spool = spoolOfLog(`${path}-wal`);
  if (existsSync(path)) move(path, aside);
  else renameSync(`${path}-wal`, `${aside}-wal`);
  const notes = [`${path} was empty or gone: what it may have held is lost, and a fresh spool was begun in its place`];
  const file = openSpoolFile(path, 'writer', { master });
  const after = spool === null ? [] : streams.map((stream) => ({ spool, stream, seq: 0 }));
  file.tell(toldOf(notes, { gone: [], after }));
  return { file, notes };
}

/** Moves the file aside, saves what can be read of it and begins a fresh one. `reason` is for the notes. */
export function mend(path: string, reason: string, master: Uint8Array | null): Mended {
  const aside = `${path}.damaged-${fileTime()}`;
  move(path, aside);
  let file: SpoolFile;
  try {
    file = openSpoolFile(path, 'writer', { master });
  } catch (error) {
    // What cannot be begun afresh is mended at the next try.
    move(aside, path);
    throw error;
  }
  const notes = [`${path} is damaged (${reason}): it was moved to ${aside} and a fresh spool was begun`];
  const source = openOld(aside, `${path}-making`);
  const { note, lost } =
    source === null
      ? { note: 'nothing could be read from it', lost: nothingKnown }
      : saveFrom(source, path, { file, master });
  source?.close();
  notes.push(note);
  file.tell(toldOf(notes, lost));
  return { file, notes };
}

const nothingKnown: Omit<Lost, 'message'> = { gone: [], after: [] };

/** What the daemon remembered goes on in the fresh file; the envelopes go to one beside it. */
function saveFrom(
  source: DatabaseSync,
  path: string,
  { file, master }: { readonly file: SpoolFile; readonly master: Uint8Array | null },
): ReturnType<typeof salvage> {
  const id = readId(source);
  file.append('', [], readState(source, id, master));
  return salvage(source, { id, master }, `${path.replace(/\.db$/, '')}-salvaged-${fileTime()}.db`);
}

const toldOf = (notes: readonly string[], lost: Omit<Lost, 'message'>): Told[] =>
  lostEvents({ ...lost, message: notes.join('; ') });

function move(from: string, to: string): void {
  rmSync(`${from}-shm`, { force: true });
  renameSync(from, to);
  if (existsSync(`${from}-wal`)) renameSync(`${from}-wal`, `${to}-wal`);
}

const fileTime = (): string => new Date().toISOString().replaceAll(/[-:.]/g, '');

/**
 * A file that is whole but for its end: it is delivered as it is, under its old id, and nothing is appended to it any
 * more, because its next numbers may have been given already.
 */
function leaveShort(path: string, file: SpoolFile, reason: string, master: Uint8Array | null): Mended {
  const beside = `${path.replace(/\.db$/, '')}-salvaged-${fileTime()}.db`;
  const after = streams.map((stream) => ({ spool: file.id, stream, seq: file.tails[stream].seq }));
  const state = file.remembered();
  file.close();
  move(path, beside);
  let fresh: SpoolFile;
  try {
    fresh = openSpoolFile(path, 'writer', { master });
    fresh.append('', [], state);
  } catch (error) {
    move(beside, path);
    throw error;
  }
  const notes = [`${path} has lost its end (${reason}): it was moved to ${beside}, to be delivered from there`];
  fresh.tell(toldOf(notes, { gone: [], after }));
  return { file: fresh, notes };
}

/** A file that is whole, but sealed with a key that this box does not have: it waits beside a fresh one for that key. */
function setAside(path: string, reason: string, master: Uint8Array | null): Mended {
  const beside = `${path.replace(/\.db$/, '')}-sealed-${fileTime()}.db`;
  move(path, beside);
  const notes = [
    `${reason}: the file was moved to ${beside}, to be delivered when the key is back; a fresh spool was begun`,
  ];
  const file = openSpoolFile(path, 'writer', { master });
  file.tell([{ type: 'storage-mended', severity: 'warning', message: notes.join('; '), detail: {} }]);
  return { file, notes };
}
