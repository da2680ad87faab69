import path from 'node:path';
import { openStorageKey } from '../../core/adapters/storage-key.tpm.ts';
import { loadBox } from '../../core/config/box.ts';
import { parseValue } from '../../core/config/parse.ts';
import { modelSaid } from '../../core/model/said.ts';
import { uplinkSection } from '../../uplink/config.ts';
import { uplinkLine } from '../../uplink/daemon.ts';
import type { BoxOptions } from '../verbs/options.ts';
import { daemon } from './daemon.ts';

/** `version`: of this program, for the birth message. */
export const runUplink = (options: BoxOptions, version: string): Promise<void> =>
  daemon('uplink', options, async (ctx) => {
    const { device, board, profile, files } = loadBox(options.config, options.device);
    const section = parseValue(`${files.profile} uplink`, profile.uplink ?? {}, uplinkSection);
    const birth = {
      version,
      simulated: board.simulated,
      dock: board.dock !== undefined,
      where: device.where ? { lat: device.where.lat, lon: device.where.lon } : null,
      sensors: board.sensors.map(({ id, part, serial }) => ({ id, part, serial })),
      ...modelSaid(options.models, profile.gas),
    };
    const identity = path.join(options.state, 'identity');
    const storageKey = await openStorageKey({ folder: identity, tcti: board.tpm?.tcti });
    if (storageKey.state === 'locked') ctx.log.error(storageKey.message);
    const spools = path.join(options.state, 'spool');
    await uplinkLine(
      {
        ...{ device: device.device, site: device.site, master: storageKey.key, spools, identity, section, birth },
        ...(board.dock ? { dock: path.join(options.state, 'dock.sock') } : {}),
        twin: path.join(options.state, 'uplink.sock'),
      },
      ctx,
    );
  });

/** What a start does first: see `package/compile.ts`. */
export const rehearse = (config: string): unknown => loadBox(config, 'post-1');
