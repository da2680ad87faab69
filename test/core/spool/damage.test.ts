import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { openSpoolFile, type SpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { openMended } from '../../../daemons/core/adapters/spool.sqlite.mend.ts';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import { streams } from '../../../daemons/core/values/envelope.ts';
import { freshFolder, item } from './keeping.ts';

/**
 * A spool as a power cut would leave it, part of it in the write-ahead log: gas.db and gas.db-wal in `folder`. Gives
 * every text that was ever in it.
 */
function leave(folder: string, settled: number): Set<string> {
  const made = openSpoolFile(path.join(folder, 'made.db'), 'writer');
  for (let n = 0; n < 240; n += 6) {
    const items = [0, 1, 2, 3, 4, 5].map((i) => item(streams[i % 3] ?? 'event', n + i));
    made.append('post-7', items.map(pack), [['alert', `{"n":${n}}`]]);
  }
  const written = new Set(textsOf(made));
  made.settle('alert', settled, [2]);
  for (const end of ['', '-wal']) cpSync(path.join(folder, `made.db${end}`), path.join(folder, `gas.db${end}`));
  made.close();
  return written;
}

const textsOf = (file: SpoolFile): string[] =>
  streams.flatMap((stream) => file.peek(stream, 0, 1000).map(({ text }) => text));

const damage = fc.record({
  end: fc.constantFrom('', '-wal'),
  kind: fc.constantFrom('truncate', 'flip', 'garbage', 'zero-tail', 'zero-head', 'replace', 'empty', 'remove'),
  at: fc.double({ min: 0, max: 0.9999, noNaN: true }),
  bit: fc.integer({ min: 0, max: 7 }),
});

function spoil(file: string, { kind, at, bit }: { kind: string; at: number; bit: number }): void {
  const bytes = readFileSync(file);
  const place = Math.floor(at * bytes.length);
  const noise = Buffer.alloc(700, 0xa7);
  if (kind === 'truncate') writeFileSync(file, bytes.subarray(0, place));
  else if (kind === 'garbage') appendFileSync(file, noise);
  else if (kind === 'zero-tail') writeFileSync(file, Buffer.from(bytes).fill(0, Math.max(0, bytes.length - 4096)));
  else if (kind === 'zero-head') writeFileSync(file, Buffer.from(bytes).fill(0, 0, 4096));
  else if (kind === 'replace') writeFileSync(file, noise);
  else if (kind === 'empty' || kind === 'remove') writeFileSync(file, '');
  else {
    bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
    writeFileSync(file, bytes);
  }
}

test('a file damaged anyhow opens, takes new envelopes, and gives nothing that was not written', (t) => {
  const folder = freshFolder(t);
  const written = leave(folder, 30);
  let run = 0;
  fc.assert(
    fc.property(damage, (how) => {
      run += 1;
      const place = path.join(folder, String(run));
      mkdirSync(place);
      for (const end of ['', '-wal']) cpSync(path.join(folder, `gas.db${end}`), path.join(place, `gas.db${end}`));
      spoil(path.join(place, `gas.db${how.end}`), how);
      const { file } = openMended(path.join(place, 'gas.db'));
      for (const text of textsOf(file)) t.true(written.has(text));
      file.append(
        'post-7',
        streams.map((stream) => pack(item(stream, 5000))),
        [],
      );
      for (const stream of streams) {
        t.true(file.peek(stream, 0, 1000).some(({ text }) => text.includes('mark-5000')));
        file.settle(stream, 1e6, []);
      }
      t.deepEqual(file.depth(), { alert: 0, event: 0, tele: 0 });
      file.close();
      for (const saved of readdirSync(place).filter((name) => name.includes('salvaged') && name.endsWith('.db'))) {
        const beside = openSpoolFile(path.join(place, saved), 'reader');
        for (const text of textsOf(beside)) t.true(written.has(text));
        beside.close();
      }
    }),
    { numRuns: 150 },
  );
});

test('what can be read of a broken file is kept beside the fresh one, under its old id, and the notes say so', async (t) => {
  const folder = freshFolder(t);
  const written = leave(folder, 0);
  const before = openSpoolFile(path.join(folder, 'gas.db'), 'writer');
  const { id } = before;
  before.close();
  const file = path.join(folder, 'gas.db');
  const bytes = readFileSync(file);
  // A page in the middle, its header spoiled: the structure is broken there.
  bytes.fill(0xff, 20 * 4096, 20 * 4096 + 16);
  writeFileSync(file, bytes);

  const spool = await openSpool({ path: file, device: 'post-7' });
  t.not(spool.id, id);
  t.is(spool.notes.length, 2);
  t.deepEqual(await spool.recall('alert'), { n: 234 });
  await spool.close();
  const names = readdirSync(folder);
  t.true(names.some((name) => name.startsWith('gas.db.damaged-')));
  const saved = names.find((name) => name.startsWith('gas-salvaged-') && name.endsWith('.db'));
  t.truthy(saved);
  const beside = openSpoolFile(path.join(folder, saved ?? ''), 'reader');
  t.is(beside.id, id);
  const texts = textsOf(beside);
  t.true(texts.length > 200 && texts.length < written.size);
  for (const text of texts) t.true(written.has(text));
  beside.close();
});

test('a spoiled envelope is left out and the others are delivered', (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'gas.db');
  const spool = openSpoolFile(file, 'writer');
  spool.append(
    'post-7',
    [1, 2, 3].map((n) => pack(item('event', n))),
    [],
  );
  spool.close();
  t.false(existsSync(`${file}-wal`));
  writeFileSync(file, readFileSync(file, 'latin1').replace('mark-2', 'mark-9'), 'latin1');
  const { file: opened, notes } = openMended(file);
  t.deepEqual(notes, []);
  t.deepEqual(
    opened.peek('event', 0, 2).map(({ seq }) => seq),
    [1, 3],
  );
  opened.close();
});

test("somebody else's database in the spool's place is moved aside, not written to", (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'gas.db');
  writeFileSync(file, 'these are minutes of a meeting, not a database at all, and long enough to be looked at');
  const { file: opened, notes } = openMended(file);
  opened.append('post-7', [pack(item('alert', 1))], []);
  opened.close();
  t.regex(notes[0] ?? '', /moved to/);
  const aside = readdirSync(folder).find((name) => name.startsWith('gas.db.damaged-'));
  t.regex(readFileSync(path.join(folder, aside ?? ''), 'utf8'), /minutes of a meeting/);
});
