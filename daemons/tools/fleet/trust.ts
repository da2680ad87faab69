/** At a box: the root of its site, brought once by a person or by what provisions it. */
import { chownSync, existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { trustIn } from '../../core/adapters/trust.files.ts';
import { Fault } from '../../core/ports/fault.ts';
import { parseSigned } from '../../core/release/signed.ts';
import { firstTrust, nextRoot, rootOf, type Trust } from '../../core/release/trust.ts';

/** The first is believed as it was brought; a later one must follow the one that is believed. Errors: Fault. */
export async function trustRoot(file: string, folder: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('config', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  const signed = parseSigned(text);
  const kept = trustIn(trustFile(folder));
  if (!existsSync(trustFile(folder))) return firstRoot(text, folder);
  return said(folder, await kept.change((before) => nextRoot(before, signed)));
}

/** What the centre gave with the certificate of a box; nothing where a root is believed already. Errors: Fault. */
export async function firstRoot(text: string, folder: string): Promise<readonly string[]> {
  if (existsSync(trustFile(folder))) return [];
  const trust = firstTrust(parseSigned(text));
  await trustIn(trustFile(folder)).create(trust);
  // Root brings it, and the agent goes on with it as another user.
  const { uid, gid } = statSync(folder);
  if (process.getuid?.() === 0) chownSync(trustFile(folder), uid, gid);
  return said(folder, trust);
}

export const trustFile = (folder: string): string => path.join(folder, 'trust.json');

function said(folder: string, trust: Trust): readonly string[] {
  const { site, version } = rootOf(trust);
  return [`${trustFile(folder)}: root ${version} of ${site} is believed`];
}
