/** Follows the folder of spools: opens what appears, lets go of what was replaced or removed, clears what is done. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Running } from '../core/daemon/running.ts';
import { isFault } from '../core/ports/fault.ts';
import type { SpoolReader } from '../core/ports/spool.ts';
import { lanesOf, type Outgoing } from './outgoing.ts';

export interface Folder {
  /** By file name. */
  readonly spools: ReadonlyMap<string, Outgoing>;
  /** Looks at the folder, once in a while; what is new is opened meanwhile and is there at a later look. */
  look(): Promise<void>;
  /** A spool that cannot be read any more: it is opened anew if it is still there. */
  drop(one: Outgoing): Promise<void>;
  close(): Promise<void>;
}

export interface FolderOptions {
  readonly path: string;
  readonly open: (file: string) => Promise<SpoolReader>;
  /** Something was appended, or a spool was found. */
  readonly onNews: () => void;
}

/** The folder is read this often. */
const lookMs = 1000;
/** What a damaged spool left: no daemon writes it, and it ends when everything in it is at the centre. */
const salvaged = /-salvaged-.*\.db$/;
/** A salvaged file younger than this may still be written. */
const settledMs = 60_000;

export function openFolder({ path: folder, open, onNews }: FolderOptions, ctx: Running): Folder {
  const spools = new Map<string, Outgoing>();
  const opening = new Map<string, Promise<void>>();
  /** Files that could not be opened, and why: said once. */
  const trouble = new Map<string, string>();
  let closed = false;
  let lookedMs = Number.NEGATIVE_INFINITY;

  const list = (): string[] => {
    try {
      return readdirSync(folder).filter((name) => name.endsWith('.db'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  };

  const start = async (name: string): Promise<void> => {
    try {
      const reader = await open(path.join(folder, name));
      if (closed) return await reader.close();
      const one: Outgoing = { name, reader, appends: 0, lanes: await lanesOf(reader) };
      spools.set(name, one);
      trouble.delete(name);
      reader.onAppend(() => {
        one.appends += 1;
        onNews();
      });
      ctx.log.info('spool found', { file: name, spool: reader.id });
      onNews();
    } catch (error) {
      if (!isFault(error)) throw error;
      // A spool that its daemon is about to make is `absent` for a moment: nothing to tell.
      if (error.kind !== 'absent' && trouble.get(name) !== error.message)
        ctx.log.warn('spool cannot be opened; it is tried again', { file: name, reason: error.message });
      trouble.set(name, error.message);
    } finally {
      opening.delete(name);
    }
  };

  const drop = async (one: Outgoing): Promise<void> => {
    if (spools.get(one.name) !== one) return;
    spools.delete(one.name);
    lookedMs = Number.NEGATIVE_INFINITY;
    await one.reader.close();
  };

  const clear = async (one: Outgoing): Promise<void> => {
    const file = path.join(folder, one.name);
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age < settledMs) return;
    const { alert, event, tele } = await one.reader.depth();
    if (alert + event + tele > 0) return;
    await drop(one);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    ctx.log.info('a salvaged spool is delivered and was removed', { file: one.name, spool: one.reader.id });
  };

  return {
    spools,
    look: async () => {
      const nowMs = performance.now();
      if (nowMs - lookedMs < lookMs) return;
      lookedMs = nowMs;
      const names = list();
      for (const name of names) if (!spools.has(name) && !opening.has(name)) opening.set(name, start(name));
      for (const one of [...spools.values()]) {
        if (!names.includes(one.name)) await drop(one);
        else if (salvaged.test(one.name)) await clear(one);
      }
    },
    drop,
    close: async () => {
      closed = true;
      await Promise.all(opening.values());
      await Promise.all([...spools.values()].map(({ reader }) => reader.close()));
    },
  };
}
