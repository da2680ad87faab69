/**
 * The uplink: every spool of the box -> MQTT -> receipt -> settle. Alerts first, then events, then fresh telemetry, then
 * history at a limited rate. The spool forgets on the ledger's receipt only.
 */
import path from 'node:path';
import { connectMqtt, type MqttOptions } from '../core/adapters/broker.mqtt.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { tlsWith } from '../core/adapters/identity.tls.ts';
import { askLine, serveLines } from '../core/adapters/lines.unix.ts';
import { renewOver } from '../core/adapters/renewal.https.ts';
import { spoolHost } from '../core/adapters/spool.sqlite.calls.ts';
import { openSpool, openSpoolReader } from '../core/adapters/spool.sqlite.ts';
import { requireEncryption } from '../core/config/broker-url.ts';
import type { Running } from '../core/daemon/running.ts';
import type { Broker } from '../core/ports/broker.ts';
import { isFault } from '../core/ports/fault.ts';
import type { Told } from '../core/spool/gone.ts';
import { longestTwinLine } from '../core/twin/link.ts';
import { parseReceipt, type Receipt } from '../core/wire/messages.ts';
import { textOf } from '../core/wire/parse.ts';
import { topicOf, twinTopicOf } from '../core/wire/topics.ts';
import { forwardCommands } from './commands.ts';
import { paceOf, type UplinkSection } from './config.ts';
import { delivery, faultOf } from './delivery.ts';
import { openFolder } from './folder.ts';
import { openHealth } from './health.ts';
import { lanesOf, type Outgoing } from './outgoing.ts';
import { type Keeper, keepCertificate } from './renewal.ts';
import { openReports, type Reports } from './reports.ts';
import { openTwin } from './twin.ts';
import { lostHere, openWords, undeliverableEvent, type Words } from './words.ts';

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
  /** The dock daemon's socket, on a box that has a dock: commands of the centre are brought there. */
  readonly dock?: string;
  /** Where the agent of the box asks for the twin; absent: no agent is served. */
  readonly twin?: string;
  readonly birth: Readonly<Record<string, unknown>>;
}

/** Longest answer of the dock daemon, in characters. */
const longestAnswer = 100_000;

/** New spool files are looked for this often, and what is overdue is sent again. */
const lookMs = 1000;

