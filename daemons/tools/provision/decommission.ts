/** `fieldpost decommission`: a box that leaves its site forgets who it was, what it measured, and its key. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { identityIn } from '../../core/adapters/identity.files.ts';
import { isServed } from '../../core/adapters/lines.unix.ts';
import { someSpool } from '../../core/adapters/spools.folder.ts';
import { factsOf } from '../../core/pki/facts.ts';
import { Fault } from '../../core/ports/fault.ts';
import { boxDaemons } from './choose.ts';
import { nameInEnvironment } from './files.ts';
import type { Units } from './units.ts';

export interface Leaving {
  /** The name that the technician typed: a wrong box is not wiped by a line from the history of a shell. */
  readonly name: string;
  readonly config: string;
  readonly state: string;
  /** The agent's folder; absent: the box has none. */
  readonly agent?: string;
  /** Whether alerts and events that the centre never got may be lost. */
  readonly loses: boolean;
}

/** Gives what a person reads. Errors: Fault `refused`: another box, daemons that run, or something the centre has not got. */
export async function decommission(
  { name, config, state, agent, loses }: Leaving,
  units: Units | null,
): Promise<readonly string[]> {
  const { certificate } = identityIn(path.join(state, 'identity')).files;
  const is = existsSync(certificate)
    ? factsOf(readFileSync(certificate, 'utf8'), certificate).name
    : namedIn(path.join(config, 'box.env'));
  if (is !== null && is !== name)
    throw new Fault('refused', `this box is ${is}, and ${name} was to be wiped; nothing was touched`);
  // First the agent, for it would start the others again.
  await units?.stop(['agent', ...boxDaemons]);
  if (await isServed(path.join(state, 'control.sock')))
    throw new Fault('refused', `a gas daemon runs on ${state}; stop the daemons first; nothing was touched`);
  const spool = path.join(state, 'spool');
  if (!loses && existsSync(spool) && (await someSpool(spool, null, async (one) => hasWords(await one.depth()))))
    throw new Fault(
      'refused',
      `${spool}: alerts or events wait that the centre never got; let the uplink deliver them first, or give them up with --lose`,
    );
  // What is left on a flash card after a removal is the card's business; the key is denied at the centre.
  for (const folder of [state, ...(agent === undefined ? [] : [agent])])
    for (const one of existsSync(folder) ? readdirSync(folder) : [])
      rmSync(path.join(folder, one), { recursive: true });
  rmSync(path.join(config, 'devices', `${name}.yaml`), { force: true });
  await nameInEnvironment(path.join(config, 'box.env'), '');
  return [
    `${state}: key, certificates, spool and calibrations are gone, and what the agent was told; boards and profiles in ${config} stay`,
    `at the centre: fieldpost pki deny ${name}, for a card may be read after it was wiped`,
  ];
}

/** A box that never reached its centre has a name, and no certificate yet. */
const namedIn = (file: string): string | null =>
  (existsSync(file) ? /^DEVICE=(\S+)$/m.exec(readFileSync(file, 'utf8'))?.[1] : undefined) ?? null;

const hasWords = ({ alert, event }: { readonly alert: number; readonly event: number }): boolean => alert + event > 0;
