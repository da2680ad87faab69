import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openRecords } from '../../daemons/core/adapters/records.sqlite.ts';
import { type Envelope, noHash } from '../../daemons/core/values/envelope.ts';
import { stampAt } from '../support/readings.ts';

const arrival = (seq: number) => {
  const at = stampAt(seq);
  const envelope: Envelope<'event'> = {
    v: 1,
    device: 'post-1',
    spool: 's',
    stream: 'event',
    seq,
    at,
    prev: noHash,
    salt: '0'.repeat(32),
    body: { type: 'test', severity: 'info', at, message: '', detail: {} },
  };
  return { site: 'demo', text: JSON.stringify(envelope), envelope };
};

test('a watermark never covers an envelope that the centre does not have', async (t) => {
  const records = await openRecords(path.join(mkdtempSync(path.join(os.tmpdir(), 'fieldpost-records-')), 'ledger.db'));
  const there = new Set(Array.from({ length: 201 }, (_, i) => 2 * i + 1));
  await records.commit([...there].map(arrival), 0);
  const { through, missing } = await records.watermark('post-1', 's', 'event');
  t.true(through > 0);
  for (let seq = 1; seq <= through; seq++) t.true(there.has(seq) || missing.includes(seq), `${seq}`);
  await records.close();
});

test('the same envelope twice is one, the same key with another text is a conflict', async (t) => {
  const records = await openRecords(path.join(mkdtempSync(path.join(os.tmpdir(), 'fieldpost-records-')), 'ledger.db'));
  const first = arrival(1);
  t.deepEqual(await records.commit([first, first, { ...first, text: `${first.text} ` }], 0), [
    'new',
    'duplicate',
    'conflict',
  ]);
  t.is((await records.counts()).envelopes, 1);
  await records.close();
});
