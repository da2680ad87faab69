/** From a reading to its alert's commit at the centre, through real processes, a real broker and Modbus over TCP. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import { floatRegisters, modbusServer } from '../../daemons/tools/simulate/devices/modbus.ts';
import { supervise } from '../../daemons/tools/simulate/supervise.ts';
import { type Figure, median } from './figure.ts';

const main = path.join(import.meta.dirname, '../../daemons/main.ts');
const wanted = 50;
const giveUpMs = 180_000;
const channels = ['a', 'b', 'c', 'd'];

/** An analyzer of four channels over TCP: two of them cross the line every other second, at different moments. */
function analyzer(): net.Server {
  const high = (phaseMs: number): boolean => (Date.now() + phaseMs) % 1500 < 750;
  const answer = () =>
    modbusServer({
      unit: 1,
      register: (_table, address) => floatRegisters(high(900 * (address >> 1)) ? 10 : 0)[address & 1] ?? null,
    });
  return net.createServer((socket) => {
    socket.setNoDelay(true);
    const take = answer();
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes: Buffer) => {
      for (const one of take(bytes)) socket.write(one);
    });
  });
}

const portOf = (server: net.Server): Promise<number> =>
  new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
  });

/** 16 readings a second: four channels every 250 ms. JSON is YAML too. */
function layConfig(folder: string, instrument: number, broker: string): void {
  const files = {
    'devices/bench': { device: 'bench', site: 'bench', board: 'bench', profile: 'bench' },
    'boards/bench': {
      board: 'bench',
      simulated: true,
      ports: { serial: { line: { tcp: `127.0.0.1:${instrument}` } } },
      sensors: [
        {
          id: 'nh3',
          part: 'modbus-analyzer',
          serial: 'B-1',
          port: 'line',
          options: {
            unit: 1,
            timeoutMs: 500,
            channels: channels.map((name, i) => ({
              name,
              register: 2 * i,
              table: 'input',
              type: 'f32',
              unit: 'ppm',
              range: [-5, 500],
            })),
          },
        },
      ],
      quantities: channels.map((name) => ({
        quantity: name,
        unit: 'ppm',
        channel: `nh3/${name}`,
        factory: { u: 0.1 },
      })),
    },
    'profiles/bench': {
      profile: 'bench',
      gas: {
        samplePeriodMs: 250,
        rules: ['a', 'b'].map((quantity) => ({
          kind: `rule-${quantity}`,
          family: 'evidence',
          severity: 'warning',
          score: { quantity },
          on: 5,
          off: 1,
          raiseAfter: 1,
          clearAfter: 1,
        })),
      },
      uplink: { brokers: [broker] },
    },
  };
  for (const [name, value] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, `${name}.yaml`), JSON.stringify(value));
  }
}

/** Median time of one durable commit of one event, in ms: what every alert pays twice, at the box and at the centre. */
async function commitMs(folder: string): Promise<number> {
  const spool = await openSpool({ path: path.join(folder, 'commit.db'), device: 'bench', telemetryHoldMs: 0 });
  const at = { wallMs: 0, monoNs: 0, boot: 'bench', synced: true, uncertaintyMs: null };
  const samples: number[] = [];
  for (let i = 0; i < 51; i++) {
    const from = performance.now();
    await spool.append([
      { stream: 'event', at, body: { type: 'bench', severity: 'info', at, message: 'bench', detail: {} } },
    ]);
    samples.push(performance.now() - from);
  }
  await spool.close();
  return median(samples);
}

export async function latency(): Promise<Figure> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-latency-'));
  const instrument = analyzer();
  const probe = net.createServer();
  const brokerPort = await portOf(probe);
  await new Promise((resolve) => probe.close(resolve));
  const broker = `mqtt://127.0.0.1:${brokerPort}`;
  const [config, state, file] = ['config', 'box', 'ledger.db'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(path.join(state, 'spool'), { recursive: true });
  layConfig(config, await portOf(instrument), broker);
  const box = ['--config', config, '--device', 'bench', '--state', state];
  const daemons = (
    [
      ['broker', '--port', String(brokerPort)],
      ['ledger', '--broker', broker, '--records', file],
      ['uplink', ...box],
      ['gas', ...box],
    ] as const
  ).map(([name, ...args]) => supervise(name, [main, name, ...args], () => {}));
  const records = await openRecords(file);
  const endMs = performance.now() + giveUpMs;
  while ((await records.counts()).alerts < wanted && performance.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 500));
  const sorted = [...(await records.latencies())].sort((x, y) => x - y);
  const quantile = (q: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
  const { alerts } = await records.counts();
  await records.close();
  await Promise.all(daemons.map((one) => one.stop(10_000)));
  instrument.close();
  const commit = await commitMs(folder);
  rmSync(folder, { recursive: true, force: true });
  const p50 = quantile(0.5);
  return {
    id: 'pipeline.latency',
    value: p50,
    unit: 'ms',
    baseline: commit,
    ratio: p50 / commit,
    reach: 'p50 <= 100 ms',
    ok: alerts >= wanted && p50 <= 100,
    note: `reading to ledger commit of ${sorted.length} revisions of ${alerts} alerts at 16 readings/s; p99 ${quantile(0.99)} ms; baseline: one durable commit`,
  };
}
