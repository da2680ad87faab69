/** A real Mosquitto with the configuration of deploy/broker/mosquitto, on a free port of this machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseKey } from '../../daemons/core/pki/facts.ts';
import { makeRevocations } from '../../daemons/core/pki/issue.ts';
import { findProgram } from './needs.ts';
import { put, type SitePki } from './site-pki.ts';

const deployed = path.join(import.meta.dirname, '../../deploy/broker/mosquitto');

export interface TlsBroker {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when it is gone, whoever ended it. */
  readonly gone: Promise<void>;
  /** Everything it logged. */
  log(): string;
  stop(): Promise<void>;
}

interface Setup {
  /** Serial numbers on the deny list; null: the list that lies there. */
  readonly denied?: readonly string[] | null;
  readonly port?: number;
}

/** `server` holds server.key, server.crt and ca.crt. */
export async function startMosquitto(
  site: SitePki,
  server: string,
  { denied = [], port: wanted }: Setup = {},
): Promise<TlsBroker> {
  const port = wanted ?? (await freePort());
  const authority = {
    certificate: site.authority,
    key: parseKey(readFileSync(path.join(site.folder, 'ca.key'), 'utf8'), 'ca.key'),
  };
  if (denied) put(server, 'denied.crl', await makeRevocations(authority, denied, Date.now()));
  cpSync(path.join(deployed, 'acl'), path.join(server, 'acl'));
  const text = readFileSync(path.join(deployed, 'mosquitto.conf'), 'utf8')
    .replace('listener 8883', `listener ${port} 127.0.0.1`)
    .replaceAll('/etc/mosquitto/fieldpost', server)
    .replace('persistence true', 'persistence false');
  const config = path.join(server, 'mosquitto.conf');
  // Started as root it would become a user who may not look into this folder.
  writeFileSync(config, `user ${os.userInfo().username}\n${text}`);
  const child = spawn(findProgram('mosquitto') ?? 'mosquitto', ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    log += said;
  });
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  await listening(child, port, () => log);
  return {
    url: `mqtts://localhost:${port}`,
    ...{ port, gone, pid: child.pid ?? 0 },
    log: () => log,
    stop: async () => {
      child.kill('SIGTERM');
      await gone;
    },
  };
}

/** The same, started again whenever it ends, as systemd would: with the deny list that lies there then. */
export async function keepMosquitto(
  site: SitePki,
  server: string,
): Promise<{ now(): TlsBroker; stop(): Promise<void> }> {
  let broker = await startMosquitto(site, server, { denied: null });
  let wanted = true;
  const kept = (async () => {
    for (;;) {
      await broker.gone;
      if (!wanted) return;
      broker = await startMosquitto(site, server, { denied: null, port: broker.port });
    }
  })();
  return {
    now: () => broker,
    stop: async () => {
      wanted = false;
      await broker.stop();
      await kept;
    },
  };
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Errors: when it ends before it listens, with what it said. */
async function listening(child: ChildProcess, port: number, log: () => string): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}: ${log()}`);
    const socket = net.connect(port, '127.0.0.1');
    const up = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (up) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
