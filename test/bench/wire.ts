/**
 * Bytes on the wire per reading. A proxy between client and broker counts what each side wrote, both ways; every write is a
 * TCP segment with 52 bytes of IPv4 and TCP headers (20 + 20 + 12 of timestamps), more when it is longer than 1448 bytes.
 * Acknowledgements ride on the answers, for both sides alike. No TLS.
 */
import net from 'node:net';
import mqtt from 'mqtt';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import type { Spool } from '../../daemons/core/ports/spool.ts';
import { encodeTelemetry } from '../../daemons/core/telemetry/encode.ts';
import type { Reading } from '../../daemons/core/values/reading.ts';
import { uplinkSection } from '../../daemons/uplink/config.ts';
import { uplinkLine } from '../../daemons/uplink/daemon.ts';
import { stampAt } from '../support/alerts.ts';
import type { Mosquitto } from '../support/mosquitto.ts';
import type { Figure } from './figure.ts';

const headerBytes = 52;
const segmentBytes = 1448;
const batches = 50;
const batch = 100;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Counting {
  readonly url: string;
  readonly bytes: number;
  close(): void;
}

async function counting(port: number): Promise<Counting> {
  let bytes = 0;
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (client) => {
    const broker = net.connect({ port, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
      from.on('data', (data: Buffer) => {
        bytes += data.length + headerBytes * Math.ceil(data.length / segmentBytes);
        to.write(data);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `mqtt://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    get bytes() {
      return bytes;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Eight channels four times a second: slow drift and noise of a converter, the same numbers every time. */
function readings(): Reading[] {
  let state = 1;
  const noise = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return Array.from({ length: batches * batch }, (_, i) => {
    const channel = i % 8;
    const tick = Math.floor(i / 8);
    const value = Math.round((400 + 50 * channel + 20 * Math.sin(tick / 200 + channel) + 2 * noise()) * 8) / 8;
    const at = stampAt(1_790_000_000_000 + 250 * tick);
    return { sensor: channel < 4 ? 'mox-a' : 'mox-b', channel: `a${channel % 4}`, at, value, unit: 'mV', flags: [] };
  });
}

/** One JSON message each, as small as one that says the same can be. */
async function single(all: readonly Reading[], port: number): Promise<number> {
  const line = await counting(port);
  const client = await mqtt.connectAsync(line.url, { protocolVersion: 4 });
  const before = line.bytes;
  for (const { sensor, channel, at, value, unit } of all.slice(0, 500))
    await client.publishAsync(
      'fieldpost/v1/bench/bench/reading',
      JSON.stringify({ sensor, channel, t: at.wallMs, value, unit }),
      {
        qos: 1,
      },
    );
  const each = (line.bytes - before) / 500;
  await client.endAsync();
  line.close();
  return each;
}

/** Telemetry as the box sends it, one batch after another, receipts and their answers counted. */
async function batched(all: readonly Reading[], spool: Spool, spools: string, port: number): Promise<number> {
  const line = await counting(port);
  const stop = new AbortController();
  let connected = false;
  const log = {
    info: (message: string): void => {
      if (message.startsWith('connected')) connected = true;
    },
    warn: () => {},
    error: () => {},
  };
  const section = uplinkSection.parse({ brokers: [line.url] });
  const uplink = uplinkLine(
    { device: 'bench', site: 'bench', spools, master: null, section, birth: { simulated: true } },
    { signal: stop.signal, progress: () => {}, log, clock: systemClock() },
  );
  while (!connected) await pause(20);
  // Birth and status are away.
  await pause(1000);
  const before = line.bytes;
  for (let i = 0; i < all.length; i += batch) {
    const part = all.slice(i, i + batch);
    const at = part.at(-1)?.at ?? stampAt(0);
    const body = encodeTelemetry({ readings: part, measurements: [], run: { id: 'bench', first: i } });
    await spool.append([{ stream: 'tele', at, body }]);
    while ((await spool.depth()).tele > 0) await pause(5);
  }
  const each = (line.bytes - before) / all.length;
  stop.abort();
  await uplink;
  line.close();
  return each;
}

export async function wireBytes(spool: Spool, spools: string, broker: Mosquitto): Promise<Figure> {
  const all = readings();
  const value = await batched(all, spool, spools, broker.port);
  const baseline = await single(all, broker.port);
  return {
    id: 'wire.bytes',
    value,
    unit: 'B/reading',
    baseline,
    ratio: value / baseline,
    reach: 'ratio <= 0.067',
    ok: value / baseline <= 0.067,
    note: `batches of ${batch}, receipt and PUBACK both ways and ${headerBytes} B a TCP segment counted; baseline: one compact JSON message each; exact, so one round`,
  };
}
