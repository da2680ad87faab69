/** The ledger: broker -> parse -> commit once -> receipt. What cannot be read goes to the quarantine, with the reason. */
import { connectMqtt } from '../core/adapters/broker.mqtt.ts';
import { openRecords } from '../core/adapters/records.sqlite.ts';
import type { Running } from '../core/daemon/running.ts';
import { Fault, isFault } from '../core/ports/fault.ts';
import type { Arrival, Records } from '../core/ports/records.ts';
import type { Stream } from '../core/values/envelope.ts';
import { parseEnvelope } from '../core/wire/envelope.ts';
import { parseBirth, parseStatus } from '../core/wire/messages.ts';
import { everyDevice, parseTopic, topicOf } from '../core/wire/topics.ts';

export interface LedgerConfig {
  readonly brokers: readonly string[];
  readonly records: string;
}

interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** Envelopes of one transaction at the most: beyond it a commit gains nothing and a receipt waits. */
const mostInOne = 1000;

export async function ledgerLine(config: LedgerConfig, ctx: Running): Promise<void> {
  const records = await openRecords(config.records);
  const waiting: Message[] = [];
  let wake = (): void => {};
  const broker = connectMqtt(
    {
      urls: config.brokers,
      clientId: 'fieldpost-ledger',
      subscribe: everyDevice(['alert', 'event', 'tele', 'birth', 'status']),
    },
    {
      onMessage: (topic, payload) => {
        waiting.push({ topic, payload });
        wake();
      },
      onConnect: () => ctx.log.info('connected to the broker'),
      onDisconnect: (reason) => ctx.log.warn('broker lost', { reason }),
    },
  );
  ctx.signal.addEventListener('abort', () => wake(), { once: true });

  while (!ctx.signal.aborted || waiting.length > 0) {
    if (waiting.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      continue;
    }
    const streams = await take(waiting.splice(0, mostInOne), records, ctx);
    for (const one of streams.values()) {
      const { spool, stream, through, missing } = await records.watermark(one.device, one.spool, one.stream);
      const text = JSON.stringify({ v: 1, spool, stream, through, missing });
      // A receipt that does not arrive is asked for again by the box, which repeats what was not confirmed.
      await broker.publish(topicOf(one.site, one.device, 'receipt'), text).catch((error: unknown) => {
        if (!isFault(error)) throw error;
      });
    }
    ctx.progress();
  }
  await broker.close();
  await records.close();
}

interface StreamOf {
  readonly site: string;
  readonly device: string;
  readonly spool: string;
  readonly stream: Stream;
}

/** Keeps a batch and says which streams of which spools it touched. */
async function take(
  messages: readonly Message[],
  records: Records,
  ctx: Running,
): Promise<ReadonlyMap<string, StreamOf>> {
  const nowMs = ctx.clock.now().wallMs;
  const arrivals: Arrival[] = [];
  for (const message of messages) {
    try {
      const arrival = await read(message, records, nowMs);
      if (arrival) arrivals.push(arrival);
    } catch (error) {
      if (!isFault(error)) throw error;
      ctx.log.warn('message put into quarantine', { topic: message.topic, reason: error.message });
      await records.quarantine([{ ...message, reason: error.message }], nowMs);
    }
  }
  const outcomes = arrivals.length > 0 ? await records.commit(arrivals, nowMs) : [];
  outcomes.forEach((outcome, i) => {
    const envelope = arrivals[i]?.envelope;
    if (outcome === 'conflict' && envelope) {
      const { device, spool, stream, seq } = envelope;
      ctx.log.error('one key, two texts: both are kept', { device, spool, stream, seq });
    }
  });
  return new Map(
    arrivals.map(({ site, envelope: { device, spool, stream } }) => [
      `${site}/${device}/${spool}/${stream}`,
      { site, device, spool, stream },
    ]),
  );
}

/** One message: an envelope to commit, or null when it was a birth or a status. Errors: Fault `protocol`. */
async function read({ topic, payload }: Message, records: Records, nowMs: number): Promise<Arrival | null> {
  const parts = parseTopic(topic);
  if (!parts) throw protocol(`topic ${topic}: must be fieldpost/v1/{site}/{device}/{kind}`);
  const { site, device, kind } = parts;
  const text = Buffer.from(payload).toString('utf8');
  if (kind === 'birth') {
    await records.birth(site, device, parseBirth(text), nowMs);
    return null;
  }
  if (kind === 'status') {
    await records.status(site, device, parseStatus(text), nowMs);
    return null;
  }
  const envelope = parseEnvelope(text);
  if (envelope.device !== device || envelope.stream !== kind)
    throw protocol(
      `envelope: says ${envelope.device}/${envelope.stream}, but came on ${topic}; a device speaks only for itself`,
    );
  return { site, text, envelope };
}

const protocol = (message: string): Fault => new Fault('protocol', message);
