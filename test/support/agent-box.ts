/**
 * A box under an agent, and its centre: a real Mosquitto with TLS and the ACL of deploy/, gas and uplink run by the agent, simulated
 * instruments, and the keys of a site.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parse, stringify } from 'yaml';
import { connectMqtt } from '../../daemons/core/adapters/broker.mqtt.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { tlsWith } from '../../daemons/core/adapters/identity.tls.ts';
import { type Health, parseHealth } from '../../daemons/core/fleet/health.ts';
import { parseReported, type Reported } from '../../daemons/core/twin/reported.ts';
import { textOf } from '../../daemons/core/wire/parse.ts';
import { twinTopicOf } from '../../daemons/core/wire/topics.ts';
import { initSite } from '../../daemons/tools/fleet/site-keys.ts';
import { trustRoot } from '../../daemons/tools/fleet/trust.ts';
import { sendDesired, signDesired, type TwinPlace } from '../../daemons/tools/fleet/twin.ts';
import { type Addresses, laySite } from '../../daemons/tools/simulate/site.ts';
import { startInstrument } from '../../daemons/tools/simulate/supervise.ts';
import { showFleet } from './fleet-service.ts';
import { edit } from './gas-box.ts';
import { startMosquitto } from './mosquitto-tls.ts';
import { type Program, startProgram } from './process.ts';
import { type SitePki, sitePki } from './site-pki.ts';

const root = path.join(import.meta.dirname, '../..');
export const device = 'post-1';
const profileFile = 'profiles/gas-vapour.yaml';

type Change = (profile: Record<string, unknown>) => Record<string, unknown>;

export interface AgentBox {
  readonly site: string;
  readonly folder: string;
  /** The agent's own folder. */
  readonly agentFolder: string;
  /** What `release init` made. */
  readonly centre: string;
  readonly pki: SitePki;
  /** Where an operator says something to the box. */
  readonly place: TwinPlace;
  readonly agent: Program;
  readonly url: string;
  /** Identities of programs of the centre. */
  readonly consoles: string;
  readonly ledger: string;
  /** What it said of how it is, oldest first. */
  readonly health: readonly Health[];
  /** Kills the agent and all it runs, and starts it again: the power of a box. */
  power(): Promise<void>;
  /** Signs and sends a desired state whose profile is the laid one, changed; gives the text. */
  set(said: Record<string, unknown>, change?: Change, keys?: readonly string[]): Promise<string>;
  send(text: string): Promise<void>;
  /** Resolves with the first report from now on, or the last one, of which it holds. Errors: when the agent ends. */
  until(holds: (reported: Reported) => boolean): Promise<Reported>;
}

/** Everything ends and is removed with the test. `profile`: how the laid profile differs. */
export async function agentBox(
  t: { teardown(end: () => Promise<void>): void },
  profile: Change = (same) => same,
): Promise<AgentBox> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-agent-'));
  const [site, agentFolder, centre] = ['north', path.join(folder, 'agent'), path.join(folder, 'centre')];
  const pki = await sitePki(path.join(folder, 'ca'), site);
  const broker = await startMosquitto(pki, await pki.server(path.join(folder, 'broker')));
  const [consoles, ledger] = [path.join(folder, 'console'), path.join(folder, 'ledger')];
  await pki.device(consoles, 'console');
  await pki.device(ledger, 'ledger');
  await pki.device(path.join(folder, 'box', 'identity'), device);
  await initSite(centre, site, 100);
  const enrol = await showFleet(pki, await pki.server(path.join(folder, 'enrol')), centre);
  const world = { seed: 3, startMs: Date.now() - 9000 };
  const instruments = await Promise.all(
    ['i2c-bus', 'modbus-tcp', 'modbus-pty', 'winsen'].map((kind) => startInstrument(kind, world)),
  );
  const [main, analyzer, pid, module] = instruments.map((one) => one.address);
  const { config, state } = await laySite(
    folder,
    path.join(root, 'firmware-configs'),
    { main, analyzer, pid, module } as Addresses,
    broker.url,
  );
  const laid = path.join(config, profileFile);
  edit(path.join(config, `devices/${device}.yaml`), (value) => ({ ...value, site }));
  // Telemetry goes at once, and nothing that is raised holds an update up unless a test wants it.
  edit(laid, (value) =>
    profile({
      ...value,
      agent: { repository: enrol.url },
      gas: { ...(value.gas as object), rules: [], safety: undefined },
    }),
  );
  await trustRoot(path.join(centre, 'public/1.root.json'), agentFolder);

  const words = ['--config', config, '--device', device, '--state', state, '--folder', agentFolder];
  const start = (): Program =>
    startProgram(process.execPath, [
      ...[path.join(root, 'daemons/main.ts'), 'agent', ...words],
      ...['--feed', path.join(folder, 'feed.sock'), '--run', 'gas', '--run', 'uplink'],
    ]);
  let agent = start();
  let last: Reported | null = null;
  const health: Health[] = [];
  const looks = new Set<() => void>();
  const watching = connectMqtt(
    {
      urls: [broker.url],
      clientId: 'ledger',
      subscribe: [twinTopicOf(site, device, 'reported'), twinTopicOf(site, device, 'health')],
      tls: tlsWith(identityIn(ledger)),
    },
    {
      onMessage: (topic, payload) => {
        if (topic.endsWith('/health')) {
          health.push(parseHealth(textOf(payload)));
          return;
        }
        last = parseReported(textOf(payload));
        for (const look of looks) look();
      },
      onConnect: () => {},
      onDisconnect: () => {},
    },
  );
  t.teardown(async () => {
    await agent.end('SIGKILL');
    await watching.close();
    await enrol.close();
    for (const one of instruments) await one.stop();
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const place = { site, device, broker: [broker.url], identity: consoles };
  const send = (text: string): Promise<void> => sendDesired(place, text);
  return {
    ...{ site, folder, agentFolder, centre, pki, place, send, health, url: broker.url, consoles, ledger },
    get agent() {
      return agent;
    },
    power: async () => {
      await agent.end('SIGKILL');
      agent = start();
    },
    set: async (said, change, keys = [path.join(centre, 'keys/operator.key')]) => {
      const wanted = path.join(folder, 'wanted.yaml');
      const changed = path.join(folder, 'wanted-profile.yaml');
      if (change)
        writeFileSync(changed, stringify(change(parse(readFileSync(laid, 'utf8')) as Record<string, unknown>)));
      const files = change ? { files: { [profileFile]: changed } } : {};
      writeFileSync(wanted, stringify({ by: 'op-17', trial: { steadyS: 2, withinS: 90 }, ...files, ...said }));
      const text = signDesired(wanted, place, keys);
      await send(text);
      return text;
    },
    until: (holds) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!last || !holds(last)) return;
          looks.delete(look);
          resolve(last);
        };
        looks.add(look);
        look();
        const watched = agent;
        watched.child.once('exit', (code) => {
          if (agent === watched) reject(new Error(`the agent ended (${code}):\n${watched.output()}`));
        });
      }),
  };
}
