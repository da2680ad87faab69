/** Commits a second of the ledger into PostgreSQL, beside the barest insert that deduplicates. */
import process from 'node:process';
import pg from 'pg';
import { connectMqtt } from '../../daemons/core/adapters/broker.mqtt.ts';
import { systemClock } from '../../daemons/core/adapters/clock.system.ts';
import { openPostgresRecords } from '../../daemons/core/adapters/records.postgres.ts';
import type { Running } from '../../daemons/core/daemon/running.ts';
import { topicOf } from '../../daemons/core/wire/topics.ts';
import type { Message } from '../../daemons/ledger/message.ts';
import { take } from '../../daemons/ledger/take.ts';
import { startLedger, untilCommitted } from '../rigs/centre.ts';
import { alertArrival, sampleAlert } from '../support/alerts.ts';
import { mosquitto } from '../support/mosquitto.ts';
import { type Postgres, startPostgres } from '../support/postgres.ts';
import { abTurns, type Figure } from './figure.ts';

const messages = 10_000;
const boxes = 20;
/** Envelopes of one transaction, on both sides. */
const group = 1000;
/** Publishes that wait for their PUBACK. */
const onWay = 200;

/** Alerts of many boxes in the order they would come, each alert in three revisions: the most costly that a ledger takes. */
function someMessages(): Message[] {
  return Array.from({ length: messages }, (_, i) => {
    const device = `post-${i % boxes}`;
    const seq = Math.floor(i / boxes) + 1;
    const alert = sampleAlert(`${device}-${Math.ceil(seq / 3)}`, { rev: ((seq - 1) % 3) + 1 }, 1_790_000_000_000 + i);
    const { text } = alertArrival(alert, seq, device);
    return { topic: topicOf('north', device, 'alert'), payload: Buffer.from(text) };
  });
}

const seconds = async (work: () => Promise<void>): Promise<number> => {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
};

export async function ledgerRate(): Promise<Figure> {
  const server = await startPostgres({ durable: true });
  const clock = systemClock();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const ctx: Running = { signal: new AbortController().signal, progress: () => {}, log, clock };
  const all = someMessages();
  let round = 0;
  try {
    const bare = new pg.Client({ connectionString: await server.database('bare') });
    await bare.connect();
    const ours = async (): Promise<number> => {
      const records = await openPostgresRecords(await server.space(`round_${++round}`));
      await bare.query('CHECKPOINT');
      const took = await seconds(async () => {
        for (let i = 0; i < messages; i += group)
          for (const { device, spool, stream } of await take(all.slice(i, i + group), records, ctx))
            await records.watermark(device, spool, stream);
      });
      const { envelopes } = await records.counts();
      if (envelopes !== messages) throw new Error(`the store has ${envelopes} of ${messages}`);
      await records.close();
      return messages / took;
    };
    const rows = all.map(({ payload }) => {
      const text = Buffer.from(payload).toString();
      const { device, spool, stream, seq } = JSON.parse(text) as Record<string, string>;
      return { device, spool, stream, seq, text };
    });
    const theirs = async (): Promise<number> => {
      await bare.query('DROP TABLE IF EXISTS e');
      await bare.query(
        'CREATE TABLE e (device text, spool text, stream text, seq bigint, text text, PRIMARY KEY (device, spool, stream, seq))',
      );
      await bare.query('CHECKPOINT');
      const took = await seconds(async () => {
        for (let i = 0; i < messages; i += group) {
          const some = rows.slice(i, i + group);
          await bare.query({
            name: 'bare',
            text: 'INSERT INTO e SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) ON CONFLICT DO NOTHING',
            values: (['device', 'spool', 'stream', 'seq', 'text'] as const).map((field) =>
              some.map((row) => row[field]),
            ),
          });
        }
      });
      return messages / took;
    };
    await ours();
    await theirs();
    const { a, b } = await abTurns(ours, theirs);
    await bare.end();
    const through = await throughMosquitto(server, all).catch((error: Error) => error.message);
    return {
      id: 'ledger.rate',
      value: a,
      unit: 'commits/s',
      baseline: b,
      ratio: a / b,
      reach: 'ratio >= 0.5',
      ok: a / b >= 0.5,
      note:
        `${messages} alerts of ${boxes} boxes a round, ${all[0]?.payload.length} B each, parsed, hashed, deduplicated, alerts advanced, ` +
        `watermark kept; ${group} a transaction; baseline: multi-row insert ON CONFLICT of the same texts, bare; fsync on for both; ` +
        `from one publisher through Mosquitto into a ledger process: ${typeof through === 'number' ? `${Math.round(through)} commits/s` : through}`,
    };
  } finally {
    await server.close();
  }
}

/** The same messages from one client over Mosquitto into a real ledger process, from the first publish to the last commit. */
async function throughMosquitto(server: Postgres, all: readonly Message[]): Promise<number> {
  const broker = await mosquitto({ lines: ['max_queued_messages 100000'] });
  await broker.start();
  const database = 'through';
  const ledger = startLedger(await server.database(database), [broker.url]);
  const ready = Promise.withResolvers<void>();
  const client = connectMqtt(
    { urls: [broker.url], clientId: `bench-${process.pid}`, subscribe: [] },
    { onMessage: () => {}, onConnect: () => ready.resolve(), onDisconnect: () => {} },
  );
  try {
    await ready.promise;
    while (!ledger.output().includes('connected to the broker'))
      await new Promise((resolve) => setTimeout(resolve, 50));
    const took = await seconds(async () => {
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let one = all[next++]; one; one = all[next++])
          await client.publish(one.topic, Buffer.from(one.payload).toString());
      };
      await Promise.all(Array.from({ length: onWay }, lane));
      await untilCommitted(
        messages,
        async () => {
          const [row] = await server.query(database, 'SELECT sum(kept) AS n FROM progress');
          return Number(row?.n);
        },
        30_000,
      );
    });
    return messages / took;
  } finally {
    await client.close();
    await ledger.end('SIGKILL');
    await broker.close();
  }
}
