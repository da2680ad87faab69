/** The operator's keys of a site, as its folder has them: apart from what is signed, which reads the configuration of every daemon. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../../core/ports/fault.ts';
import { keysOf, parseRoot } from '../../core/release/metadata.ts';
import { parseSigned, type RoleKeys } from '../../core/release/signed.ts';
import { readKey } from './site-keys.ts';
import { readText } from './text-file.ts';

export interface Signing {
  readonly site: string;
  readonly by: string;
  readonly keys: readonly KeyObject[];
  /** Whose signatures count for what stands at the broker. */
  readonly operators: RoleKeys;
}

/**
 * `folder` is what `release init` made; without key files its own operator's key signs. `about`: the site that it must be of; null:
 * whichever it is of. Errors: Fault `config`.
 */
export function openSigning(folder: string, about: string | null, by: string, files: readonly string[]): Signing {
  const keys = (files.length > 0 ? files : [path.join(folder, 'keys/operator.key')]).map(readKey);
  const root = parseRoot(parseSigned(readText(newestRoot(path.join(folder, 'public')))));
  const { site } = root;
  if (about !== null && site !== about)
    throw new Fault('config', `${folder}: is of site ${site}; this is about ${about}`);
  const operators = keysOf(root, 'operator');
  const ours = keys.filter((key) => operators.keys.some((one) => one.equals(createPublicKey(key))));
  if (ours.length < operators.threshold)
    throw new Fault(
      'config',
      `--key: ${ours.length} of these keys are an operator's by root ${root.version}; ${operators.threshold} must sign`,
    );
  return { site, by, keys, operators };
}

function newestRoot(folder: string): string {
  const versions = names(folder).flatMap((name) => /^(\d+)\.root\.json$/.exec(name)?.[1] ?? []);
  if (versions.length === 0)
    throw new Fault('config', `${folder}: holds no N.root.json; fieldpost release init makes it`);
  return path.join(folder, `${Math.max(...versions.map(Number))}.root.json`);
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new Fault('config', `${folder}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
}
