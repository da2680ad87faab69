/** What a console shows of the folder of a fleet, and signs with its keys. Nothing is written there. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { FleetFolder } from '../../console/devices/fleet-folder.ts';
import { readRollouts } from '../../core/adapters/rollouts.sqlite.read.ts';
import { askText } from '../../core/fleet/ask.ts';
import { Fault } from '../../core/ports/fault.ts';
import { signText } from '../../core/release/signed.ts';
import { openSigning } from './signing.ts';

/** Errors: Fault `config` for a folder that is not there, or keys that no operator of its site has. */
export function fleetFolder({
  folder,
  keys,
}: {
  readonly folder: string;
  readonly keys: readonly string[];
}): FleetFolder {
  if (!existsSync(folder))
    throw new Fault('config', `--fleet ${folder}: is not there; must be what fieldpost release init made`);
  const rollouts = () => readRollouts(path.join(folder, 'fleet.db'));
  if (keys.length === 0) return { rollouts };
  const { site, keys: signers } = openSigning(folder, null, 'centre', keys);
  return {
    rollouts,
    sign: (ask) => {
      if (ask.site !== site)
        throw new Fault('config', `--fleet ${folder}: is of site ${site}; the box is of ${ask.site}`);
      return JSON.stringify(signText('operator', askText(ask), signers));
    },
  };
}
