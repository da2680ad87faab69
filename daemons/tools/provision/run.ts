import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { claimOver } from '../../core/adapters/claim.https.ts';
import { systemClock } from '../../core/adapters/clock.system.ts';
import { replaceFile } from '../../core/adapters/durable-file.ts';
import { keptToken } from './identity.ts';
import { type Order, orderIn, whereOf, withoutToken } from './order.ts';
import { type Outcome, provision } from './provision.ts';
import { systemdUnits } from './units.ts';

export interface ProvisionOptions {
  readonly token?: string;
  readonly from?: string;
  readonly board?: string;
  readonly profile?: string;
  readonly where?: string;
  readonly config: string;
  readonly state: string;
  readonly feed: string;
  readonly start: boolean;
  readonly atBoot: boolean;
}

/** The package makes it: a box without it has no agent. */
const agentFolder = '/var/lib/fieldpost-agent';

/** The verb on this machine. Errors: Fault `config` for what was said wrongly. */
export async function provisionHere(options: ProvisionOptions): Promise<Outcome> {
  const { config, state, feed, from, start, atBoot } = options;
  const order = orderOf(options);
  if (atBoot && order.token === null) return 'green';
  const said: string[] = [];
  const outcome = await provision(
    order,
    { config, state, feed, ...(existsSync(agentFolder) ? { agent: agentFolder } : {}) },
    {
      claim: claimOver,
      clock: systemClock(),
      say: (line) => {
        said.push(line);
        process.stdout.write(`${line}\n`);
      },
      units: start ? systemdUnits() : null,
    },
  );
  // For whoever carries the card back to a laptop.
  if (atBoot && from !== undefined && existsSync(path.dirname(from)))
    await replaceFile(`${from}.said.txt`, `${said.join('\n')}\n`, 0o600);
  // The certificate is there: what is left to do needs no token.
  if (from !== undefined && existsSync(from) && outcome !== 'later' && keptToken(path.join(state, 'identity')) === null)
    await replaceFile(from, withoutToken(readFileSync(from, 'utf8')), 0o600);
  return outcome;
}

/** The command line goes before the file; a token that waits on the box is taken where none is said. */
function orderOf({ token, from, board, profile, where, state }: ProvisionOptions): Order {
  const given = from !== undefined && existsSync(from) ? orderIn(from) : null;
  return {
    token: token ?? given?.token ?? keptToken(path.join(state, 'identity')),
    board: board ?? given?.board ?? null,
    profile: profile ?? given?.profile ?? null,
    where: where === undefined ? (given?.where ?? null) : (whereOf(where) ?? null),
  };
}
