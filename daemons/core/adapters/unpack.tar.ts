/** A model's folder in a tar file: made so that the same folder gives the same bytes, and laid out again. */
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Unpack } from '../ports/artefacts.ts';
import { Fault } from '../ports/fault.ts';
import { parseWire } from '../wire/parse.ts';
import { runUnpacker } from './unpack.run.ts';

const card = z.looseObject({ name: z.string(), version: z.string(), file: z.string() });

/** What a model's card says of it. Errors: Fault with the file. */
export async function modelFacts(folder: string): Promise<z.infer<typeof card>> {
  const file = path.join(folder, 'card.json');
  try {
    return parseWire(await readFile(file, 'utf8'), card);
  } catch (error) {
    throw new Fault('refused', `${file}: is no card of a model (${(error as Error).message})`, error);
  }
}

/** The programs that made a model stay with the sources. */
const left = ['--exclude=./train', '--exclude=./README.md'];
const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'];

/** Errors: Fault. */
export async function packModel(folder: string, file: string): Promise<void> {
  await runUnpacker(folder, 'tar', ['-c', ...same, ...left, '-f', file, '-C', folder, '.']);
}

/** Refused when it holds anything but files and folders, or its card is of another model than was signed. */
export const unpackModel: Unpack = async ({ name, version }, file, folder) => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await runUnpacker(file, 'tar', ['-x', '--no-same-owner', '-f', file, '-C', folder]);
    for (const one of await readdir(folder, { recursive: true, withFileTypes: true }))
      if (!one.isFile() && !one.isDirectory())
        throw new Fault('refused', `model ${name} ${version}: ${one.name} is neither file nor folder`);
    const says = await modelFacts(folder);
    if (says.name !== name || says.version !== version)
      throw new Fault('refused', `model ${name} ${version}: its card is of ${says.name} ${says.version}`);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};
