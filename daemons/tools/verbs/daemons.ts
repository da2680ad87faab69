/** Verbs that are daemons: each runs until SIGTERM. */
import path from 'node:path';
import type { Command } from 'commander';

import { type BoxOptions, daemon, type Keeping, keeping, list, onBox, stopWithParent, whole } from './options.ts';

export function addDaemons(program: Command): void {
  onBox(program, 'gas', 'read gas analyzers, calibrate, classify, raise alerts').action(async (options: BoxOptions) => {
    if (options.withParent) stopWithParent();
    await daemon('gas', options, async (ctx) => {
      const [{ loadBox }, { gasLine }] = await Promise.all([
        import('../../core/config/box.ts'),
        import('../../gas/daemon.ts'),
      ]);
      const box = loadBox(options.config, options.device);
      const { state, models, feed } = options;
      await gasLine({ box, state, models, feed }, ctx);
    });
  });

  onBox(program, 'dock', 'drive a drone dock: hatch, charger and their interlocks; serve the feed').action(
    async (options: BoxOptions) => {
      if (options.withParent) stopWithParent();
      await daemon('dock', options, async (ctx) => {
        const [{ loadBox }, { dockLine }] = await Promise.all([
          import('../../core/config/box.ts'),
          import('../../dock/daemon.ts'),
        ]);
        await dockLine({ box: loadBox(options.config, options.device), state: options.state, feed: options.feed }, ctx);
      });
    },
  );

  onBox(program, 'dji', 'hear a DJI dock over its Cloud API; serve the feed; never a flight command').action(
    async (options: BoxOptions) => {
      if (options.withParent) stopWithParent();
      await daemon('dji', options, async (ctx) => {
        const [{ loadBox }, { djiLine }] = await Promise.all([
          import('../../core/config/box.ts'),
          import('../../dji/daemon.ts'),
        ]);
        await djiLine({ box: loadBox(options.config, options.device), state: options.state, feed: options.feed }, ctx);
      });
    },
  );

  onBox(program, 'uplink', 'deliver what the daemons of this box kept').action(async (options: BoxOptions) => {
    if (options.withParent) stopWithParent();
    await daemon('uplink', options, async (ctx) => {
      const [{ loadBox }, { parseValue }, { openStorageKey }, { uplinkLine }, { uplinkSection }, { modelSaid }] =
        await Promise.all([
          import('../../core/config/box.ts'),
          import('../../core/config/parse.ts'),
          import('../../core/adapters/storage-key.tpm.ts'),
          import('../../uplink/daemon.ts'),
          import('../../uplink/config.ts'),
          import('../../core/model/said.ts'),
        ]);
      const { device, board, profile, files } = loadBox(options.config, options.device);
      const section = parseValue(`${files.profile} uplink`, profile.uplink ?? {}, uplinkSection);
      const birth = {
        version: program.version(),
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
  });

  program
    .command('broker')
    .description('the embedded MQTT broker, on loopback, for one machine')
    .requiredOption('--port <n>', 'port', whole)
    .option('--with-parent', 'stop when stdin closes')
    .action(async ({ port, withParent }: { port: number; withParent?: boolean }) => {
      if (withParent) stopWithParent();
      await daemon('broker', null, async (ctx) => (await import('../../ledger/broker.ts')).brokerLine({ port }, ctx));
    });

  keeping(program.command('ledger'))
    .description('take envelopes from the broker, keep each once, send the receipts')
    .requiredOption(
      '--broker <url>',
      'may be given several times: the ledger listens at each; commas part the addresses of one cluster',
      list,
    )
    .requiredOption('--records <where>', 'the central store: a file, or postgres://... that several workers may share')
    .option('--identity <folder>', 'device.key, device.crt and ca.crt, for a broker at mqtts://')
    .option(
      '--fleet',
      'raise alerts about the fleet itself: silent boxes, calibration due, certificates, cards, clocks',
      false,
    )
    .option('--with-parent', 'stop when stdin closes')
    .action(async (options: LedgerOptions) => {
      const { broker: brokers, records, identity, fleet, withParent } = options;
      if (withParent) stopWithParent();
      await daemon('ledger', null, async (ctx) => {
        const [{ ledgerLine }, { forgetting, policyOf }] = await Promise.all([
          import('../../ledger/daemon.ts'),
          import('../retention/retention.ts'),
        ]);
        await Promise.all([
          ledgerLine({ brokers, records, identity, fleet }, ctx),
          forgetting(records, ctx, policyOf(options)),
        ]);
      });
    });

  program
    .command('console')
    .description('the page that operators look at')
    .requiredOption('--records <where>', 'the central store: a file, or postgres://...')
    .option('--host <address>', 'a loopback address: there is no login yet', '127.0.0.1')
    .option('--port <n>', 'port', whole, 8480)
    .option('--map <file>', 'a PMTiles file as base map of a region')
    .option('--broker <url>', 'where commands to boxes are said; may be given several times: tried in turn', list)
    .option('--identity <folder>', 'device.key, device.crt and ca.crt, for a broker at mqtts://')
    .option(
      '--command-key <file>',
      'the key (PEM, P-256, mode 0600) that signs commands: profiles of docks name its public half',
    )
    .option('--with-parent', 'stop when stdin closes')
    .action(async (options: ConsoleOptions) => {
      if (options.withParent) stopWithParent();
      const { withParent: _, broker, identity, commandKey, ...where } = options;
      const commands = { brokers: broker ?? [], key: commandKey ?? '', ...(identity ? { identity } : {}) };
      const config = { ...where, ...(broker || commandKey ? { commands } : {}) };
      await daemon('console', null, async (ctx) => (await import('../../console/daemon.ts')).consoleLine(config, ctx));
    });
}

interface LedgerOptions extends Keeping {
  readonly broker: string[];
  readonly records: string;
  readonly identity?: string;
  readonly fleet: boolean;
  readonly withParent?: boolean;
}

interface ConsoleOptions {
  readonly records: string;
  readonly host: string;
  readonly port: number;
  readonly map?: string;
  readonly broker?: string[];
  readonly identity?: string;
  readonly commandKey?: string;
  readonly withParent?: boolean;
}
