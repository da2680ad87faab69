/** Verbs that are daemons: each runs until SIGTERM. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { Fault } from '../../core/ports/fault.ts';
import { type BoxOptions, type Keeping, keeping, list, number, onBox, stopWithParent, whole } from './options.ts';

/** A daemon of a box, with what runs it. */
const boxDaemon = (
  program: Command,
  name: string,
  what: string,
  run: (options: BoxOptions) => Promise<void>,
): Command =>
  onBox(program, name, what).action(async (options: BoxOptions) => {
    if (options.withParent) stopWithParent();
    await run(options);
  });

export function addDaemons(program: Command): void {
  boxDaemon(program, 'gas', 'read gas analyzers, calibrate, classify, raise alerts', async (options) =>
    (await import('../run/gas.ts')).runGas(options),
  );
  boxDaemon(
    program,
    'dock',
    'drive a drone dock: hatch, charger and their interlocks; serve the feed',
    async (options) => (await import('../run/dock.ts')).runDock(options),
  );
  boxDaemon(
    program,
    'dji',
    'hear a DJI dock over its Cloud API; serve the feed; never a flight command',
    async (options) => (await import('../run/dji.ts')).runDji(options),
  );
  boxDaemon(program, 'uplink', 'deliver what the daemons of this box kept', async (options) =>
    (await import('../run/uplink.ts')).runUplink(options, program.version() ?? '0'),
  );

  program
    .command('broker')
    .description('the embedded MQTT broker, on loopback, for one machine')
    .requiredOption('--port <n>', 'port', whole)
    .option('--with-parent', 'stop when stdin closes')
    .action(async ({ port, withParent }: { port: number; withParent?: boolean }) => {
      if (withParent) stopWithParent();
      await (await import('../run/broker.ts')).runBroker(port);
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
      if (options.withParent) stopWithParent();
      await (await import('../run/ledger.ts')).runLedger(options);
    });

  program
    .command('dispatch')
    .description('tell those who act of alerts that may leave the centre: TAK servers')
    .requiredOption('--config <file>', 'who is told what, as YAML')
    .requiredOption('--records <where>', 'the central store: a file, or postgres://...')
    .option(
      '--known-after <hours>',
      'a dispatcher on a store that is older than all telling tells nobody of open alerts whose last word is older than that; 0: it tells of all',
      number,
      24,
    )
    .option('--with-parent', 'stop when stdin closes')
    .action(async ({ withParent, ...options }: DispatchFlags) => {
      if (withParent) stopWithParent();
      await (await import('../run/dispatch.ts')).runDispatch(options);
    });

  program
    .command('console')
    .description('the page that operators look at')
    .requiredOption('--records <where>', 'the central store: a file, or postgres://...')
    .option(
      '--host <address>',
      'a loopback address; any other asks for TLS (--cert and --key, or --proxy) and --origin',
      '127.0.0.1',
    )
    .option('--port <n>', 'port', whole, 8480)
    .option(
      '--open',
      'no login: everybody at this machine is a supervisor; for a simulated site, on a loopback address',
      false,
    )
    .option('--cert <file>', 'certificate (PEM) that the page is served with, by TLS 1.3')
    .option('--key <file>', 'its key (PEM)')
    .option(
      '--origin <url>',
      'where the page is opened at, such as https://console.example; may be given several times',
      list,
    )
    .option('--proxy <address>', 'a proxy that does TLS; only it may connect then; may be given several times', list)
    .option(
      '--seal-key <file>',
      'the key that secrets of authenticator apps are sealed with, made at the first start; absent: STORE.key beside a file, or totp.key in the state directory of systemd',
    )
    .option('--map <file>', 'a PMTiles file as base map of a region')
    .option('--dwellings <file>', 'GeoJSON of where people live: what touches it waits for a supervisor')
    .option('--radio <words>', 'how the centre is called by radio, for patrols whose page cannot reach it')
    .option('--desk <file>', 'YAML: after how many minutes without acknowledgement an alert is escalated')
    .option(
      '--broker <url>',
      'where boxes are heard and commands to them are said; may be given several times: tried in turn',
      list,
    )
    .option('--identity <folder>', 'device.key, device.crt and ca.crt, for a broker at mqtts://')
    .option(
      '--command-key <file>',
      'the key (PEM, P-256, mode 0600) that signs commands: profiles of docks name its public half',
    )
    .option('--fleet <folder>', 'what fieldpost release init made: the rollouts in it are shown')
    .option(
      '--fleet-key <file>',
      "an operator's key of that site: boxes are asked for their logs with it; may be given several times",
      list,
    )
    .option('--with-parent', 'stop when stdin closes')
    .action(async (options: ConsoleOptions) => {
      if (options.withParent) stopWithParent();
      await (await import('../run/console.ts')).runConsole({ ...(await placeOf(options)), ...linesOf(options) });
    });
}

/** Where the page is served, and to whom. Errors: Fault `config`. */
async function placeOf({
  records,
  host,
  port,
  open,
  map,
  dwellings,
  cert,
  key,
  origin,
  proxy,
  desk,
  ...rest
}: ConsoleOptions) {
  const state = process.env.STATE_DIRECTORY;
  const sealKey = rest.sealKey ?? (state ? path.join(state, 'totp.key') : undefined);
  if (!cert !== !key) throw new Error('--cert and --key come together');
  return {
    ...{ records, host, port, open },
    ...(sealKey === undefined ? {} : { sealKey }),
    ...(map === undefined ? {} : { map }),
    ...(dwellings === undefined ? {} : { dwellings }),
    ...(rest.radio === undefined ? {} : { radio: rest.radio }),
    ...(cert && key ? { tls: { cert, key } } : {}),
    ...(origin ? { origins: origin } : {}),
    ...(proxy ? { proxies: proxy } : {}),
    ...(desk === undefined ? {} : { desk: await deskPolicyIn(desk) }),
  };
}

/** What the console hears of boxes, and what it can say to them. */
function linesOf({ broker, identity, commandKey, fleet, fleetKey }: ConsoleOptions) {
  if (fleetKey && fleet === undefined) throw new Error('--fleet-key comes with --fleet');
  const commands = {
    brokers: broker ?? [],
    ...(commandKey ? { key: commandKey } : {}),
    ...(identity ? { identity } : {}),
  };
  return {
    ...(broker || commandKey ? { commands } : {}),
    ...(fleet === undefined ? {} : { fleet: { folder: fleet, keys: fleetKey ?? [] } }),
  };
}

/** Errors: Fault `config` for a file that cannot be read or says what no policy can be. */
async function deskPolicyIn(file: string) {
  const { parseYaml } = await import('../../core/config/parse.ts');
  const { deskPolicy } = await import('../../core/desk/policy.ts');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Fault('config', `--desk ${file}: ${error.message}; nothing was started`, error);
  });
  return parseYaml(file, text, deskPolicy);
}

interface DispatchFlags {
  readonly config: string;
  readonly records: string;
  readonly knownAfter: number;
  readonly withParent?: boolean;
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
  readonly open: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly origin?: string[];
  readonly proxy?: string[];
  readonly sealKey?: string;
  readonly map?: string;
  readonly broker?: string[];
  readonly identity?: string;
  readonly commandKey?: string;
  readonly fleet?: string;
  readonly fleetKey?: string[];
  readonly dwellings?: string;
  readonly radio?: string;
  readonly desk?: string;
  readonly withParent?: boolean;
}
