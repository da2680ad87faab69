import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.join(import.meta.dirname, '../..');

export interface BrokenSpool {
  /** Module that gives `openSpool`. */
  readonly adapter: string;
  close(): void;
}

/**
 * The spool as it is in the tree, but for one thing: it never flushes. Made to see whether a rig would notice.
 * `commits` breaks the flush that SQLite makes with a commit too. Errors: when the tree's spool does not flush in the way that is known here.
 */
export function breakSpool({ commits = true } = {}): BrokenSpool {
  const home = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-broken-'));
  const core = path.join(home, 'core');
  cpSync(path.join(root, 'daemons/core'), core, { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(home, 'node_modules'));
  const adapters = path.join(core, 'adapters');
  const broken: string[] = [];
  for (const name of readdirSync(adapters).filter((one) => one.startsWith('spool.sqlite'))) {
    const file = path.join(adapters, name);
    const text = readFileSync(file, 'utf8');
    const apart = text.replaceAll(/^ *(await flushData|fdatasyncSync)\(.*\);$/gm, '');
    const without = commits
      ? apart.replaceAll(/PRAGMA synchronous = (FULL|EXTRA|NORMAL)/g, 'PRAGMA synchronous = OFF')
      : apart;
    if (without === text) continue;
    writeFileSync(file, without);
    broken.push(name);
  }
  const known = ['spool.sqlite.open.ts', ...(commits ? ['spool.sqlite.file.ts'] : [])];
  if (!known.every((name) => broken.includes(name)))
    throw new Error(`${adapters}: flushes are not where they were (${known.join(', ')}); it cannot be broken this way`);
  return {
    adapter: pathToFileURL(path.join(adapters, 'spool.sqlite.ts')).href,
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}
