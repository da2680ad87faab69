import { copyFile, mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { type Adapter, Low } from 'lowdb';
import * as z from 'zod';

export interface DurableJson<T> {
  readonly db: Low<T>;
  readonly notes: readonly string[];
}

/**
 * A lowdb file that survives a power cut: lowdb's own adapter renames without a flush and loses everything at one
 * (delivery.md section 2). This one flushes the new file and its folder, and keeps the last good copy beside it.
 * A file that cannot be read is never a reason not to start: the copy is used, and `notes` says so.
 */
export async function openDurableJson<T>(file: string, shape: z.ZodType<T>, empty: T): Promise<DurableJson<T>> {
  const notes: string[] = [];

  const load = async (name: string): Promise<T | null> => {
    let text: string;
    try {
      text = await readFile(name, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      notes.push(`${name}: cannot be read (${(error as Error).message})`);
      return null;
    }
    try {
      return shape.parse(JSON.parse(text));
    } catch (error) {
      const aside = `${name}.damaged-${Date.now()}`;
      const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
      const where = await rename(name, aside).then(
        () => `moved to ${aside}`,
        (refused: Error) => `it stays there (${refused.message})`,
      );
      notes.push(`${name}: ${why}; ${where}, the last good copy is used`);
      return null;
    }
  };

  const adapter: Adapter<T> = {
    read: async () => (await load(file)) ?? (await load(`${file}.last-good`)),
    write: async (data) => {
      const next = `${file}.next`;
      await mkdir(path.dirname(file), { recursive: true });
      const handle = await open(next, 'w', 0o640);
      try {
        await handle.writeFile(`${JSON.stringify(data, null, 2)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await copyFile(file, `${file}.last-good`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      await rename(next, file);
      const folder = await open(path.dirname(file), 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
  };
  const db = new Low<T>(adapter, empty);
  await db.read();
  return { db, notes };
}
