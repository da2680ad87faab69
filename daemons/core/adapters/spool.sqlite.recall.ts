import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isBroken, isRefused } from './spool.sqlite.fault.ts';

/** One piece of plain state of a file that cannot be opened for writing; null when not even that. */
export function recallFrom(path: string, key: string): string | null {
  for (const immutable of ['0', '1']) {
    const url = pathToFileURL(path);
    url.searchParams.set('mode', 'ro');
    // Without this SQLite wants to make its index beside the file, also for reading.
    url.searchParams.set('immutable', immutable);
    let db: DatabaseSync | null = null;
    try {
      db = new DatabaseSync(url, { readOnly: true });
      const value = db.prepare('SELECT value FROM state WHERE key = ?').get(key)?.value;
      return typeof value === 'string' ? value : null;
    } catch (error) {
      if (!isRefused(error) && !isBroken(error)) throw error;
    } finally {
      db?.close();
    }
  }
  return null;
}
