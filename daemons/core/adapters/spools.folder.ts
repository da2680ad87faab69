/** Every spool of a box, one after the other, for a look at what waits in it. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isFault } from '../ports/fault.ts';
import type { Outbox } from '../ports/spool.ts';
import { openSpoolReader } from './spool.sqlite.ts';

/**
 * Whether `look` says yes to any spool in the folder. One that cannot be opened counts as a yes: nobody knows what is in it.
 * `master`: the storage key, as the daemons of the box have it.
 */
export async function someSpool(
  folder: string,
  master: Uint8Array | null,
  look: (spool: Outbox) => Promise<boolean>,
): Promise<boolean> {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.db'))) {
    try {
      const reader = await openSpoolReader(path.join(folder, name), master);
      try {
        if (await look(reader)) return true;
      } finally {
        await reader.close();
      }
    } catch (error) {
      if (!isFault(error)) throw error;
      return true;
    }
  }
  return false;
}
