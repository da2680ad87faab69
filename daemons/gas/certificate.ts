import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The device's certificate in PEM; null where it has none yet. */
export function certificateIn(state: string): string | null {
  try {
    return readFileSync(path.join(state, 'identity', 'device.crt'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}
