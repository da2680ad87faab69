/** The ledger: broker -> parse -> commit once -> receipt. What cannot be read goes to the quarantine, with the reason. */
import { connectMqtt } from '../core/adapters/broker.mqtt.ts';
import { type Centre, joinCentre } from '../core/adapters/centre.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { type OpenTls, tlsWith } from '../core/adapters/identity.tls.ts';
import { patrolDeskAt } from '../core/adapters/patrol-desk.centre.ts';
import { requireEncryption } from '../core/config/broker-url.ts';
import type { Running } from '../core/daemon/running.ts';
import type { Broker } from '../core/ports/broker.ts';
import type { Records } from '../core/ports/records.ts';
import { deviceIn, everyDevice, everyHealth, parseTwinTopic, topicOf } from '../core/wire/topics.ts';
import { type FleetWatch, watchFleet } from './fleet.ts';
import { type Intake, openIntake, usualIntake } from './intake.ts';
import type { Message } from './message.ts';
import { heedPatrols, type PatrolWords } from './patrol-words.ts';
import { type Receipts, receiptsTo } from './receipts.ts';
import { noteRetained } from './retained.ts';
import { patient, type StreamOf, type Taking, take } from './take.ts';

export interface LedgerConfig {
  /**
   * Brokers that boxes may deliver to: the ledger listens at each of them, and a receipt goes back the way the envelope came.
   * Commas part the addresses of one and the same broker or cluster: of these one is used at a time.
   */
  readonly brokers: readonly string[];
  /** A SQLite file, or the address of a PostgreSQL whose ledger workers share the devices. */
  readonly records: string;
  /** Folder with device.key, device.crt and ca.crt, for brokers at `mqtts://`. */
  readonly identity?: string | undefined;
  /** Whether it also raises alerts about the fleet itself. */
  readonly fleet?: boolean;
}

/** Messages of one transaction at the most: beyond it a commit gains nothing and a receipt waits. */
const mostInOne = 1000;
/** An idle ledger proves this often that its store answers. */
const idleMs = 5000;
/**
 * A node of a cluster that brings nothing for so long is left for the next one: after an election NATS may keep a subscriber
 * connected and deliver nothing to it any more. A site where nothing happens costs a connection a minute.
 */
const silentMs = 60_000;
/** Ledgers are few and everybody waits for them: they come back sooner than boxes do. */
const retry = { firstMs: 250, mostMs: 5000 };
/** A broker that says nothing does not hold the end up for longer. */
const leaveMs = 2000;

export async function ledgerLine(config: LedgerConfig, ctx: Running): Promise<void> {
  requireEncryption(
    '--broker',
    config.brokers.flatMap((urls) => urls.split(',')),
  );
  const tls = config.identity ? tlsWith(identityIn(config.identity)) : undefined;
  const centre = await joinCentre(config.records, ctx);
  if (!centre) return;
  const desk = patrolDeskAt(config.records);
  const words = heedPatrols(desk);
  try {
    const connected = new Set<number>();
    const fleet = config.fleet ? watchFleet(centre.records, centre.shares, ctx) : null;
    const heard = (index: number, now: boolean): void => {
      fleet?.connected(index, now);
      if (now) connected.add(index);
      else connected.delete(index);
      centre.shares.hears(connected.size > 0);
    };
    await Promise.all([
      ...config.brokers.map((urls, index) =>
        serveBroker({ urls: urls.split(','), index, tls, heard, fleet, words }, centre, ctx),
      ),
      fleet?.run(),
    ]);
  } finally {
    await desk.close();
    await centre.close();
  }
}

interface From {
  readonly urls: readonly string[];
  readonly index: number;
  readonly tls: OpenTls | undefined;
  /** Told when this broker is connected, and when it is not any more. */
  heard(index: number, now: boolean): void;
  readonly fleet: FleetWatch | null;
  readonly words: PatrolWords;
}

/**
 * Every worker hears everything and leaves at once what is another's: brokers that share a subscription among its
 * subscribers do it by message and not by device, and NATS acknowledges one and then delivers nothing.
 */
