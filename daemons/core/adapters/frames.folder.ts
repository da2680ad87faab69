/** A folder of stills as a camera that ends: every picture once, by name. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../ports/clock.ts';
import { Fault, isFault } from '../ports/fault.ts';
import type { FrameSource } from '../ports/frames.ts';
import type { Pictures } from '../ports/pictures.ts';
import { pictureLimits } from '../vision/header.ts';

export interface FolderOptions {
  readonly folder: string;
  /** One file of the folder; all of its pictures if absent. */
  readonly only?: string;
  /** What the frames are named after. */
  readonly name: string;
  readonly clock: Clock;
  readonly pictures: Pictures;
}

const isPicture = /\.(jpe?g|png)$/i;

/**
 * The frames' wall time is when the file was last written, which nothing vouches for, so without a bound. A picture that
 * cannot be used is told as trouble and counted as dropped.
 */
export function folderFrames({ folder, only, name, clock, pictures }: FolderOptions): FrameSource {
  return {
    frames: async function* ({ signal, onTrouble }) {
      const files = only === undefined ? await picturesIn(folder) : [only];
      let [seq, dropped] = [0, 0];
      for (const file of files) {
        if (signal.aborted) return;
        seq++;
        const whole = path.join(folder, file);
        try {
          const { mtimeMs, size } = await stat(whole);
          if (size > pictureLimits.bytes)
            throw new Fault('refused', `${whole}: has ${size} bytes; ${pictureLimits.bytes} are the most`);
          const picture = pictures.decode(await readFile(whole), whole);
          const at = { ...clock.now(), wallMs: mtimeMs, synced: false, uncertaintyMs: null };
          yield { source: name, seq, at, dropped, picture };
          dropped = 0;
        } catch (error) {
          if (!isFault(error) && !('code' in (error as Error))) throw error;
          dropped++;
          onTrouble({ what: 'garbage', message: `${name}: ${(error as Error).message}`, retryMs: null });
        }
      }
    },
  };
}

async function picturesIn(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code;
    throw new Fault('config', `${folder}: cannot be read (${why}); must be a folder of JPEG or PNG files`, error);
  }
  const files = names.filter((name) => isPicture.test(name)).toSorted();
  if (files.length === 0) throw new Fault('config', `${folder}: has no picture; files must end in .jpg, .jpeg or .png`);
  return files;
}
