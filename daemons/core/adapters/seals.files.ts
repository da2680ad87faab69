/** Keys of seals in a file of mode 0600, outside the database. Read at each use: there are few, and one that was changed counts at once. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { keyBytes, sealsWith } from '../access/seals.ts';
import { Fault } from '../ports/fault.ts';
import type { SealKeys } from '../ports/seals.ts';
import { createFile, replaceFile } from './durable-file.ts';
import { readSecretJson } from './secret-json.files.ts';

const keyFile = z.strictObject({
  /** Newest first; more than one while a change of the key is under way. */
  keys: z
    .array(z.base64().refine((one) => Buffer.from(one, 'base64').length === keyBytes))
    .min(1)
    .max(4),
});

const textOf = (keys: readonly Uint8Array[]): string =>
  `${JSON.stringify({ keys: keys.map((one) => Buffer.from(one).toString('base64')) })}\n`;

/** Null: there is no such file. Errors: Fault `config`. */
export const readSealKeys = (file: string): readonly Uint8Array[] | null =>
  readSecretJson(file, keyFile)?.keys.map((one) => Buffer.from(one, 'base64')) ?? null;

export function sealKeysIn(file: string): SealKeys {
  const seals = sealsWith(() => {
    const keys = readSealKeys(file);
    if (!keys) throw new Fault('config', `${file}: is not there, and secrets are sealed with the key in it`);
    return keys;
  });
  return {
    ...{ where: file, seals },
    isThere: () => readSealKeys(file) !== null,
    make: () => createFile(file, textOf([randomBytes(keyBytes)]), 0o600),
  };
}

/**
 * A new key in front of those that are there, then `reseal`, then the new one alone: stopped anywhere, everything still opens, and
 * it can be given again. Errors: Fault `config` where there is no key yet, `refused` for the disk.
 */
export async function rotateSealKey(file: string, reseal: () => Promise<void>): Promise<Uint8Array> {
  const keys = readSealKeys(file);
  if (!keys) throw new Fault('config', `${file}: is not there; a console makes it at its first start`);
  const fresh = randomBytes(keyBytes);
  await replaceFile(file, textOf([fresh, ...keys].slice(0, 4)), 0o600);
  await reseal();
  await replaceFile(file, textOf([fresh]), 0o600);
  // It holds the keys that are to be gone.
  await rm(`${file}.last-good`, { force: true });
  return fresh;
}
