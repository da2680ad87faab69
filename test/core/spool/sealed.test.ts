import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openSpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { openMended } from '../../../daemons/core/adapters/spool.sqlite.mend.ts';
import { openSpool, openSpoolReader } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { findBrokenLink } from '../../../daemons/core/evidence/chain.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { item } from './keeping.ts';

const fileIn = (t: { teardown(work: () => void): void }): string => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-sealed-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'gas.db');
};
/** A page in the middle of the rows: the tables' first pages, with id and state, stay whole. */
const spoilPage = (file: string, page: number): void => {
  const handle = openSync(file, 'r+');
  writeSync(handle, randomBytes(4096), 0, 4096, page * 4096);
  closeSync(handle);
};
const bytesOf = (file: string): string =>
  readdirSync(path.dirname(file))
    .map((name) => readFileSync(path.join(path.dirname(file), name), 'latin1'))
    .join('');

test('a sealed spool delivers what it was given, with a whole chain, and its files tell nothing', async (t) => {
  const [file, master] = [fileIn(t), randomBytes(32)];
  const spool = await openSpool({ path: file, device: 'post-7', master, telemetryHoldMs: 0 });
  for (let n = 0; n < 20; n++) await spool.append([item('event', n)], { baseline: `secret-${n}` });
  t.is(await spool.recall('baseline'), 'secret-19');
  t.false(/mark-|secret-/.test(bytesOf(file)));
  const reader = await openSpoolReader(file, master);
  const texts = (await reader.peek('event', 0, 100)).map(({ text }) => text);
  t.is(texts.length, 20);
  t.is(findBrokenLink(texts), null);
  await reader.settle('event', 20, []);
  await reader.close();
  await spool.close();

  const again = await openSpool({ path: file, device: 'post-7', master });
  t.deepEqual([again.notes, await again.recall('baseline')], [[], 'secret-19']);
  await again.append([item('event', 20)]);
  const [next] = await again.peek('event', 0, 10);
  t.is(findBrokenLink([texts.at(-1) ?? '', next?.text ?? ''], undefined)?.index ?? 0, 0);
  t.is(next?.seq, 21);
  await again.close();
});

test('a box that is given its key later goes on in the same file: plain rows stay readable beside sealed ones', (t) => {
  const [file, master] = [fileIn(t), randomBytes(32)];
  const plain = openSpoolFile(file, 'writer');
  plain.append('post-7', [{ stream: 'event', at: '{}', body: '{"n":1}' }], []);
  plain.close();
  const { file: sealed, notes } = openMended(file, master);
  sealed.append('post-7', [{ stream: 'event', at: '{}', body: '{"n":2}' }], []);
  const texts = sealed.peek('event', 0, 10).map(({ text }) => text);
  t.deepEqual([notes, texts.length, findBrokenLink(texts)], [[], 2, null]);
  sealed.close();
});

test('without the key a sealed file waits aside, the box goes on in a fresh one, and the key brings it back', (t) => {
  const [file, master] = [fileIn(t), randomBytes(32)];
  const sealed = openSpoolFile(file, 'writer', { master });
  const { id } = sealed;
  sealed.append('post-7', [{ stream: 'alert', at: '{}', body: '{"n":1}' }], []);
  sealed.close();

  const { file: fresh, notes } = openMended(file, null);
  t.not(fresh.id, id);
  t.regex(notes[0] ?? '', /sealed with a storage key that this box does not have: the file was moved to .*-sealed-/);
  fresh.close();
  const beside = readdirSync(path.dirname(file)).find((name) => /-sealed-.*\.db$/.test(name)) ?? '';
  const besidePath = path.join(path.dirname(file), beside);
  const refused = t.throws(() => openSpoolFile(besidePath, 'reader', { master: randomBytes(32) }));
  t.true(isFault(refused));
  const back = openSpoolFile(besidePath, 'reader', { master });
  t.deepEqual([back.id, back.peek('alert', 0, 10).length], [id, 1]);
  back.close();
});

test('what can be read of a damaged sealed file is saved sealed, and its state goes on', (t) => {
  const [file, master] = [fileIn(t), randomBytes(32)];
  const made = openSpoolFile(file, 'writer', { master });
  const body = JSON.stringify({ text: 'mark-x'.repeat(40) });
  for (let n = 0; n < 200; n++) made.append('post-7', [{ stream: 'event', at: '{}', body }], [['level', '"secret-7"']]);
  const { id } = made;
  made.close();
  spoilPage(file, 20);

  const { file: fresh } = openMended(file, master);
  t.is(fresh.recall('level'), '"secret-7"');
  fresh.close();
  const saved = readdirSync(path.dirname(file)).find((name) => /-salvaged-.*\.db$/.test(name)) ?? '';
  const beside = openSpoolFile(path.join(path.dirname(file), saved), 'reader', { master });
  t.is(beside.id, id);
  t.true(beside.peek('event', 0, 1000).length > 100);
  beside.close();
  t.false(/mark-|secret-/.test(bytesOf(file)));
});
