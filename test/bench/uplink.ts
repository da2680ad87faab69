/** Delivery to a real Mosquitto: alerts a second, one a message, with spool, ledger and receipts on; and bytes on the wire. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import mqtt from 'mqtt';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import type { Running } from '../../daemons/core/daemon/running.ts';
import type { Spool } from '../../daemons/core/ports/spool.ts';
import { uplinkSection } from '../../daemons/uplink/config.ts';
import { uplinkLine } from '../../daemons/uplink/daemon.ts';
import { item } from '../core/spool/keeping.ts';
import { keepRunning } from '../rigs/keep-running.ts';
import { mosquitto } from '../support/mosquitto.ts';
import { findProgram } from '../support/needs.ts';
import { abTurns, type Figure } from './figure.ts';
import { wireBytes } from './wire.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const count = 6000;
const window = 50;

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Alerts a second from the moment the uplink is connected and has the spool open until the spool has forgotten the last one, on its receipt. */
async function delivered(spool: Spool, spools: string, url: string): Promise<number> {
  for (let i = 0; i < count; i += 500) await spool.append(Array.from({ length: 500 }, (_, n) => item('alert', i + n)));
  const stop = new AbortController();
  let fromMs = 0;
  const log = {
    ...silent,
    info: (message: string): void => {
      if (message.startsWith('connected') || message === 'spool found') fromMs = performance.now();
    },
  };
  const ctx: Running = { signal: stop.signal, progress: () => {}, log, clock: systemClock() };
  const section = uplinkSection.parse({ brokers: [url], window });
  const line = uplinkLine(
    { device: 'bench', site: 'bench', spools, master: null, section, birth: { simulated: true } },
    ctx,
  );
  while ((await spool.depth()).alert > 0) await pause(10);
  const rate = count / ((performance.now() - fromMs) / 1000);
  stop.abort();
  await line;
  return rate;
}

/** The same payloads through MQTT.js alone, `window` at a time, until the broker has answered the last one. */
async function bare(texts: readonly string[], url: string): Promise<number> {
  const client = await mqtt.connectAsync(url, { protocolVersion: 4 });
  const fromMs = performance.now();
  await new Promise<void>((resolve, reject) => {
    let [next, done] = [0, 0];
    const send = (): void => {
      const text = texts[next++];
      if (text === undefined) return;
      client.publish('bench/bare', text, { qos: 1 }, (error) => {
        if (error) return reject(error);
        done += 1;
        if (done === texts.length) return resolve();
        send();
      });
    };
    for (let i = 0; i < window; i++) send();
  });
  const rate = texts.length / ((performance.now() - fromMs) / 1000);
  await client.endAsync();
  return rate;
}

/** mosquitto_pub, one line a message: what a client in C does on this machine. */
async function inC(texts: readonly string[], port: number): Promise<number | null> {
  const program = findProgram('mosquitto_pub');
  if (!program) return null;
  const fromMs = performance.now();
  const child = spawn(program, ['-p', String(port), '-q', '1', '-t', 'bench/c', '-l'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(`${texts.join('\n')}\n`);
  await new Promise((resolve) => child.on('close', resolve));
  return texts.length / ((performance.now() - fromMs) / 1000);
}

export async function uplink(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-uplink-'));
  const broker = await mosquitto({ lines: ['max_queued_messages 20000', 'max_inflight_messages 200'] });
  await broker.start();
  const records = path.join(folder, 'ledger.db');
  const ledger = keepRunning([process.execPath, main, 'ledger', '--broker', broker.url, '--records', records]);
  const spools = path.join(folder, 'spool');
  const spool = await openSpool({ path: path.join(spools, 'gas.db'), device: 'bench', telemetryHoldMs: 0 });
  try {
    await spool.append(Array.from({ length: count }, (_, n) => item('alert', n)));
    const texts = (await spool.peek('alert', 0, count)).map(({ text }) => text);
    // One run that is not counted: the ledger is up, and everything is compiled, when the first counted one begins.
    await delivered(spool, spools, broker.url);
    const { a, b } = await abTurns(
      () => delivered(spool, spools, broker.url),
      () => bare(texts, broker.url),
    );
    const c = await inC(texts, broker.port);
    const rate: Figure = {
      id: 'uplink.rate',
      value: a,
      unit: 'alerts/s',
      baseline: b,
      ratio: a / b,
      reach: 'ratio >= 0.5',
      ok: a / b >= 0.5,
      note: `${count} alerts of ${texts[0]?.length} bytes, spool to receipt, window ${window}; baseline: bare MQTT.js to PUBACK, nobody subscribed; mosquitto_pub -l: ${c === null ? 'not there' : Math.round(c)}/s`,
    };
    return [rate, await wireBytes(spool, spools, broker)];
  } finally {
    await spool.close();
    await ledger.close();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
