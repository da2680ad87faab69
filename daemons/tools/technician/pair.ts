/** `fieldpost pair`: whoever is at the box lets a phone in. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { Fault } from '../../core/ports/fault.ts';
import { makePairing } from '../../service/pairing.ts';

/** Puts what is kept of a new code into the state folder, an earlier code is void; gives the lines to show. */
export async function pair(state: string): Promise<readonly string[]> {
  if (!existsSync(state))
    throw new Fault('absent', `${state}: there is no such folder; --state is the box's state folder`);
  const { code, kept } = makePairing(Date.now());
  await replaceFile(path.join(state, 'pairing.json'), `${JSON.stringify(kept)}\n`, 0o600);
  return [`code for the phone: ${code.slice(0, 4)} ${code.slice(4)}`, 'good for one phone and ten minutes'];
}
