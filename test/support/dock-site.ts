/** A fixed post and a dock as boxes of one site, with broker, ledger and console, all real processes; the drone is simulated. */
import { generateKeyPairSync } from 'node:crypto';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { ExecutionContext } from 'ava';
import { openSqliteArchive } from '../../daemons/core/adapters/archive.sqlite.ts';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import { moved } from '../../daemons/core/feed/place.ts';
import type { Alert } from '../../daemons/core/values/alert.ts';
import type { BoxEvent } from '../../daemons/core/values/envelope.ts';
import type { FlightStory } from '../../daemons/core/values/flight.ts';
import { parseEnvelope } from '../../daemons/core/wire/envelope.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { lostDock } from './lost-dock.ts';
import { freePorts, type Program, startProgram } from './process.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
export const post = { lat: 47.3769, lon: 8.5417 };

export interface FlightAnswer {
  readonly docks: readonly string[];
  readonly commands: boolean;
  readonly stories: readonly FlightStory[];
  readonly refused: readonly { readonly why: string }[];
}

export interface DockSite {
  readonly url: string;
  readonly broker: string;
  /** Where the dock hears MAVLink. */
  readonly mavlink: number;
  /** The fixed post raises an alert. */
  raise(alert: Alert): Promise<void>;
  /** Resolves when `look` finds something. Errors: when a process ended before. */
  until<T>(look: () => Promise<T | undefined>): Promise<T>;
  flights(alert: string): Promise<FlightAnswer>;
  say(alert: string, word: Readonly<Record<string, unknown>>): Promise<Response>;
  /** Events of the dock that the centre holds. */
  events(type: string): Promise<readonly BoxEvent[]>;
}

async function freeUdpPort(): Promise<number> {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

export async function dockSite(t: ExecutionContext): Promise<DockSite> {
  const home = freshFolder(t);
  const [mqtt = 0, http = 0, nobody = 0] = await freePorts(3);
  const mavlink = await freeUdpPort();
  const broker = `mqtt://127.0.0.1:${mqtt}`;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyFile = path.join(home, 'command.key');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const config = path.join(home, 'config');
  layConfig(config, { broker, mavlink, nobody, signer: publicKey.export({ type: 'spki', format: 'pem' }).toString() });
  const [records, states] = [
    path.join(home, 'ledger.db'),
    { post: path.join(home, 'post'), dock: path.join(home, 'dock') },
  ];
  await (await openRecords(records)).close();
  const spool = await openSpool({
    path: path.join(states.post, 'spool', 'gas.db'),
    device: 'post-1',
    telemetryHoldMs: 0,
  });
  t.teardown(() => spool.close());

  const ended: string[] = [];
  const start = (verb: string, ...args: string[]): Program => {
    const program = startProgram(process.execPath, [main, verb, ...args]);
    program.child.once('exit', () => ended.push(`${verb}:\n${program.output()}`));
    t.teardown(() => program.end('SIGKILL'));
    return program;
  };
  const box = (device: string, state: string): string[] => ['--config', config, '--device', device, '--state', state];
  start('broker', '--port', String(mqtt));
  start('ledger', '--broker', broker, '--records', records);
  start('uplink', ...box('post-1', states.post));
  start('dock', ...box('dock-1', states.dock), '--feed', path.join(states.dock, 'feed.sock'));
  start('uplink', ...box('dock-1', states.dock));
  start(
    'console',
    '--records',
    records,
    '--port',
    String(http),
    '--open',
    '--broker',
    broker,
    '--command-key',
    keyFile,
  );
  const url = `http://127.0.0.1:${http}`;
  const at = (alert: string): string => `${url}/api/alerts/${encodeURIComponent(alert)}/flights`;

  return {
    ...{ url, broker, mavlink },
    raise: async (alert) => void (await spool.append([{ stream: 'alert', at: alert.at, body: alert }])),
    until: async (look) => {
      for (;;) {
        const found = await look();
        if (found !== undefined) return found;
        if (ended.length > 0) throw new Error(`ended before it was there: ${ended.join('\n')}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    flights: async (alert) => {
      try {
        const answer = (await (await fetch(at(alert))).json()) as Partial<FlightAnswer>;
        return { docks: [], commands: false, stories: [], refused: [], ...answer };
      } catch {
        // The console is still starting, or it ended: `until` looks.
        return { docks: [], commands: false, stories: [], refused: [] };
      }
    },
    say: (alert, word) =>
      fetch(at(alert), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ dock: 'dock-1', ...word }),
      }),
    events: async (type) => {
      const archive = openSqliteArchive(records);
      try {
        return (await archive.events('dock-1', type, 500))
          .map(({ text }) => parseEnvelope(text).body as BoxEvent)
          .filter((one) => one.type === type);
      } finally {
        await archive.close();
      }
    },
  };
}

interface Laid {
  readonly broker: string;
  readonly mavlink: number;
  /** A port where nobody listens: this dock has no supply that could be measured. */
  readonly nobody: number;
  readonly signer: string;
}

/** JSON is YAML too. */
function layConfig(folder: string, { broker, mavlink, nobody, signer }: Laid): void {
  const uplink = { brokers: [broker], resendMs: 1000, reconnect: { firstMs: 50, mostMs: 1000 } };
  const fence = [
    [600, 600],
    [600, -600],
    [-600, -600],
    [-600, 600],
  ].map(([north = 0, east = 0]) => moved(post, north, east));
  const files = {
    'devices/post-1': { device: 'post-1', site: 'north', board: 'bare', profile: 'bare', where: { ...post, ceM: 3 } },
    'devices/dock-1': { device: 'dock-1', site: 'north', board: 'dock', profile: 'dock' },
    'boards/bare': { board: 'bare', simulated: true, ports: {}, sensors: [] },
    'boards/dock': {
      ...{ board: 'dock', simulated: true, sensors: [] },
      ports: {
        i2c: { supply: { tcp: `127.0.0.1:${nobody}` } },
        udp: { drone: { listen: `127.0.0.1:${mavlink}` } },
      },
      dock: lostDock('supply'),
    },
    'profiles/bare': { profile: 'bare', uplink },
    'profiles/dock': {
      profile: 'dock',
      dock: {
        motor: { travelMs: 20_000, maxA: 6, inrushMs: 400, restA: 0.5, minV: 22 },
        weather: { maxWindMs: 10 },
        ready: { batteryPercent: 80, uHorizontalM: 5, calibrationAgeH: 24, freeMB: 1 },
        secondLook: {
          ...{ signers: [signer], autopilot: 'px4' },
          limits: { fence, minAltM: 10, maxAltM: 60, marginM: 30 },
          shape: { altM: 35, speedMs: 5, widthM: 160, stepM: 60, transects: 4 },
        },
      },
      uplink,
    },
  };
  for (const [name, value] of Object.entries(files)) {
    const file = path.join(folder, `${name}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(value));
  }
}
