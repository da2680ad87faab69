/**
 * What a box costs on its line when nothing happens: a real agent and uplink at a real Mosquitto with TLS, counted by the kernel of this
 * machine, with the headers of IP and TCP. A ping is measured at the shortest keepalive that a profile may have, and multiplied;
 * so is a connection. A month of waiting would say the same.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { stringify } from 'yaml';
import { connectMqtt } from '../../daemons/core/adapters/broker.mqtt.ts';
import { identityIn } from '../../daemons/core/adapters/identity.files.ts';
import { tlsWith } from '../../daemons/core/adapters/identity.tls.ts';
import { parseStatus } from '../../daemons/core/wire/messages.ts';
import { textOf } from '../../daemons/core/wire/parse.ts';
import { topicOf } from '../../daemons/core/wire/topics.ts';
import { initSite } from '../../daemons/tools/fleet/site-keys.ts';
import { trustRoot } from '../../daemons/tools/fleet/trust.ts';
import { startMosquitto } from '../support/mosquitto-tls.ts';
import { startProgram } from '../support/process.ts';
import { sitePki } from '../support/site-pki.ts';
import type { Figure } from './figure.ts';
import { inRoom } from './in-room.ts';

const [site, device] = ['bench', 'idle-1'];
const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const keepalive = { measured: 10, usual: 40, metered: 900 };
const pings = 6;
/** IPv4, TCP, and the time stamps that Linux sends with every segment (RFC 7323): 20 + 20 + 12 bytes. */
const headers = 52;
const monthS = 30 * 86_400;
/** Assumed, and said: a line that breaks once a day. A connection is the first of an uplink, and so the day's report of health is in it. */
const connectionsAMonth = 30;
const reach = { metered: 1, usual: 15 };
const patienceMs = 120_000;

interface Counters {
  readonly bytes: number;
  readonly payload: number;
  readonly segments: number;
  readonly pid: number;
}

export const fleetIdle = (): Promise<readonly Figure[]> => inRoom('idle', measured);

async function measured(folder: string, ends: (() => Promise<void>)[]): Promise<readonly Figure[]> {
  const pki = await sitePki(path.join(folder, 'ca'), site);
  const broker = await startMosquitto(pki, await pki.server(path.join(folder, 'broker')));
  ends.push(broker.stop);
  const config = layBox(folder, broker.url);
  await pki.device(path.join(folder, 'state/identity'), device);
  await initSite(path.join(folder, 'centre'), site, 100);
  await trustRoot(path.join(folder, 'centre/public/1.root.json'), path.join(folder, 'agent'));
  const said: { online: number; offlineMs: number | null } = { online: 0, offlineMs: null };
  const watching = connectMqtt(
    {
      ...{ urls: [broker.url], clientId: 'ledger', subscribe: [topicOf(site, device, 'status')] },
      tls: tlsWith(identityIn(await pki.device(path.join(folder, 'ledger'), 'ledger'))),
    },
    {
      onConnect: () => {},
      onDisconnect: () => {},
      onMessage: (_, payload) => {
        if (parseStatus(textOf(payload)).status === 'online') said.online += 1;
        else said.offlineMs ??= performance.now();
      },
    },
  );
  ends.push(() => watching.close());
  await until('the broker listens', () => watching.connected);
  const words = ['--config', config, '--device', device, '--state', path.join(folder, 'state')];
  const agent = startProgram(process.execPath, [
    ...[main, 'agent', ...words, '--folder', path.join(folder, 'agent')],
    ...['--feed', path.join(folder, 'feed.sock'), '--run', 'uplink'],
  ]);
  ends.push(() => agent.end('SIGKILL'));
  await until(`the box is there: ${agent.output()}`, () => said.online > 0);
  const look = async (): Promise<Counters> => {
    const [found] = counters(broker.port);
    if (!found) throw new Error(`no connection of the box: ${agent.output()}`);
    return found;
  };
  ends.push(async () => void process.kill((await look()).pid, 'SIGKILL'));
  const connected = await nextStill(look);
  const first = await nextChange(look, connected);
  let last = first;
  for (let i = 0; i < pings; i++) last = await nextChange(look, last);
  const ping = { bytes: (last.bytes - first.bytes) / pings, payload: (last.payload - first.payload) / pings };
  // A box that hangs says nothing any more, and its kernel keeps the connection: as if it were dead to the broker.
  process.kill(last.pid, 'SIGSTOP');
  const stoppedMs = performance.now();
  await until('the broker calls it dead', () => said.offlineMs !== null);
  const silentS = ((said.offlineMs ?? 0) - stoppedMs) / 1000;
  return figuresOf(ping, connected, silentS);
}