async function serveBroker(
  { urls, index, tls, heard, fleet, words }: From,
  { records, shares }: Centre,
  ctx: Running,
): Promise<void> {
  const intake = openIntake({ ...usualIntake });
  const retained = noteRetained();
  let wake = (): void => {};
  const nowMs = (): number => ctx.clock.now().monoNs / 1e6;
  let heardMs = nowMs();
  const lostAs = new Set<string>();
  const offer = (message: Message): void => {
    // What comes after the stop gets no receipt, and so comes again.
    if (!ctx.signal.aborted) intake.offer(message);
    wake();
  };
  const broker = connectMqtt(
    {
      urls,
      clientId: ['fieldpost-ledger', ...(index === 0 ? [] : [index]), ...(shares.worker ? [shares.worker] : [])].join(
        '-',
      ),
      tls,
      subscribe: [
        ...everyDevice(['alert', 'event', 'tele', 'birth', 'status', 'head']),
        ...(fleet ? [everyHealth] : []),
      ],
      retry,
    },
    {
      onMessage: (topic, payload) => {
        heardMs = nowMs();
        fleet?.hear({ topic, payload });
        if (parseTwinTopic(topic)) return;
        if (shares.worker !== null) retained.note({ topic, payload });
        if (shares.mine(deviceIn(topic))) offer({ topic, payload });
      },
      onConnect: () => {
        ctx.log.info('connected to the broker', { urls });
        heardMs = nowMs();
        lostAs.clear();
        heard(index, true);
      },
      onDisconnect: (reason) => {
        // Once for a reason: each further try would say the same.
        if (!lostAs.has(reason)) ctx.log.warn('broker lost', { reason });
        lostAs.add(reason);
        heard(index, false);
      },
    },
  );
  shares.onGain((gained) => retained.of(gained).forEach(offer));
  ctx.signal.addEventListener('abort', () => wake(), { once: true });
  try {
    await serve(intake, records, broker, {
      ...ctx,
      mine: (device) => shares.mine(device),
      words,
      idle: () =>
        new Promise((resolve) => {
          if (urls.length > 1 && broker.connected && nowMs() - heardMs > silentMs)
            broker.move(`nothing heard for ${silentMs} ms; the next node is tried`);
          const timer = setTimeout(resolve, idleMs);
          wake = () => {
            clearTimeout(timer);
            // One turn later: what came in the same packet shares the commit, and the broker has its answers before it.
            setImmediate(resolve);
          };
          if (ctx.signal.aborted || intake.size > 0) wake();
        }),
    });
  } finally {
    await broker.close();
  }
}

interface Serving extends Taking {
  /** Resolves when something came, at a stop, or after a while. */
  idle(): Promise<void>;
}

async function serve(intake: Intake, records: Records, broker: Broker, ctx: Serving): Promise<void> {
  const receipts = receiptsTo((topic, text) => broker.publish(topic, text));
  let told = 0;
  while (!ctx.signal.aborted || intake.size > 0) {
    if (intake.size === 0) {
      await ctx.idle();
      if (intake.size === 0) await patient(() => records.watermark('', '', 'event'), ctx);
      ctx.progress();
      continue;
    }
    const due = await take(intake.take(mostInOne), records, ctx);
    await Promise.all(due.map((one) => receipt(one, records, receipts, ctx)));
    if (intake.dropped > told)
      ctx.log.warn('the store is too slow; boxes will send again', { dropped: intake.dropped });
    told = intake.dropped;
    ctx.progress();
  }
  await Promise.race([receipts.idle(), ctx.clock.sleep(leaveMs, 'receipts')]);
}

async function receipt(one: StreamOf, records: Records, receipts: Receipts, ctx: Running): Promise<void> {
  const { site, device, spool, stream } = one;
  const mark = await patient(() => records.watermark(device, spool, stream), ctx);
  if (!mark) return;
  const text = JSON.stringify({ v: 1, spool, stream, through: mark.through, missing: mark.missing });
  receipts.offer(`${device}/${spool}/${stream}`, topicOf(site, device, 'receipt'), text);
}