export async function uplinkLine(config: UplinkConfig, ctx: Running): Promise<void> {
  const { device, site, section, master } = config;
  requireEncryption('uplink.brokers', section.brokers);
  // One thread for all files: nothing here is measured, so what waits for a slow card may wait for another's too.
  const host = spoolHost();
  const reports = openReports(
    () => openSpool({ path: path.join(config.spools, 'uplink.db'), device, master, telemetryHoldMs: 0, host }),
    ctx,
  );
  const security = openSecurity(config, reports, ctx);
  const waking = openWaking(ctx.signal);
  const words = openWords(config, ctx.clock);
  const receipts = new Map<string, Receipt>();
  const state = { announced: false, heardMs: 0 };
  const lostAs = new Set<string>();
  const nowMs = (): number => ctx.clock.now().monoNs / 1e6;

  const { dock } = config;
  const commandTopic = topicOf(site, device, 'cmd');
  const tell = (told: Told): void => {
    reports.add(told);
    waking.wake();
  };
  const forward = dock ? forwardCommands((line) => askLine(dock, line, longestAnswer), tell, nowMs) : null;

  const twin = openTwin(tell);
  const health = openHealth(nowMs);
  const [desiredTopic, reportedTopic] = [twinTopicOf(site, device, 'desired'), twinTopicOf(site, device, 'reported')];
  const healthTopic = twinTopicOf(site, device, 'health');

  const folder = openFolder(
    { path: config.spools, open: (file) => openSpoolReader(file, master, host), onNews: waking.wake },
    ctx,
  );
  const broker = connectMqtt(
    {
      urls: section.brokers,
      clientId: `fieldpost-${device}`,
      subscribe: [
        topicOf(site, device, 'receipt'),
        ...(config.dock || config.twin ? [commandTopic] : []),
        ...(config.twin ? [desiredTopic] : []),
      ],
      will: words.will,
      keepaliveS: section.keepaliveS,
      retry: paceOf(section.reconnect),
      ...security?.options,
    },
    {
      onMessage: (topic, payload) => {
        state.heardMs = nowMs();
        if (topic === commandTopic) return twin.takes(payload) ? undefined : forward?.(payload);
        if (topic === desiredTopic) return twin.hear(payload);
        const receipt = readReceipt(payload, ctx);
        if (receipt) receipts.set(`${receipt.spool}/${receipt.stream}`, receipt);
        waking.wake();
      },
      onConnect: () => {
        ctx.log.info('connected to the broker');
        security?.keeper.onConnect();
        twin.connected();
        state.announced = false;
        lostAs.clear();
        state.heardMs = nowMs();
        waking.wake();
      },
      onDisconnect: (reason) => {
        deliveries.disconnected(folder.spools.values());
        if (state.announced) health.lost();
        state.announced = false;
        // Once for a reason: a broker that is away for months is tried every minute.
        if (lostAs.has(reason)) return;
        lostAs.add(reason);
        ctx.log.warn('broker lost; everything waits in the spool', { reason });
      },
    },
  );
  const deliveries = delivery(
    {
      site,
      device,
      section,
      broker,
      onAnswer: waking.wake,
      onUndeliverable: (one) => reports.add(undeliverableEvent(one)),
      onUnreadable: folder.drop,
    },
    ctx,
  );

  const agents =
    config.twin === undefined
      ? null
      : await serveTwin(
          config.twin,
          (line) => {
            const reply = twin.answer(line, broker.connected && state.announced);
            waking.wake();
            return JSON.stringify(reply);
          },
          tell,
        );

  /** Takes the receipts that came, each once, and says so when the ledger asks for what is not here. */
  const takeReceipts = async (spools: readonly Outgoing[]): Promise<void> => {
    const came = [...receipts.values()];
    receipts.clear();
    for (const receipt of came) {
      const ofSpool = spools.filter(({ reader }) => reader.id === receipt.spool);
      const landings = (await Promise.all(ofSpool.map((one) => deliveries.take(receipt, one)))).flat();
      if (landings.some(({ announce }) => announce)) await faultOf(words.online(broker, spools));
      const lost = landings.flatMap((one) => one.lost);
      if (lost.length > 0) for (const told of lostHere(receipt.spool, receipt.stream, lost)) reports.add(told);
    }
  };

  const sendOn = async (spools: readonly Outgoing[]): Promise<void> => {
    if (!broker.connected) return;
    state.announced ||= await begin(broker, spools, words);
    if (state.announced) await faultOf(twin.say(broker, reportedTopic));
    if (state.announced) await faultOf(health.say(broker, healthTopic, twin.health, spools));
    if (state.announced) await deliveries.send(spools);
    if (!deliveries.waits(spools)) state.heardMs = nowMs();
    // Without a receipt nothing is ever forgotten: the ledger may be reached by another broker.
    if (section.brokers.length > 1 && nowMs() - state.heardMs > section.silentMs)
      broker.move(`no receipt for ${section.silentMs} ms; the next broker is tried`);
  };

  while (!ctx.signal.aborted) {
    const woken = waking.next();
    await folder.look();
    const spools = [...folder.spools.values()];
    await takeReceipts(spools);
    await reports.flush();
    await sendOn(spools);
    ctx.progress();
    await Promise.race([woken, ctx.clock.sleep(lookMs, 'uplink', ctx.signal)]);
  }
  if (broker.connected) await faultOf(words.offline(broker));
  await agents?.close();
  await broker.close();
  await security?.keeper.ended;
  await reports.close();
  await folder.close();
  await host.close();
}

/** Without an agent a box delivers as ever: a socket that cannot be served is told, and no more. */
async function serveTwin(file: string, answer: (line: string) => string, tell: (told: Told) => void) {
  try {
    return await serveLines(file, { longest: longestTwinLine, mostClients: 4 }, ({ send, close }) => ({
      onLine: (line) => {
        try {
          send(answer(line));
        } catch (error) {
          if (!isFault(error)) throw error;
          close();
        }
      },
      onClose: () => {},
    }));
  } catch (error) {
    if (!isFault(error)) throw error;
    tell({ type: 'update-note', severity: 'warning', message: `${error.message}; nothing can be updated`, detail: {} });
    return null;
  }
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

function readReceipt(payload: Uint8Array, ctx: Running): Receipt | null {
  try {
    return parseReceipt(textOf(payload));
  } catch (error) {
    if (!isFault(error)) throw error;
    ctx.log.warn('receipt not understood; nothing is forgotten', { reason: error.message });
    return null;
  }
}

/** The first words of a connection, and fresh lanes: what is held from before it is history. False when it must be done again. */
async function begin(broker: Broker, spools: readonly Outgoing[], words: Words): Promise<boolean> {
  const work = async (): Promise<void> => {
    await words.birth(broker);
    for (const one of spools) one.lanes = await lanesOf(one.reader, one.lanes);
    await words.online(broker, spools);
  };
  return (await faultOf(work())) === null;
}

/** A bell that is rung by whatever happens, and heard once a turn of the event loop. */
function openWaking(signal: AbortSignal): { wake(): void; next(): Promise<void> } {
  let ring = (): void => {};
  let rung = false;
  const wake = (): void => {
    if (rung) return;
    rung = true;
    setImmediate(() => ring());
  };
  signal.addEventListener('abort', wake, { once: true });
  return {
    wake,
    next: () =>
      new Promise((resolve) => {
        rung = false;
        ring = resolve;
      }),
  };
}
