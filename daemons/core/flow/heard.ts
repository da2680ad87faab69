import { isFault } from '../ports/fault.ts';
import type { SerialLine } from '../ports/serial.ts';

/** What comes on a line within a time, or null for silence. Errors: as the line's, but for its `timeout`. */
export const heard = (line: SerialLine, withinMs: number): Promise<Uint8Array | null> =>
  line.read(withinMs).catch((error: unknown) => {
    if (isFault(error) && error.kind === 'timeout') return null;
    throw error;
  });