function figuresOf(
  ping: Pick<Counters, 'bytes' | 'payload'>,
  connection: Counters,
  silentS: number,
): readonly Figure[] {
  const month = (keepaliveS: number): number =>
    ((monthS / keepaliveS) * ping.bytes + connectionsAMonth * connection.bytes) / 1e6;
  const [metered, usual] = [month(keepalive.metered), month(keepalive.usual)];
  const lateS = Math.max(0, silentS - 1.5 * keepalive.measured);
  const silentAfter = (keepaliveS: number): string => `${Math.round(1.5 * keepaliveS + lateS)} s`;
  return [
    {
      ...{ id: 'fleet.idle', value: round(metered), unit: 'MB/month', baseline: reach.metered, ratio: round(metered) },
      reach: `metered (keepalive ${keepalive.metered / 60} min) <= ${reach.metered} MB; default <= ${reach.usual} MB`,
      ok: metered <= reach.metered && usual <= reach.usual,
      note:
        `agent and uplink with nothing to send, TLS, TCP and IP counted; default (keepalive ${keepalive.usual} s) ${usual.toFixed(1)} MB. By multiplication: a ping ` +
        `${ping.bytes.toFixed(0)} bytes (${ping.payload.toFixed(0)} without headers of TCP and IP; mean of ${pings} at keepalive ${keepalive.measured} s), a connection with birth, status, twin and the report of health ${connection.bytes} bytes, ` +
        `${connectionsAMonth} connections a month assumed; telemetry is what the profile asks for and not in it (uplink.telemetry: false keeps it on the box). ` +
        `Beside: balena states 1 MB a month as its least. A dead box shows as silent: measured ${silentS.toFixed(1)} s at keepalive ${keepalive.measured} s; so default ${silentAfter(keepalive.usual)}, metered ${silentAfter(keepalive.metered)}`,
    },
  ];
}

function layBox(folder: string, url: string): string {
  const config = path.join(folder, 'config');
  const put = (name: string, value: object): void => {
    mkdirSync(path.dirname(path.join(config, name)), { recursive: true });
    writeFileSync(path.join(config, name), stringify(value));
  };
  put(`devices/${device}.yaml`, { device, site, board: 'bare', profile: 'idle' });
  put('boards/bare.yaml', { board: 'bare', simulated: true, ports: {}, sensors: [] });
  put('profiles/idle.yaml', { profile: 'idle', uplink: { brokers: [url], keepaliveS: keepalive.measured } });
  mkdirSync(path.join(folder, 'state/spool'), { recursive: true });
  return config;
}

/** Connections of other programs to a port, as the kernel counts them at the client's end. */
function counters(port: number): readonly Counters[] {
  const text = execFileSync('ss', ['-tinpH', `dport = :${port}`], { encoding: 'utf8' });
  const of = (line: string, what: string): number => Number(new RegExp(`\\b${what}:(\\d+)`).exec(line)?.[1] ?? 0);
  return text
    .replaceAll(/\n\s+/g, ' ')
    .split('\n')
    .flatMap((line) => {
      const pid = Number(/pid=(\d+)/.exec(line)?.[1] ?? 0);
      if (pid === 0 || pid === process.pid) return [];
      const payload = of(line, 'bytes_sent') + of(line, 'bytes_received');
      const segments = of(line, 'segs_out') + of(line, 'segs_in');
      return [{ pid, payload, segments, bytes: payload + headers * segments }];
    });
}

/** Once nothing came or went for two seconds: what a connection costs. */
async function nextStill(look: () => Promise<Counters>): Promise<Counters> {
  let [last, sinceMs] = [await look(), performance.now()];
  await until('the connection is quiet', async () => {
    const now = await look();
    if (now.bytes !== last.bytes) [last, sinceMs] = [now, performance.now()];
    return performance.now() - sinceMs > 2000;
  });
  return last;
}

/** The counters after the next exchange has ended. */
async function nextChange(look: () => Promise<Counters>, before: Counters): Promise<Counters> {
  await until('a ping', async () => (await look()).bytes !== before.bytes);
  return nextStill(look);
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patienceMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`fleet.idle: gave up waiting: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
