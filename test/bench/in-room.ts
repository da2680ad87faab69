import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Runs work in a folder of its own; what it put into `ends` is ended backwards after it, however it ended. */
export async function inRoom<T>(
  name: string,
  work: (folder: string, ends: (() => Promise<void>)[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), `fieldpost-${name}-`));
  const ends: (() => Promise<void>)[] = [];
  try {
    return await work(folder, ends);
  } finally {
    for (const end of ends.toReversed()) await end();
    rmSync(folder, { recursive: true, force: true });
  }
}
