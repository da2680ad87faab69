/** A site's root and role keys in a folder at the centre. The root's keys are for a safe: all others can be replaced by them. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createFile } from '../../core/adapters/durable-file.ts';
import { Fault } from '../../core/ports/fault.ts';
import type { Root } from '../../core/release/metadata.ts';
import { type Role, roles } from '../../core/release/roles.ts';
import { parseSigned, type Signed, signText } from '../../core/release/signed.ts';

const dayMs = 86_400_000;

export const inDays = (days: number): string => new Date(Date.now() + days * dayMs).toISOString();

export const publicHalf = (pem: string): string =>
  createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }) as string;

export const makePem = (): string =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

/** Makes a key of each role and the first root. Errors: Fault `refused` when they are there. */
export async function initSite(folder: string, site: string, days: number): Promise<readonly string[]> {
  const made: Record<string, string> = {};
  for (const role of roles) made[role] = makePem();
  for (const role of roles) await createFile(path.join(folder, 'keys', `${role}.key`), made[role] ?? '', 0o600);
  const roleOf = (role: Role) => ({ threshold: 1, keys: [publicHalf(made[role] ?? '')] });
  const root: Root = {
    ...{ v: 1, site, version: 1, expires: inDays(days) },
    roles: {
      root: roleOf('root'),
      release: roleOf('release'),
      timestamp: roleOf('timestamp'),
      operator: roleOf('operator'),
    },
  };
  mkdirSync(path.join(folder, 'public'), { recursive: true });
  const file = path.join(folder, 'public', '1.root.json');
  const signed = signText('root', JSON.stringify(root), [createPrivateKey(made.root ?? '')]);
  await createFile(file, textOf(signed), 0o644);
  return [
    `${file}: the root of ${site}, until ${root.expires.slice(0, 10)}; a box believes it once it is brought there (fieldpost release trust)`,
    `${path.join(folder, 'keys', 'root.key')}: belongs in a safe, with a copy: it replaces every other key`,
    `${path.join(folder, 'keys', 'operator.key')}: whoever has it decides what boxes are (fieldpost twin set)`,
  ];
}

export const textOf = (signed: Signed): string => `${JSON.stringify(signed)}\n`;

/** Errors: Fault `config` for a file that is no private Ed25519 key. */
export function readKey(file: string): KeyObject {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('config', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  return privateKey(pem, file);
}

/** Errors: Fault `config` that names `where`. */
export function privateKey(pem: string, where: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new Fault('config', `${where}: is not a private key in PEM (${(error as Error).message})`, error);
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Fault('config', `${where}: is ${key.asymmetricKeyType}; must be Ed25519`);
  return key;
}

/** `operator.key`, `operator-2.key`, ... */
export const keyNames = (role: Role, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => (i === 0 ? `${role}.key` : `${role}-${i + 1}.key`));

const isOf = (role: Role, name: string): boolean =>
  name === `${role}.key` || /^-\d+\.key$/.test(name.slice(role.length));

/** The files of a role's keys that are here: others may be in a safe, or with another person. */
export function keyFiles(folder: string, role: Role): readonly string[] {
  const names = readdirSync(path.join(folder, 'keys')).filter((name) => name.startsWith(role) && isOf(role, name));
  return names.toSorted().map((name) => path.join(folder, 'keys', name));
}

/** Errors: Fault `config` when none is here. */
export function keysIn(folder: string, role: Role): readonly KeyObject[] {
  const files = keyFiles(folder, role);
  if (files.length > 0) return files.map(readKey);
  throw new Fault('config', `${path.join(folder, 'keys', `${role}.key`)}: is not here; bring it from where it is kept`);
}

/** The newest root of the site. Errors: Fault `config` when there is none. */
export function newestRoot(folder: string): Signed {
  const shown = path.join(folder, 'public');
  const versions = readdirSync(shown).flatMap((name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? []);
  if (versions.length === 0) throw new Fault('config', `${shown}: holds no root; fieldpost release init makes one`);
  return parseSigned(readFileSync(path.join(shown, `${Math.max(...versions.map(Number))}.root.json`), 'utf8'));
}
