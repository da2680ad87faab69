/** The real DJI daemon beside a broker, with a dock that is played by this test: its messages are written from DJI's documentation. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { ExecutionContext } from 'ava';
import mqtt, { type IClientOptions } from 'mqtt';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { readFeed } from '../../daemons/core/adapters/feed.unix.ts';
import type { FeedValue } from '../../daemons/core/ports/feed.ts';
import { freshFolder } from '../core/spool/keeping.ts';
import { dock, dockData, drone, droneData, envelope, topics } from '../dji/documented.ts';
import { type Kept, keptIn } from './kept.ts';
import { type Program, startProgram } from './process.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');

export interface DjiBox {
  readonly state: string;
  /** What the feed told so far. */
  readonly feed: readonly FeedValue[];
  /** Every message that went over the broker, the box's own too, as its watcher saw them. */
  readonly seen: readonly { readonly topic: string; readonly text: string }[];
  /** What the dock and its drone say four times a second; null ends it. */
  says(change: { readonly dock?: object; readonly drone?: object } | null): void;
  send(topic: string, message: unknown, dup?: boolean): Promise<void>;
  /** Of the delivered records; `raw`: of messages as they came. */
  until<T>(find: (kept: Kept) => T | undefined, where?: 'raw'): Promise<T>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface DjiBoxOptions {
  /** How the played dock and the watcher get in. */
  readonly client?: IClientOptions;
  /** Lays what the box needs into STATE/identity/dji. */
  readonly identity?: (folder: string) => Promise<unknown>;
  readonly login?: boolean;
}

export async function djiBox(
  t: ExecutionContext,
  broker: string,
  { client: access = {}, identity, login = false }: DjiBoxOptions = {},
): Promise<DjiBox> {
  const home = freshFolder(t);
  const state = path.join(home, 'state');
  const socket = path.join(home, 'feed.sock');
  layConfig(path.join(home, 'config'), broker, login);
  await identity?.(path.join(state, 'identity', 'dji'));
  const kept = { spool: keptIn(path.join(state, 'spool', 'dji.db')), raw: keptIn(path.join(state, 'raw', 'dji.db')) };
  let program: Program;
  let ended = Promise.withResolvers<string>();
  const start = (): void => {
    const args = ['--config', path.join(home, 'config'), '--device', 'dji-1', '--state', state, '--feed', socket];
    const one = startProgram(process.execPath, [main, 'dji', ...args]);
    const over = Promise.withResolvers<string>();
    one.child.once('exit', (code) => over.resolve(`the daemon ended with ${code}:\n${one.output()}`));
    [program, ended] = [one, over];
  };
  start();

  const seen: { topic: string; text: string }[] = [];
  const client = mqtt.connect(broker, { ...access, reconnectPeriod: 100 });
  client.on('error', () => {});
  client.on('message', (topic, payload) => seen.push({ topic, text: payload.toString() }));
  client.on('connect', () => void client.subscribe('#', { qos: 1 }));
  const feed: FeedValue[] = [];
  const reading = readFeed(socket, systemClock().now().boot, { onValue: (one) => feed.push(one), onLost: () => {} });

  let saying: { readonly dock?: object; readonly drone?: object } | null = null;
  const send = async (topic: string, message: unknown, dup = false): Promise<void> => {
    await client.publishAsync(topic, JSON.stringify(message), { qos: 1, dup });
  };
  const talk = setInterval(() => {
    if (saying === null || !client.connected) return;
    const now = { timestamp: Date.now() };
    void send(topics.osd, envelope({ ...dockData, ...saying.dock }, now)).catch(() => {});
    void send(topics.droneOsd, envelope({ ...droneData, ...saying.drone }, now)).catch(() => {});
  }, 250);
  t.teardown(async () => {
    clearInterval(talk);
    reading.close();
    await client.endAsync(true);
    await kept.spool.close();
    await kept.raw.close();
    await program.end('SIGKILL');
  });

  return {
    ...{ state, feed, seen, send },
    says: (change) => {
      saying = change;
    },
    until: (find, where) => (where === 'raw' ? kept.raw : kept.spool).until(find, { ended: ended.promise }),
    restart: async () => {
      await program.end('SIGKILL');
      start();
    },
    stop: () => program.end('SIGTERM'),
  };
}

/** JSON is YAML too. */
function layConfig(folder: string, broker: string, login: boolean): void {
  const files = {
    'devices/dji-1': { device: 'dji-1', site: 'north', board: 'dji', profile: 'dji' },
    'boards/dji': {
      ...{ board: 'dji', simulated: true, ports: {}, sensors: [] },
      dji: { broker, login, dock, drone, answeredBy: 'this-box', geoidM: 48.2 },
    },
    'profiles/dji': {
      profile: 'dji',
      dji: {
        ...{ silentMs: 5000, weather: { maxWindMs: 8 }, ready: { batteryPercent: 80, freeMB: 2000 } },
        raw: { holdMs: 500 },
        healthEveryMs: 1000,
      },
    },
  };
  for (const [name, value] of Object.entries(files)) {
    const file = path.join(folder, `${name}.yaml`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(value));
  }
}
