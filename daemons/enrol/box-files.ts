import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import type { ClaimFile } from '../core/wire/claim.ts';

/**
 * The files that a new box gets. Where the centre has a file for it: that one, its board and its profile. Where it has none: all
 * boards and profiles, for the box to see which of them it is. Read anew each time: the folder is somebody's working copy.
 */
export const boxFilesIn =
  (folder: string | null) =>
  (device: string): readonly ClaimFile[] => {
    if (folder === null) return [];
    const own = read(folder, 'devices', device);
    if (!own) return [...all(folder, 'boards'), ...all(folder, 'profiles')];
    const { board, profile } = namesIn(own.text);
    return [own, read(folder, 'boards', board), read(folder, 'profiles', profile)].filter((one) => one !== null);
  };

function namesIn(text: string): { readonly board: string; readonly profile: string } {
  try {
    const { board, profile } = parse(text) as { board?: unknown; profile?: unknown };
    return { board: String(board), profile: String(profile) };
  } catch {
    // The box reads it with the same parser as always, and says what is wrong with it.
    return { board: '', profile: '' };
  }
}

function read(folder: string, kind: string, name: string): ClaimFile | null {
  try {
    return { path: `${kind}/${name}.yaml`, text: readFileSync(path.join(folder, kind, `${name}.yaml`), 'utf8') };
  } catch {
    return null;
  }
}

function all(folder: string, kind: string): ClaimFile[] {
  try {
    return readdirSync(path.join(folder, kind))
      .filter((name) => /^[a-z0-9-]{1,32}\.yaml$/.test(name))
      .toSorted()
      .map((name) => read(folder, kind, name.slice(0, -'.yaml'.length)))
      .filter((one) => one !== null);
  } catch {
    return [];
  }
}
