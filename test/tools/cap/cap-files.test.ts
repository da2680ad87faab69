import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openSqliteDesk } from '../../../daemons/core/adapters/desk.sqlite.ts';
import { openRecords } from '../../../daemons/core/adapters/records.sqlite.ts';
import { checkCap } from '../../../daemons/core/cap/check.ts';
import { capFiles } from '../../../daemons/tools/cap/cap-files.ts';
import { alertArrival, sampleAlert } from '../../support/alerts.ts';

test('each message is a file of its own that is never written again, and each passes the check', async (t) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-cap-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const [file, out] = [path.join(folder, 'central.db'), path.join(folder, 'out')];
  const [records, desk] = [await openRecords(file), openSqliteDesk(file)];
  t.teardown(async () => void (await Promise.all([records.close(), desk.close()])));
  const nowMs = Date.now();
  await records.commit([alertArrival(sampleAlert('a/../b', { flags: [] }), 1)], nowMs - 60_000);
  const made = () => capFiles({ records: file, out, days: 7, dwellings: false }, nowMs);
  t.regex((await made())[0] ?? '', /: 1 messages written, 0 were there$/);
  const [first = ''] = readdirSync(out);
  const before = statSync(path.join(out, first)).mtimeMs;
  await desk.act({
    alert: 'a/../b',
    by: 'op-1',
    role: 'operator',
    atMs: nowMs - 1000,
    deed: { what: 'resolve', outcome: 'found', text: '' },
  });
  t.regex((await made())[0] ?? '', /: 1 messages written, 1 were there$/);
  t.is(statSync(path.join(out, first)).mtimeMs, before);
  const files = readdirSync(out).sort();
  t.is(files.length, 2);
  const texts = files.map((name) => readFileSync(path.join(out, name), 'utf8'));
  for (const text of texts) t.deepEqual(checkCap(text), []);
  t.regex(texts[1] ?? '', /<msgType>Cancel<\/msgType>.*<scope>Restricted/);
  await capFiles({ records: file, out: `${out}-2`, days: 7, dwellings: false, address: ['fire@example.org'] }, nowMs);
  const own = readFileSync(path.join(`${out}-2`, files[0] ?? ''), 'utf8');
  t.regex(own, /<scope>Private<\/scope><addresses>fire@example\.org</);
  // With a layer of dwellings nothing was held against it yet.
  t.regex(
    (await capFiles({ records: file, out: `${out}-3`, days: 7, dwellings: true }, nowMs))[0] ?? '',
    /: 0 messages/,
  );
});
