/**
 * How a trained model comes into force. Invariant: whatever is cut, between any two system calls, a whole model is in
 * force afterwards, the old or the new. A model is written beside the others under a name that nothing points to, is
 * flushed, takes its own name by one rename(2), and then the links change (core/model/places.ts), each by one rename(2).
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { inForceLink, lastGoodLink } from '../../core/model/places.ts';
import { Fault } from '../../core/ports/fault.ts';

/** Files of a model by their path in its folder. `card.json` is written last: a folder without a card is no model. */
export type ModelFiles = Readonly<Record<string, string | Uint8Array>>;

const making = (shipped: string, pid: number): string => `${shipped}.making-${pid}`;

/** Writes and flushes a model under a name that nothing points to, and answers the folder. */
export function lay(shipped: string, files: ModelFiles): string {
  sweep(shipped);
  const folder = making(shipped, process.pid);
  const ordered = Object.entries(files).sort(([a], [b]) => Number(a === 'card.json') - Number(b === 'card.json'));
  for (const [name, content] of ordered) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.next`, content, { flush: true });
    renameSync(`${file}.next`, file);
  }
  for (const inside of new Set(Object.keys(files).map((name) => path.dirname(path.join(folder, name))))) flush(inside);
  flush(folder);
  return folder;
}

/** What trainings that were killed left behind. One that still runs keeps its folder. */
function sweep(shipped: string): void {
  const begin = path.basename(making(shipped, 0)).slice(0, -1);
  for (const name of readdirSync(path.dirname(shipped))) {
    if (!name.startsWith(begin)) continue;
    const pid = name.slice(begin.length);
    if (pid === String(process.pid) || !existsSync(`/proc/${pid}`))
      rmSync(path.join(path.dirname(shipped), name), { recursive: true, force: true });
  }
}

export interface Switch {
  /** Folder of the model that came with the program. */
  readonly shipped: string;
  /** Where `lay` put the new one. */
  readonly laid: string;
  readonly version: string;
  /** Folder of the model that decides now: it becomes the last good one. */
  readonly before: string;
}

/**
 * Puts a laid model in force, a step each time it is asked; a cut after any of them leaves a whole model in force. The
 * last value is the new model's folder. Errors: Fault `refused` when another training took that version meanwhile.
 */
export function* switchTo({ shipped, laid, version, before }: Switch): Generator<string> {
  const folder = folderOf(shipped, version);
  try {
    renameSync(laid, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(laid, { recursive: true });
    throw new Fault('refused', `${folder}: another training put it there meanwhile; the model in force stays`, error);
  }
  yield laid;
  flush(path.dirname(shipped));
  yield before;
  yield* point(lastGoodLink(shipped), before);
  yield* point(inForceLink(shipped), folder);
  yield folder;
}

export const folderOf = (shipped: string, version: string): string => `${shipped}@${version}`;

/** A relative link: the folder of the models may be copied as a whole. */
function* point(link: string, folder: string): Generator<string> {
  rmSync(`${link}.next`, { force: true });
  symlinkSync(path.basename(folder), `${link}.next`);
  yield link;
  renameSync(`${link}.next`, link);
  yield link;
  flush(path.dirname(link));
  yield link;
}

function flush(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
