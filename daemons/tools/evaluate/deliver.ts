/** Delivers a spool through a real Mosquitto while a client that is none of ours listens, and counts what each got. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import readline from 'node:readline';
import { systemClock } from '../../core/adapters/clock.system.ts';
import { openRecords } from '../../core/adapters/records.sqlite.ts';
import type { Running } from '../../core/daemon/running.ts';
import type { Alert } from '../../core/values/alert.ts';
import { parseEnvelope } from '../../core/wire/envelope.ts';
import { ledgerLine } from '../../ledger/daemon.ts';
import { uplinkSection } from '../../uplink/config.ts';
import { uplinkLine } from '../../uplink/daemon.ts';
import { type Figure, printed } from './figures.ts';

const giveUpMs = 60_000;

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = net.createServer();
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });

async function startMosquitto(folder: string): Promise<{ port: number; stop: () => void }> {
  const port = await freePort();
  const file = path.join(folder, 'mosquitto.conf');
  await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n`);
  const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  for (let tries = 0; tries < 100; tries++) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true));
      socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
    });
    if (there) return { port, stop: () => void child.kill('SIGKILL') };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('mosquitto did not listen within 5 s');
}

/** The independent client: every `raised` revision it printed, by alert id. */
function listen(port: number): { child: ChildProcess; raised: Map<string, number>; ready: Promise<void> } {
  // stdbuf: into a pipe it would hold its lines back until 4 kB are full.
  const child = spawn(
    'stdbuf',
    ['-oL', 'mosquitto_sub', '-h', '127.0.0.1', '-p', String(port), '-q', '1', '-t', 'fieldpost/v1/+/+/alert', '-d'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const raised = new Map<string, number>();
  const ready = new Promise<void>((resolve) => {
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('SUBACK')) resolve();
      if (!line.startsWith('{')) return;
      const alert = parseEnvelope(line).body as Alert;
      if (alert.condition === 'raised') raised.set(alert.id, (raised.get(alert.id) ?? 0) + 1);
    });
  });
  return { child, raised, ready };
}

/** `folder` holds `gas.db`, a closed spool; `expected` are the alerts that were raised into it. */
export async function deliver(folder: string, expected: ReadonlySet<string>): Promise<readonly Figure[]> {
  if (spawnSync('sh', ['-c', 'command -v mosquitto && command -v mosquitto_sub'], { stdio: 'ignore' }).status !== 0)
    return [
      printed('air.delivery', null, 'alerts', 'not measured: mosquitto and mosquitto_sub are not on this machine'),
    ];
  const spools = path.join(folder, 'outbox');
  await mkdir(spools);
  await cp(path.join(folder, 'gas.db'), path.join(spools, 'gas.db'));
  const broker = await startMosquitto(folder);
  const independent = listen(broker.port);
  await independent.ready;

  const stop = new AbortController();
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  const ctx: Running = { signal: stop.signal, progress: () => {}, log: silent, clock: systemClock() };
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const file = path.join(folder, 'ledger.db');
  const lines = [
    ledgerLine({ brokers: [url], records: file }, ctx),
    uplinkLine(
      {
        device: 'post-1',
        site: 'evaluation',
        spools,
        master: null,
        section: uplinkSection.parse({ brokers: [url] }),
        birth: { simulated: false },
      },
      ctx,
    ),
  ];
  const records = await openRecords(file);
  const beganMs = Date.now();
  while (
    Date.now() - beganMs < giveUpMs &&
    ((await records.counts()).alerts < expected.size || independent.raised.size < expected.size)
  )
    await new Promise((resolve) => setTimeout(resolve, 100));
  const known = new Set((await records.changes(0, 1_000_000)).alerts.map((one) => one.alert.id));
  const doubled = await records.doubledEffects();
  await records.close();
  stop.abort();
  await Promise.all(lines);
  independent.child.kill();
  broker.stop();

  const once = [...expected].filter((id) => independent.raised.get(id) === 1).length;
  const committed = [...expected].filter((id) => known.has(id)).length;
  const all = expected.size;
  const figure = (id: string, value: number, note: string): Figure => ({
    ...printed(id, value, 'alerts', note),
    baseline: all,
    ratio: value / all,
    reach: `${all}`,
    ok: value === all,
  });
  return [
    figure('air.delivery.once', once, 'raised alerts that mosquitto_sub printed exactly once'),
    figure('air.delivery.committed', committed, `raised alerts in the ledger; ${doubled} doubled effects`),
  ];
}
