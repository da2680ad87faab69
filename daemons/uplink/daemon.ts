/** The uplink: every spool of the box -> MQTT -> receipt -> settle. Alerts first, then events, then telemetry. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { connectMqtt, type MqttOptions } from '../core/adapters/broker.mqtt.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { tlsWith } from '../core/adapters/identity.tls.ts';
import { renewOver } from '../core/adapters/renewal.https.ts';
import { openSpool, openSpoolReader } from '../core/adapters/spool.sqlite.ts';
import { requireEncryption } from '../core/config/broker-url.ts';
import type { Running } from '../core/daemon/running.ts';
import type { Broker } from '../core/ports/broker.ts';
import { isFault } from '../core/ports/fault.ts';
import type { SpoolReader } from '../core/ports/spool.ts';
import type { Stream } from '../core/values/envelope.ts';
import { parseReceipt, type Receipt } from '../core/wire/messages.ts';
import { topicOf } from '../core/wire/topics.ts';
import { paceOf, type UplinkSection } from './config.ts';
import { type Keeper, keepCertificate } from './renewal.ts';
import { openReports, type Reports } from './reports.ts';
import { type Flight, grounded, landed, launched, overdue, ranked, rewound, room } from './window.ts';

export interface UplinkConfig {
  readonly device: string;
  readonly site: string;
  /** Storage key that opens sealed spools; null: they are plain. */
  readonly master: Uint8Array | null;
  /** Folder of the spool files, one a daemon. */
  readonly spools: string;
  /** Folder of the certificate and its key, for brokers at `mqtts://`. */
  readonly identity?: string;
  readonly section: UplinkSection;
  readonly birth: Readonly<Record<string, unknown>>;
}

interface Outgoing {
  readonly reader: SpoolReader;
  readonly flights: Map<Stream, Flight>;
}

/** New spool files are looked for this often, and what is overdue is sent again. */
const lookMs = 1000;

export async function uplinkLine(config: UplinkConfig, ctx: Running): Promise<void> {
  const { device, site, section } = config;
  requireEncryption('uplink.brokers', section.brokers);
  const { boot } = ctx.clock.now();
  const reports = openReports(
    () => openSpool({ path: path.join(config.spools, 'uplink.db'), device, master: config.master, telemetryHoldMs: 0 }),
    ctx,
  );
  const security = openSecurity(config, reports, ctx);
  const spools = new Map<string, Outgoing>();
  const opening = new Set<string>();
  const receipts: Receipt[] = [];
  let wake = (): void => {};
  let born = false;
  const statusTopic = topicOf(site, device, 'status');
  const statusText = (status: 'online' | 'offline'): string => JSON.stringify({ v: 1, status, boot });

  const broker = connectMqtt(
    {
      urls: section.brokers,
      clientId: `fieldpost-${device}`,
      subscribe: [topicOf(site, device, 'receipt')],
      will: { topic: statusTopic, payload: statusText('offline') },
      retry: paceOf(section.reconnect),
      ...security?.options,
    },
    {
      onMessage: (_topic, payload) => {
        try {
          receipts.push(parseReceipt(Buffer.from(payload).toString('utf8')));
          wake();
        } catch (error) {
          if (!isFault(error)) throw error;
          ctx.log.warn('receipt not understood; nothing is forgotten', { reason: error.message });
        }
      },
      onConnect: () => {
        ctx.log.info('connected to the broker');
        security?.keeper.onConnect();
        born = false;
        for (const one of spools.values())
          for (const [stream, flight] of one.flights) one.flights.set(stream, rewound(flight));
        wake();
      },
      onDisconnect: (reason) => ctx.log.warn('broker lost; everything waits in the spool', { reason }),
    },
  );
  ctx.signal.addEventListener('abort', () => wake(), { once: true });

  while (!ctx.signal.aborted) {
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    findSpools({ folder: config.spools, master: config.master, spools, opening, onAppend: () => wake() }, ctx);
    await settle(receipts.splice(0), spools);
    await reports.flush();
    if (broker.connected) {
      if (!born) born = await announce(broker, config, ctx, statusText('online'));
      for (const one of spools.values()) {
        for (const stream of ranked) await send(broker, config, { ...one, stream }, ctx);
      }
    }
    await Promise.race([woken, ctx.clock.sleep(lookMs, 'uplink', ctx.signal)]);
  }
  if (broker.connected) await orLater(broker.publish(statusTopic, statusText('offline'), { retain: true }));
  await broker.close();
  await security?.keeper.ended;
  await reports.close();
  for (const { reader } of spools.values()) await reader.close();
}

