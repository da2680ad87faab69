import { randomBytes } from 'node:crypto';
import process from 'node:process';
import { openAccessAt } from '../core/adapters/access.ts';
import { connectMqtt } from '../core/adapters/broker.mqtt.ts';
import { openArchiveAt, openDeskAt, openRecordsAt } from '../core/adapters/centre.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { tlsWith } from '../core/adapters/identity.tls.ts';
import { sealKeysIn } from '../core/adapters/seals.files.ts';
import { shippedFile } from '../core/adapters/shipped.ts';
import { openSigner } from '../core/adapters/signer.pem.ts';
import { requireEncryption } from '../core/config/broker-url.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import { twinsEverywhere } from '../core/wire/topics.ts';
import { loginFor } from './access/door.ts';
import { openAccess } from './access/gate.ts';
import { type ConsoleConfig, requireReach, sealKeyOf } from './config.ts';
import type { FleetFolder } from './devices/fleet-folder.ts';
import { openHearing } from './devices/heard.ts';
import type { Commanding } from './flight-routes.ts';
import type { Bundles } from './history/verification.ts';
import { buildPatrolPage } from './patrol-web/build.ts';
import { serveConsole } from './serve.ts';
import { buildPage } from './web/build.ts';

/** What a tool lends the console: the console knows no tool. */
export interface Lent {
  /** Collects evidence. */
  readonly bundles?: Bundles;
  readonly fleet?: FleetFolder | undefined;
}

/**
 * The console: the page that operators look at, on the central store that the ledger writes. Returns when `ctx.signal`
 * aborts and every stream has ended. Errors: Fault `config` (a host that is not loopback, a map, the store's path),
 * `refused` (the port is taken).
 */
export async function consoleLine(config: ConsoleConfig, ctx: Running, { bundles, fleet }: Lent = {}): Promise<void> {
  requireReach(config);
  if (config.commands) requireEncryption('--broker', config.commands.brokers);
  const [page, patrol] = await Promise.all([buildPage(), buildPatrolPage()]);
  const records = await openRecordsAt(config.records).catch((error: Error) => {
    // A Fault names the store already, and an address never with its password.
    if (isFault(error)) throw error;
    throw new Fault(
      'config',
      `records ${config.records}: ${error.message}; must be a file that can be written, in a folder that is there`,
      error,
    );
  });
  const archive = await openArchiveAt(config.records);
  const desk = await openDeskAt(config.records);
  const logins = config.open ? null : await openAccessAt(config.records);
  const line = config.commands && openLine(config.commands, ctx);
  try {
    const print = (text: string): void => void process.stderr.write(text);
    const sealKey = sealKeyOf(config);
    const keys = sealKey === null ? null : sealKeysIn(sealKey);
    const access = logins ? await loginFor(config, { ...logins, keys }, ctx, print) : openAccess();
    const devices = { heard: line?.heard, broker: line?.broker, fleet };
    const commanding = line?.commanding;
    const pages = { page, patrol };
    await serveConsole(config, { records, archive, desk, font, bundles, access, commanding, devices }, pages, ctx);
  } finally {
    await line?.broker.close();
    await logins?.close();
    await desk.close();
    await archive.close();
    await records.close();
  }
}

const font = (): Uint8Array => shippedFile('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');

/** The line to a broker: what boxes retain there is heard, and with a key docks are commanded. Errors: Fault `config`. */
function openLine({ brokers, identity, key }: NonNullable<ConsoleConfig['commands']>, ctx: Running) {
  const found = key === undefined ? null : openSigner(key);
  if (found && !found.signer) throw new Fault('config', `--command-key ${found.why}`);
  if (brokers.length === 0) throw new Fault('config', '--broker is missing; it says where commands are said');
  const heard = openHearing();
  const broker = connectMqtt(
    {
      urls: brokers,
      // Two consoles of one name would throw each other out.
      clientId: `fieldpost-console-${randomBytes(4).toString('hex')}`,
      subscribe: twinsEverywhere,
      tls: identity ? tlsWith(identityIn(identity)) : undefined,
    },
    {
      onMessage: heard.hear,
      onConnect: () => {
        heard.setConnected(true);
        ctx.log.info(`connected to the broker: boxes are heard${found ? ', commands can be said' : ''}`);
      },
      onDisconnect: (reason) => {
        heard.setConnected(false);
        ctx.log.warn('broker lost; no box is heard and no command can be said', { reason });
      },
    },
  );
  const commanding: Commanding | undefined = found?.signer ? { signer: found.signer, broker } : undefined;
  return { heard, broker, commanding };
}
