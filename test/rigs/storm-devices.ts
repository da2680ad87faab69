/**
 * Many simulated devices in one process, each with its own connection, its own chain of alerts and the reconnecting of the
 * real uplink. Argument: JSON of `DevicesSetup`. Each line `raise` on stdin makes every device raise an alert. Prints
 * `state CONNECTED SETTLED LATE_MS` (how late its timers were since the last line at the most) and `attempts MS,MS,...`: when each connection was attempted, in Unix ms.
 */
import diagnostics from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';
import readline from 'node:readline';
import { connectMqtt } from '../../daemons/core/adapters/broker.mqtt.ts';
import type { Broker } from '../../daemons/core/ports/broker.ts';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { link, noTail, originOf, pack } from '../../daemons/core/spool/link.ts';
import { parseReceipt } from '../../daemons/core/wire/messages.ts';
import { topicOf } from '../../daemons/core/wire/topics.ts';
import { paceOf, uplinkSection } from '../../daemons/uplink/config.ts';
import { sampleAlert } from '../support/alerts.ts';

export interface DevicesSetup {
  readonly url: string;
  /** Number of the first device, and how many there are in this process. */
  readonly first: number;
  readonly count: number;
  readonly reconnect: { readonly fleet: number; readonly attemptsPerS: number };
  /** The first connections of this process are made at this rate. */
  readonly startPerS: number;
}

interface Device {
  raise(): void;
  resend(): void;
  readonly connected: boolean;
  readonly settled: number;
}

const site = 'storm';
const setup = JSON.parse(process.argv[2] ?? '') as DevicesSetup;
const section = uplinkSection.parse({ brokers: [setup.url], reconnect: setup.reconnect });
const attempts: number[] = [];
diagnostics.subscribe('net.client.socket', () => void attempts.push(Date.now()));

function device(number: number): Device {
  const name = `post-${number}`;
  const spool = `spool-${number}`;
  const waiting = new Map<number, string>();
  let tail = noTail;
  let settled = 0;
  const send = (text: string): void =>
    void broker.publish(topicOf(site, name, 'alert'), text).catch((error: unknown) => {
      if (!isFault(error)) throw error;
    });
  const resend = (): void => {
    if (broker.connected) for (const text of waiting.values()) send(text);
  };
  const broker: Broker = connectMqtt(
    {
      urls: section.brokers,
      clientId: `fieldpost-${name}`,
      subscribe: [topicOf(site, name, 'receipt')],
      retry: paceOf(section.reconnect),
    },
    {
      onConnect: () => resend(),
      onDisconnect: () => {},
      onMessage: (_topic, payload) => {
        const { through, missing } = parseReceipt(Buffer.from(payload).toString('utf8'));
        for (const seq of waiting.keys()) {
          if (seq > through || missing.includes(seq)) continue;
          waiting.delete(seq);
          settled += 1;
        }
      },
    },
  );
  const raise = (): void => {
    const body = sampleAlert(`${name}-${tail.seq + 1}`);
    const [next, row] = link(tail, pack({ stream: 'alert', at: body.at, body }), originOf(name, spool));
    tail = next;
    waiting.set(row.seq, row.text);
    if (broker.connected) send(row.text);
  };
  return {
    raise,
    resend,
    get connected() {
      return broker.connected;
    },
    get settled() {
      return settled;
    },
  };
}

/** A process that gets no processor makes the attempts of its devices together, which no fleet of real boxes would. */
const late = monitorEventLoopDelay({ resolution: 10 });
late.enable();
const devices: Device[] = [];
const starting = setInterval(() => {
  for (let i = 0; i < setup.startPerS / 10 && devices.length < setup.count; i++)
    devices.push(device(setup.first + devices.length));
  if (devices.length >= setup.count) clearInterval(starting);
}, 100);

/** Not all at once: what is under test is the connecting. */
async function raiseAll(): Promise<void> {
  for (const [i, one] of devices.entries()) {
    one.raise();
    if (i % 50 === 49) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'raise') void raiseAll();
});
process.stdin.on('close', () => process.exit());
setInterval(() => {
  for (const one of devices) one.resend();
}, section.resendMs).unref();
setInterval(() => {
  if (attempts.length > 0) process.stdout.write(`attempts ${attempts.splice(0).join(',')}\n`);
  const settled = devices.reduce((sum, one) => sum + one.settled, 0);
  const lateMs = Math.round(late.max / 1e6);
  late.reset();
  process.stdout.write(`state ${devices.filter((one) => one.connected).length} ${settled} ${lateMs}\n`);
}, 250);
