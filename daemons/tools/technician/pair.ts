/** `fieldpost pair`: whoever is at the box lets a phone in. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { Fault } from '../../core/ports/fault.ts';
import { makePairing, patrolSessions } from '../../service/pairing.ts';
import { type PatrolGuest, patrolGuest } from '../../service/patrol/guest.ts';

/** Puts what is kept of a new code into the state folder, an earlier code is void; gives the lines to show. */
export async function pair(state: string): Promise<readonly string[]> {
  const code = await lay(state, 'pairing.json', {});
  return [`code for the phone: ${code}`, 'good for one phone and ten minutes'];
}

/** The same for a patrol. Errors: Fault `config` for a unit or a pseudonym that is none. */
export async function pairPatrol(state: string, who: PatrolGuest): Promise<readonly string[]> {
  const guest = patrolGuest.safeParse(who);
  if (!guest.success)
    throw new Fault(
      'config',
      `--patrol, --by: ${z.prettifyError(guest.error)}; no code was made, an earlier one stands`,
    );
  const code = await lay(state, 'pairing-patrol.json', { guest: guest.data });
  const { unit, by } = guest.data;
  return [
    `code for the phone of ${by}, ${unit}: ${code}`,
    'good for one phone and ten minutes, then for a shift of twelve hours; to be typed at /patrol/ of the page of this box',
  ];
}

/** Ends what every patrol's phone was let in for, and the code that is out: one of them was lost. */
export async function endPatrols(state: string): Promise<readonly string[]> {
  for (const name of [patrolSessions, 'pairing-patrol.json']) await rm(path.join(state, name), { force: true });
  return ["every patrol's phone is out at once; the others need a new code"];
}

async function lay(state: string, name: string, more: object): Promise<string> {
  if (!existsSync(state))
    throw new Fault('absent', `${state}: there is no such folder; --state is the box's state folder`);
  const { code, kept } = makePairing(Date.now());
  await replaceFile(path.join(state, name), `${JSON.stringify({ ...kept, ...more })}\n`, 0o600);
  return `${code.slice(0, 4)} ${code.slice(4)}`;
}
