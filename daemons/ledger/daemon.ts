/** The ledger: broker -> parse -> commit once -> receipt. What cannot be read goes to the quarantine, with the reason. */
import { connectMqtt } from '../core/adapters/broker.mqtt.ts';
import { identityIn } from '../core/adapters/identity.files.ts';
import { type OpenTls, tlsWith } from '../core/adapters/identity.tls.ts';
import { openRecords } from '../core/adapters/records.sqlite.ts';
import { requireEncryption } from '../core/config/broker-url.ts';
import type { Running } from '../core/daemon/running.ts';
import type { Broker } from '../core/ports/broker.ts';
import type { Records } from '../core/ports/records.ts';
import { everyDevice, topicOf } from '../core/wire/topics.ts';
import { type Intake, openIntake, usualIntake } from './intake.ts';
import { type Receipts, receiptsTo } from './receipts.ts';
import { patient, type StreamOf, take } from './take.ts';

export interface LedgerConfig {
  /**
   * Brokers that boxes may deliver to: the ledger listens at each of them, and a receipt goes back the way the envelope came.
   * Commas part the addresses of one and the same broker or cluster: of these one is used at a time.
   */
  readonly brokers: readonly string[];
  readonly records: string;
  /** Folder with device.key, device.crt and ca.crt, for brokers at `mqtts://`. */
  readonly identity?: string | undefined;
}

/** Messages of one transaction at the most: beyond it a commit gains nothing and a receipt waits. */
const mostInOne = 1000;
/** An idle ledger proves this often that its store answers. */
const idleMs = 5000;
/** A broker that says nothing does not hold the end up for longer. */
const leaveMs = 2000;

export async function ledgerLine(config: LedgerConfig, ctx: Running): Promise<void> {
  requireEncryption(
    '--broker',
    config.brokers.flatMap((urls) => urls.split(',')),
  );
  const tls = config.identity ? tlsWith(identityIn(config.identity), () => ctx.clock.now().wallMs) : undefined;
  const records = await openRecords(config.records);
  try {
    await Promise.all(
      config.brokers.map((urls, index) => serveBroker({ urls: urls.split(','), index, tls }, records, ctx)),
    );
  } finally {
    await records.close();
  }
}

interface From {
  readonly urls: readonly string[];
  readonly index: number;
  readonly tls: OpenTls | undefined;
}

async function serveBroker(from: From, records: Records, ctx: Running): Promise<void> {
  const intake = openIntake({ ...usualIntake });
  let wake = (): void => {};
  const broker = connectMqtt(
    {
      urls: from.urls,
      clientId: from.index === 0 ? 'fieldpost-ledger' : `fieldpost-ledger-${from.index}`,
      tls: from.tls,
      subscribe: everyDevice(['alert', 'event', 'tele', 'birth', 'status', 'head']),
    },
    {
      onMessage: (topic, payload) => {
        // What comes after the stop gets no receipt, and so comes again.
        if (!ctx.signal.aborted) intake.offer({ topic, payload });
        wake();
      },
      onConnect: () => ctx.log.info('connected to the broker', { urls: from.urls }),
      onDisconnect: (reason) => ctx.log.warn('broker lost', { reason }),
    },
  );
  ctx.signal.addEventListener('abort', () => wake(), { once: true });
  try {
    await serve(intake, records, broker, {
      ...ctx,
      idle: () =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, idleMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
          if (ctx.signal.aborted || intake.size > 0) wake();
        }),
    });
  } finally {
    await broker.close();
  }
}

interface Serving extends Running {
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