/** TLS and what keeps its certificate alive, where any broker is spoken to by TLS. */
function openSecurity({ identity, section }: UplinkConfig, reports: Reports, ctx: Running): Security | null {
  if (identity === undefined || !section.brokers.some((url) => url.startsWith('mqtts:'))) return null;
  const store = identityIn(identity);
  const renew = section.renewal === undefined ? null : renewOver(section.renewal, store);
  const keeper = keepCertificate({ store, renew, tell: reports.add }, ctx);
  return { keeper, options: { tls: tlsWith(store), onRefusal: keeper.onRefusal } };
}

interface Security {
  readonly keeper: Keeper;
  readonly options: Pick<MqttOptions, 'tls' | 'onRefusal'>;
}

interface Search {
  readonly master: Uint8Array | null;
  readonly folder: string;
  readonly spools: Map<string, Outgoing>;
  readonly opening: Set<string>;
  readonly onAppend: () => void;
}

/** Opens spool files that are new in the folder; one that is not ready yet is tried again at the next look. */
function findSpools({ folder, master, spools, opening, onAppend }: Search, ctx: Running): void {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.db'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  for (const name of names) {
    if (spools.has(name) || opening.has(name)) continue;
    opening.add(name);
    openSpoolReader(path.join(folder, name), master)
      .then((reader) => {
        spools.set(name, { reader, flights: new Map() });
        reader.onAppend(onAppend);
        ctx.log.info('spool found', { file: name, spool: reader.id });
        onAppend();
      })
      .catch((error: unknown) => {
        if (!isFault(error)) throw error;
      })
      .finally(() => opening.delete(name));
  }
}
async function settle(receipts: readonly Receipt[], spools: ReadonlyMap<string, Outgoing>): Promise<void> {
  for (const { spool, stream, through, missing } of receipts) {
    const one = [...spools.values()].find(({ reader }) => reader.id === spool);
    if (!one) continue;
    await orLater(one.reader.settle(stream, through, missing));
    one.flights.set(stream, landed(one.flights.get(stream) ?? grounded, through, missing));
  }
}

async function announce(
  broker: Broker,
  { site, device, birth }: UplinkConfig,
  ctx: Running,
  online: string,
): Promise<boolean> {
  const at = ctx.clock.now();
  const text = JSON.stringify({ ...birth, v: 1, device, site, boot: at.boot, at });
  return (
    (await orLater(broker.publish(topicOf(site, device, 'birth'), text, { retain: true }))) &&
    (await orLater(broker.publish(topicOf(site, device, 'status'), online, { retain: true })))
  );
}

/** Sends what the window lets out of one stream. The spool keeps everything until the receipt. */
async function send(
  broker: Broker,
  config: UplinkConfig,
  one: Outgoing & { stream: Stream },
  ctx: Running,
): Promise<void> {
  const { section, site, device } = config;
  const { reader, flights, stream } = one;
  const nowMs = ctx.clock.now().monoNs / 1e6;
  let flight = flights.get(stream) ?? grounded;
  if (overdue(flight, nowMs, section.resendMs)) flight = rewound(flight);
  const free = room(flight, section.window);
  if (free === 0) return void flights.set(stream, flight);
  const envelopes = await reader.peek(stream, flight.sent, free);
  for (const { seq, text } of envelopes) {
    flight = launched(flight, seq, nowMs);
    void orLater(broker.publish(topicOf(site, device, stream), text));
  }
  if (envelopes.length > 0) ctx.progress();
  flights.set(stream, flight);
}

/** The world may fail here: what was not done is done again at a later look. Anything else is a bug. */
async function orLater(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (!isFault(error)) throw error;
    return false;
  }
}
