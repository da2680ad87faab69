/**
 * Where models lie, and which one is in force. What came with the program lies in `<models>/<name>` and is never written
 * to; what was trained here lies beside it as `<name>@<version>`, written once and kept, since a replay needs the model
 * that decided. Two symbolic links say which is meant: `<name>.in-force`, and `<name>.last-good` for the one before it. A
 * link changes by one rename(2), so there is never none.
 */
import { readlinkSync } from 'node:fs';
import path from 'node:path';

export const inForceLink = (shipped: string): string => `${shipped}.in-force`;
export const lastGoodLink = (shipped: string): string => `${shipped}.last-good`;

/** The folder of the model in force, by the folder of the one that came with the program. */
export const inForceFolder = (shipped: string): string => linked(inForceLink(shipped)) ?? shipped;

/** Every folder that may decide, each once: the model in force, the one before it, and what came with the program. */
export function candidates(shipped: string): string[] {
  const folders = [inForceFolder(shipped), linked(lastGoodLink(shipped)) ?? shipped, shipped];
  return [...new Set(folders)];
}

/** Where a link leads, though nothing be there: then the model is refused by name, and not left out in silence. */
function linked(link: string): string | null {
  try {
    return path.resolve(path.dirname(link), readlinkSync(link));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // EINVAL: is there and is no link. A person who puts a folder there means that folder.
    if (code === 'EINVAL') return link;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
