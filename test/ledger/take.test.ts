import test from 'ava';
import type { Running } from '../../daemons/core/daemon/running.ts';
import { Fault } from '../../daemons/core/ports/fault.ts';
import type { Records } from '../../daemons/core/ports/records.ts';
import { receiptsTo } from '../../daemons/ledger/receipts.ts';
import { take } from '../../daemons/ledger/take.ts';
import { stampAt } from '../support/alerts.ts';
import { arrivalOf, goneEvent } from '../support/arrivals.ts';
import { memoryRecords } from '../support/records.memory.ts';

const topic = 'fieldpost/v1/north/post-7';
const message = (arrival: { text: string; envelope: { stream: string } }) => ({
  topic: `${topic}/${arrival.envelope.stream}`,
  payload: Buffer.from(arrival.text),
});

/** Time that passes at once, and a log that is kept. */
function running(): { ctx: Running; said: string[]; stop: AbortController; slept: number[] } {
  const said: string[] = [];
  const slept: number[] = [];
  const stop = new AbortController();
  const say = (text: string): void => void said.push(text);
  const clock = { now: () => stampAt(1000), sleep: async (ms: number) => void slept.push(ms) };
  return {
    ctx: { signal: stop.signal, progress: () => {}, log: { info: say, warn: say, error: say }, clock },
    said,
    stop,
    slept,
  };
}

test('what can be read is committed and owed a receipt, what cannot goes to the quarantine with the reason', async (t) => {
  const records = memoryRecords();
  const { ctx } = running();
  const bad = { topic: `${topic}/alert`, payload: new Uint8Array([255]) };
  const due = await take([message(arrivalOf({ seq: 1 })), bad, message(arrivalOf({ seq: 2 }))], records, ctx);
  t.deepEqual(due, [{ site: 'north', device: 'post-7', spool: 's', stream: 'alert' }]);
  t.is((await records.counts()).envelopes, 2);
  const [kept] = await records.quarantined(1);
  t.regex(kept?.reason ?? '', /not UTF-8/);
  t.deepEqual([...(kept?.payload ?? [])], [255]);
});

test('a duplicate is owed a receipt again', async (t) => {
  const records = memoryRecords();
  const { ctx } = running();
  const one = message(arrivalOf({ seq: 1 }));
  await take([one], records, ctx);
  t.is((await take([one], records, ctx)).length, 1);
  t.is((await records.counts()).duplicates, 1);
});

test('a box that says what it holds is told how far it is confirmed', async (t) => {
  const records = memoryRecords();
  const { ctx } = running();
  const oldest = [{ spool: 's', stream: 'tele', seq: 40 }];
  const status = { v: 1, status: 'online', boot: 'b', oldest };
  const due = await take([{ topic: `${topic}/status`, payload: Buffer.from(JSON.stringify(status)) }], records, ctx);
  t.deepEqual(due, [{ site: 'north', device: 'post-7', spool: 's', stream: 'tele' }]);
});

test('a store that refuses is tried until it takes, and the receipt comes only then', async (t) => {
  const plain = memoryRecords();
  let refusals = 3;
  const records: Records = {
    ...plain,
    commit: async (...args) => {
      if (refusals-- > 0) throw new Fault('refused', 'the disk is full');
      return plain.commit(...args);
    },
  };
  const { ctx, said, slept } = running();
  const due = await take([message(arrivalOf({ seq: 1 }))], records, ctx);
  t.is(due.length, 1);
  t.is(slept.length, 3);
  t.deepEqual(said, ['the store cannot take; boxes keep everything', 'the store takes again']);
});

test('a store that refuses does not hold up the stop, and nothing is owed then', async (t) => {
  const { ctx, stop } = running();
  const records: Records = {
    ...memoryRecords(),
    commit: async () => {
      stop.abort();
      throw new Fault('refused', 'the disk is full');
    },
  };
  t.deepEqual(await take([message(arrivalOf({ seq: 1 }))], records, ctx), []);
});

test('one envelope that the store can never take is put aside alone; all others are kept', async (t) => {
  const plain = memoryRecords();
  const records: Records = {
    ...plain,
    commit: async (arrivals, nowMs) => {
      if (arrivals.some(({ envelope }) => envelope.seq === 5)) throw new Fault('protocol', 'no room for NUL');
      return plain.commit(arrivals, nowMs);
    },
  };
  const { ctx } = running();
  const all = Array.from({ length: 9 }, (_, i) => message(arrivalOf({ stream: 'event', seq: i + 1 })));
  await take(all, records, ctx);
  t.deepEqual((await records.watermark('post-7', 's', 'event')).missing, [5]);
  t.is((await records.quarantined(9))[0]?.reason, 'no room for NUL');
});

test('a conflict and numbers that will never come are said in the log', async (t) => {
  const { ctx, said } = running();
  const records = memoryRecords();
  await take(
    [
      message(arrivalOf({ seq: 1 })),
      message(arrivalOf({ seq: 1, salt: 'f' })),
      message(goneEvent(1, 'shed', [{ spool: 's', stream: 'tele', ranges: [[1, 2]] }])),
      message(goneEvent(2, 'lost', 'nonsense')),
    ],
    records,
    ctx,
  );
  t.deepEqual(said, [
    'one key, two texts: both are kept',
    'numbers that will never come',
    'an event that closes gaps cannot be read; they stay open',
  ]);
});

test('of one stream only the newest receipt waits, however long the broker says nothing', async (t) => {
  const sent: string[] = [];
  const answers: (() => void)[] = [];
  const receipts = receiptsTo((_topic, text) => {
    sent.push(text);
    return new Promise((resolve) => answers.push(resolve));
  });
  for (let i = 0; i < 1000; i++) for (const key of ['a', 'b']) receipts.offer(`${key}${i % 50}`, 'x', `${key}${i}`);
  t.is(sent.length, 32);
  const idle = receipts.idle();
  while (answers.length > 0) {
    for (const answer of answers.splice(0)) answer();
    await new Promise(setImmediate);
  }
  await idle;
  t.true(sent.length <= 32 + 100);
  t.true(sent.includes('a999') && sent.includes('b951'));
});

test('what became the work of another worker while the store was away is left to it, without a receipt', async (t) => {
  const plain = memoryRecords();
  let mine = true;
  const records: Records = {
    ...plain,
    commit: async (arrivals, nowMs) => {
      if (!mine) return plain.commit(arrivals, nowMs);
      mine = false;
      throw new Fault('refused', 'the lease is lost');
    },
  };
  const { ctx } = running();
  const taking = { ...ctx, mine: (device: string) => mine || device === 'post-8' };
  const other = arrivalOf({ seq: 1, device: 'post-8' });
  const sent = [message(arrivalOf({ seq: 1 })), { ...message(other), topic: 'fieldpost/v1/north/post-8/alert' }];
  t.deepEqual(
    (await take(sent, records, taking)).map(({ device }) => device),
    ['post-8'],
  );
  t.is((await records.counts()).envelopes, 1);
});

test('a word that the store cannot hold goes to the quarantine and stops nothing', async (t) => {
  const plain = memoryRecords();
  const records: Records = { ...plain, status: () => Promise.reject(new Fault('protocol', 'cannot hold it')) };
  const { ctx } = running();
  const status = { topic: `${topic}/status`, payload: Buffer.from('{"v":1,"status":"online","boot":"b"}') };
  await take([status, message(arrivalOf({ seq: 1 }))], records, ctx);
  const { envelopes, quarantined } = await records.counts();
  t.deepEqual({ envelopes, quarantined }, { envelopes: 1, quarantined: 1 });
});
