/** Other keys for a role: a root that the one before signed, and that boxes follow by themselves. */
import { readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { createFile, replaceFile } from '../../core/adapters/durable-file.ts';
import { Fault } from '../../core/ports/fault.ts';
import { parseRoot, type Root } from '../../core/release/metadata.ts';
import type { Role } from '../../core/release/roles.ts';
import { parseSigned, signText } from '../../core/release/signed.ts';
import { firstTrust, nextRoot } from '../../core/release/trust.ts';
import {
  inDays,
  keyFiles,
  keyNames,
  keysIn,
  makePem,
  newestRoot,
  privateKey,
  publicHalf,
  readKey,
  textOf,
} from './site-keys.ts';

export interface Rotation {
  readonly role: Role;
  /** How many keys it gets, and how many of them must sign. */
  readonly keys: number;
  readonly threshold: number;
  /** Life of the root, in days. */
  readonly days: number;
}

/** Keys that were there before stay as `NAME.until-root-N`, for a root's own must sign once more. Errors: Fault. */
export async function rotateRole(
  folder: string,
  { role, keys, threshold, days }: Rotation,
): Promise<readonly string[]> {
  if (threshold < 1 || threshold > keys)
    throw new Fault('config', `--threshold ${threshold}: must be 1 to ${keys}, the number of keys`);
  const signed = newestRoot(folder);
  const before = parseRoot(signed);
  const pems = keyNames(role, keys).map((name) => ({ name, pem: makePem() }));
  const next: Root = {
    ...before,
    version: before.version + 1,
    expires: inDays(days),
    roles: { ...before.roles, [role]: { threshold, keys: pems.map(({ pem }) => publicHalf(pem)) } },
  };
  const fresh = role === 'root' ? pems.map(({ pem }) => privateKey(pem, role)) : [];
  const followed = signText('root', JSON.stringify(next), [...keysIn(folder, 'root'), ...fresh]);
  // What no box would follow is not made.
  nextRoot(firstTrust(signed), followed);
  for (const file of keyFiles(folder, role)) renameSync(file, `${file}.until-root-${before.version}`);
  for (const { name, pem } of pems) await createFile(path.join(folder, 'keys', name), pem, 0o600);
  await replaceFile(path.join(folder, 'public', `${next.version}.root.json`), textOf(followed), 0o644);
  return [
    `${next.version}.root.json: ${role} has other keys, of which ${threshold} of ${keys} must sign; boxes follow when they hear something that their root does not know`,
    ...(role === 'release' || role === 'timestamp' ? ['sign the list again now: fieldpost release sign'] : []),
  ];
}

/** Adds a signature to a signed file: where a role has a threshold, each person signs on a machine of their own. Errors: Fault. */
export async function cosign(file: string, key: string): Promise<readonly string[]> {
  const { role, text, signatures } = parseSigned(readFileSync(file, 'utf8'));
  const [added] = signText(role, text, [readKey(key)]).signatures;
  if (!added) throw new RangeError('a key that signs nothing');
  const all = [...signatures.filter((one) => one.key !== added.key), added];
  await replaceFile(file, textOf({ v: 1, role, text, signatures: all }), 0o644);
  return [`${file}: ${all.length} signatures of role ${role}`];
}
