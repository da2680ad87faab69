/** Key, request, claim and certificate of a box: each step may be the second of its kind, and changes nothing then. */
import { existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createFile } from '../../core/adapters/durable-file.ts';
import { identityIn } from '../../core/adapters/identity.files.ts';
import { keyHashOf } from '../../core/evidence/key-hash.ts';
import { factsOf, parseKey } from '../../core/pki/facts.ts';
import { makeKey, makeRequest } from '../../core/pki/issue.ts';
import type { Token } from '../../core/pki/token.ts';
import type { ClaimFirst } from '../../core/ports/claiming.ts';
import { Fault, isFault } from '../../core/ports/fault.ts';
import type { ClaimFile } from '../../core/wire/claim.ts';
import { fingerprint, until } from '../pki/words.ts';

export type Enrolled =
  | {
      readonly how: 'enrolled';
      readonly files: readonly ClaimFile[];
      readonly root: string | null;
      readonly text: string;
    }
  /** Nobody answered; the key is made, and the same token goes on later. */
  | { readonly how: 'later'; readonly text: string };

export interface Enrolling {
  readonly token: Token;
  readonly claim: ClaimFirst;
  /** Folder of key and certificates. */
  readonly folder: string;
}

/**
 * The key is made here and stays here. Errors: Fault `refused` when the centre refuses, when this box is another one already, or when
 * it belongs to another site.
 */
export async function enrolBox({ token, claim, folder }: Enrolling): Promise<Enrolled> {
  const { files } = identityIn(folder);
  refuseAnother(files.certificate, token, folder);
  if (!existsSync(files.key)) await createFile(files.key, makeKey(), 0o600);
  const key = parseKey(readFileSync(files.key, 'utf8'), files.key);
  const print = `key ${fingerprint(keyHashOf(key))}`;
  try {
    const { certificate, authority, files: sent, root } = await claim(await makeRequest(token.device, key));
    const laid = existsSync(files.authority) ? readFileSync(files.authority, 'utf8') : null;
    if (laid === null) await createFile(files.authority, authority, 0o644);
    else if (!laid.includes(authority.trim()))
      throw new Fault(
        'refused',
        `${files.authority}: is of another authority than the token; a box that moves to another site is wiped first: fieldpost decommission`,
      );
    await identityIn(folder).install(certificate);
    return { how: 'enrolled', files: sent, root, text: `${until(factsOf(certificate, files.certificate))}; ${print}` };
  } catch (error) {
    if (!isFault(error) || error.kind !== 'absent') throw error;
    return { how: 'later', text: `the centre was not reached: ${error.message}\n${print} is made and waits` };
  }
}

function refuseAnother(file: string, token: Token, folder: string): void {
  if (!existsSync(file)) return;
  const { name, issuer } = factsOf(readFileSync(file, 'utf8'), file);
  if (name === token.device) return;
  throw new Fault(
    'refused',
    `${folder}: this box is ${name} (of ${issuer}) already, and the token is for ${token.device}. Take a token for ${name}, or wipe the box first: fieldpost decommission`,
  );
}

const tokenFile = (folder: string): string => path.join(folder, 'token');

/** Keeps a token that could not be used yet, or takes it away. */
export async function keepToken(folder: string, text: string | null): Promise<void> {
  await rm(tokenFile(folder), { force: true });
  if (text !== null) await createFile(tokenFile(folder), `${text}\n`, 0o600);
}

/** The token that waits; null: none does. */
export const keptToken = (folder: string): string | null =>
  existsSync(tokenFile(folder)) ? readFileSync(tokenFile(folder), 'utf8').trim() : null;
