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
 * Errors: when the tree's spool does not say how it flushes in the way that is known here.
 */
export function breakSpool(): BrokenSpool {
  const home = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-broken-'));
  const core = path.join(home, 'core');
  cpSync(path.join(root, 'daemons/core'), core, { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(home, 'node_modules'));
  const adapters = path.join(core, 'adapters');
  let broken = 0;
  for (const name of readdirSync(adapters).filter((one) => one.startsWith('spool.sqlite'))) {
    const file = path.join(adapters, name);
    const text = readFileSync(file, 'utf8');
    const without = text.replaceAll(/PRAGMA synchronous = (FULL|EXTRA|NORMAL)/g, 'PRAGMA synchronous = OFF');
    if (without === text) continue;
    writeFileSync(file, without);
    broken += 1;
  }
  if (broken === 0) throw new Error(`${adapters}: no spool file sets PRAGMA synchronous; it cannot be broken this way`);
  return {
    adapter: pathToFileURL(path.join(adapters, 'spool.sqlite.ts')).href,
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}
