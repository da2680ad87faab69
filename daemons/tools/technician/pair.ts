/** `fieldpost pair`: whoever is at the box lets a phone in. */
import path from 'node:path';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { makePairing } from '../../service/pairing.ts';

/** Puts what is kept of a new code into the state folder, an earlier code is void; gives the lines to show. */
export async function pair(state: string): Promise<readonly string[]> {
  const { code, kept } = makePairing(Date.now());
  await replaceFile(path.join(state, 'pairing.json'), `${JSON.stringify(kept)}\n`, 0o600);
  return [`code for the phone: ${code.slice(0, 4)} ${code.slice(4)}`, 'good for one phone and ten minutes'];
}
