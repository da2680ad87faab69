import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { openSpool, openSpoolReader } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { Fault } from '../../../daemons/core/ports/fault.ts';
import { freshFolder, item, markOf, until } from './keeping.ts';

const open = (folder: string, telemetryHoldMs = 0) =>
  openSpool({ path: path.join(folder, 'spool/gas.db'), device: 'post-7', telemetryHoldMs });

test('what append resolved for is there for another process, with its state', async (t) => {
  const folder = freshFolder(t);
  const spool = await open(folder);
  await spool.append([item('alert', 1), item('event', 2)], { detect: { above: 3 }, gone: 1 });
  await spool.append([], { gone: undefined });
  const db = new DatabaseSync(path.join(folder, 'spool/gas.db'), { readOnly: true });
  t.is(db.prepare('SELECT count(*) AS n FROM alert').get()?.n, 1);
  db.close();
  t.deepEqual(await spool.recall('detect'), { above: 3 });
  t.is(await spool.recall('gone'), undefined);
  await spool.close();
});

test('calls that come while a flush runs all end, in order', async (t) => {
  const spool = await open(freshFolder(t));
  await Promise.all(Array.from({ length: 200 }, (_, n) => spool.append([item('event', n)])));
  const kept = await spool.peek('event', 0, 1000);
  t.deepEqual(
    kept.map(({ text }) => markOf(text)),
    Array.from({ length: 200 }, (_, n) => n),
  );
  await spool.close();
});

test('a call right after an awaited one is not forgotten', async (t) => {
  const spool = await open(freshFolder(t));
  for (let n = 0; n < 50; n++) await spool.append([item('event', n)]);
  t.is((await spool.depth()).event, 50);
  await spool.close();
});

test('telemetry alone waits for the next alert and commits with it', async (t) => {
  const spool = await open(freshFolder(t), 3_600_000);
  await spool.append([item('tele', 1)], { baseline: 1 });
  await spool.append([item('tele', 2)]);
  t.deepEqual(await spool.depth(), { alert: 0, event: 0, tele: 0 });
  await spool.append([item('alert', 3)]);
  t.deepEqual(await spool.depth(), { alert: 1, event: 0, tele: 2 });
  t.is(await spool.recall('baseline'), 1);
  await spool.close();
});

test('telemetry alone is flushed when the hold ends', async (t) => {
  const spool = await open(freshFolder(t), 30);
  await spool.append([item('tele', 1)]);
  await until(async () => (await spool.depth()).tele === 1);
  await spool.close();
  t.pass();
});

test('closing flushes what is held', async (t) => {
  const folder = freshFolder(t);
  const spool = await open(folder, 3_600_000);
  await spool.append([item('tele', 1)]);
  await spool.close();
  const again = await open(folder);
  t.is((await again.depth()).tele, 1);
  await again.close();
});

test('a closed spool refuses and says so', async (t) => {
  const spool = await open(freshFolder(t));
  await spool.close();
  const error = await t.throwsAsync(spool.append([item('event', 1)]), { instanceOf: Fault });
  t.regex(error?.message ?? '', /closed/);
});

test('a folder that cannot be made stops nobody: what comes waits in memory, and the log names the folder', async (t) => {
  const folder = freshFolder(t);
  const blocking = path.join(folder, 'spool');
  writeFileSync(blocking, 'a file where the folder should be');
  const said: string[] = [];
  const say = (message: string, fields?: object): void => void said.push(`${message} ${JSON.stringify(fields)}`);
  const spool = await openSpool({
    path: path.join(blocking, 'gas.db'),
    device: 'post-7',
    retryMs: 10,
    log: { info: say, warn: say, error: say },
  });
  t.is(spool.id, '');
  t.true(said.join('\n').includes(blocking));
  t.is(await spool.recall('detect'), undefined);
  const kept = await spool.append([item('alert', 1), item('tele', 2)]);
  t.is(kept.where, 'memory');
  t.like(spool.held(), { alert: 1, event: 0, tele: 1 });
  rmSync(blocking);
  t.true(await kept.committed);
  t.deepEqual([spool.held().alert, spool.held().refused], [0, null]);
  await until(async () => (await spool.depth()).event === 1);
  t.deepEqual(
    (await spool.peek('alert', 0, 10)).map(({ text }) => markOf(text)),
    [1],
  );
  t.regex((await spool.peek('event', 0, 10))[0]?.text ?? '', /"type":"storage-refused"/);
  await spool.close();
});

test('a peek stops at a million characters, and gives one envelope however large', async (t) => {
  const spool = await open(freshFolder(t));
  const large = (n: number) => {
    const one = item('event', n);
    return { ...one, body: { ...one.body, message: `mark-${n} ${'x'.repeat(700_000)}` } } as typeof one;
  };
  await spool.append([large(1), large(2), large(3)]);
  t.deepEqual(
    (await spool.peek('event', 0, 10)).map(({ seq }) => seq),
    [1],
  );
  await spool.close();
});

test('a reader hears of an append, peeks and settles beside the writer', async (t) => {
  const folder = freshFolder(t);
  const spool = await open(folder);
  const reader = await openSpoolReader(path.join(folder, 'spool/gas.db'));
  t.is(reader.id, spool.id);
  let heard = 0;
  reader.onAppend(() => {
    heard += 1;
  });
  await spool.append([item('alert', 1), item('alert', 2)]);
  await until(() => heard > 0);
  t.deepEqual(
    (await reader.peek('alert', 0, 10)).map(({ text }) => markOf(text)),
    [1, 2],
  );
  await reader.settle('alert', 2, [1]);
  await spool.append([item('alert', 3)]);
  t.deepEqual(
    (await spool.peek('alert', 0, 10)).map(({ seq }) => seq),
    [1, 3],
  );
  await reader.close();
  await spool.close();
});

test('there is nothing to read where no spool is', async (t) => {
  const folder = freshFolder(t);
  await t.throwsAsync(openSpoolReader(path.join(folder, 'gas.db')), { instanceOf: Fault });
  new DatabaseSync(path.join(folder, 'empty.db')).exec('PRAGMA journal_mode = WAL');
  const error = await t.throwsAsync(openSpoolReader(path.join(folder, 'empty.db')), { instanceOf: Fault });
  t.is(error?.kind, 'absent');
});
