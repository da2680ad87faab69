import { type FSWatcher, watch } from 'node:fs';
import path from 'node:path';

/** Delays of the looks after a write was seen, in ms: the commit is visible only after its flush, which makes no event. */
const looksMs = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
/** The net under the file system's events: some file systems have none. */
const pollMs = 1000;

/**
 * Calls `onCommit` soon after another connection committed to the SQLite file (WAL mode) at `file`. `version` is cheap
 * and changes with every such commit (`PRAGMA data_version`). Nothing is polled faster than once a second unless the
 * file system says that somebody writes. Returns what stops it.
 */
export function watchCommits(file: string, version: () => number, onCommit: () => void): () => void {
  let known = version();
  let look = looksMs.length;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const check = (): void => {
    const now = version();
    if (now === known) return;
    known = now;
    onCommit();
  };
  const next = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      look += 1;
      check();
      next();
    }, looksMs[look] ?? pollMs);
    timer.unref();
  };
  const written = (name: string | null): void => {
    if (stopped || (name !== null && !name.startsWith(path.basename(file)))) return;
    // A row of looks runs to its end, whatever it finds: one that has hardly begun is quick enough for this write too.
    if (look <= 2) return;
    look = 0;
    clearTimeout(timer);
    next();
  };

  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(path.dirname(file), { persistent: false }, (_event, name) => written(name));
    // A watcher that breaks (folder gone, no inotify left) leaves the slow poll.
    watcher.on('error', () => watcher?.close());
  } catch (error) {
    if (!['ENOSPC', 'EMFILE', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
    watcher?.close();
  };
}
