/** At a box: the root of its site, brought once by a person or by what provisions it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { trustIn } from '../../core/adapters/trust.files.ts';
import { Fault } from '../../core/ports/fault.ts';
import { parseSigned } from '../../core/release/signed.ts';
import { firstTrust, rootOf } from '../../core/release/trust.ts';

/** Errors: Fault, also when a root is believed already: it is followed by the chain of roots only. */
export async function trustRoot(file: string, folder: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Fault('config', `${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
  }
  const trust = firstTrust(parseSigned(text));
  const where = path.join(folder, 'trust.json');
  await trustIn(where).create(trust);
  const { site, version } = rootOf(trust);
  return [`${where}: root ${version} of ${site} is believed`];
}
