import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { openSpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { openMended } from '../../../daemons/core/adapters/spool.sqlite.mend.ts';
import { openSpool, openSpoolReader } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import { type BoxEvent, type Envelope, type Stream, streams } from '../../../daemons/core/values/envelope.ts';
import { anyDamage, type Damage, type Left, leaveSpool, spoil, textsOf } from './damages.ts';
import { freshFolder, item, until } from './keeping.ts';

interface LostDetail {
  readonly gone: readonly {
    readonly spool: string;
    readonly stream: Stream;
    readonly ranges: readonly [number, number][];
  }[];
  readonly after: readonly { readonly spool: string; readonly stream: Stream; readonly seq: number }[];
}

/** Opens what is left, appends, and gives every text that is delivered from the folder, and what was reported lost. */
function openAndDeliver(place: string) {
  const { file } = openMended(path.join(place, 'gas.db'));
  const texts = textsOf(file);
  file.append(
    'post-7',
    streams.map((stream) => pack(item(stream, 5000))),
    [],
  );
  const own = textsOf(file);
  const reports = [...own.values()]
    .map((text) => (JSON.parse(text) as Envelope).body as BoxEvent)
    .filter(({ type }) => type === 'lost')
    .map(({ detail }) => detail as unknown as LostDetail);
  const { id } = file;
  for (const stream of streams) file.settle(stream, 1e6, []);
  const depth = file.depth();
  file.close();
  for (const saved of readdirSync(place).filter((name) => name.includes('salvaged') && name.endsWith('.db'))) {
    const beside = openSpoolFile(path.join(place, saved), 'reader');
    for (const [key, text] of textsOf(beside)) texts.set(key, text);
    beside.close();
  }
  return { id, texts, own, reports, depth };
}

interface Reports {
  readonly reports: readonly LostDetail[];
  readonly id: string;
  readonly how: Damage;
}

/** Whether the reports tell that this number will never come. */
const isReported = ({ reports, id, how }: Reports, stream: Stream, seq: number): boolean =>
  reports.some(
    ({ gone, after }) =>
      gone.some(
        (one) => one.spool === id && one.stream === stream && one.ranges.some(([a, b]) => a <= seq && seq <= b),
      ) ||
      after.some((one) => one.spool === id && one.stream === stream && one.seq < seq) ||
      // Where nothing at all could be read, not even the id, the event says just that.
      (gone.length === 0 && after.length === 0 && nothingLeft(how)),
  );

const nothingLeft = ({ end, kind }: Damage): boolean =>
  end === '' && ['replace', 'empty', 'remove', 'truncate'].includes(kind);

function holdsUp(t: ExecutionContext, left: Left, how: Damage, place: string): void {
  const { id, texts, own, reports, depth } = openAndDeliver(place);
  const said = JSON.stringify(how);
  for (const [key, text] of texts) t.is(left.written.get(key), text, `${said}: ${key} is not what was written`);
  for (const [key, text] of own)
    if (id === left.id && left.written.has(key)) t.is(left.written.get(key), text, `${said}: ${key} was given twice`);
  const silent = [...left.written.keys()].filter((key) => {
    const [stream, seq] = key.split('/') as [Stream, string];
    return !texts.has(key) && !left.settled.has(key) && !isReported({ reports, id: left.id, how }, stream, Number(seq));
  });
  t.deepEqual(silent, [], `${said}: lost and not reported`);
  t.deepEqual(depth, { alert: 0, event: 0, tele: 0 });
  const missing = [...left.written.keys()].filter((key) => !texts.has(key) && !left.settled.has(key)).length;
  if (how.kind === 'garbage-at-end') t.is(missing, 0, said);
  // One page of the file: its rows, and no more than its neighbours.
  if (how.end === '' && ['flip', 'zero-page', 'zero-head'].includes(how.kind))
    t.true(missing <= 130, `${said} ${missing}`);
}

test('of a file damaged anyhow every intact envelope is delivered, every lost one reported, and no number given twice', (t) => {
  const folder = freshFolder(t);
  const left = leaveSpool(folder, 30);
  let run = 0;
  fc.assert(
    fc.property(anyDamage, (how) => {
      run += 1;
      const place = path.join(folder, String(run));
      mkdirSync(place);
      for (const end of ['', '-wal', '-shm'])
        cpSync(path.join(folder, `gas.db${end}`), path.join(place, `gas.db${end}`));
      spoil(path.join(place, 'gas.db'), how);
      holdsUp(t, left, how, place);
    }),
    { numRuns: 150 },
  );
});

test('a row that a reader finds spoiled is skipped, and the running writer takes it out and says so', async (t) => {
  const file = path.join(freshFolder(t), 'gas.db');
  const spool = await openSpool({ path: file, device: 'post-7', telemetryHoldMs: 0 });
  await spool.append([1, 2, 3].map((n) => item('alert', n)));
  const db = new DatabaseSync(file);
  db.exec("UPDATE alert SET text = replace(text, 'mark-2', 'mark-9') WHERE seq = 2");
  db.close();
  const reader = await openSpoolReader(file);
  t.deepEqual(
    (await reader.peek('alert', 0, 10)).map(({ seq }) => seq),
    [1, 3],
  );
  await until(async () => {
    await spool.append([item('tele', 4)]);
    return (await reader.depth()).event > 0;
  });
  const { body } = JSON.parse((await reader.peek('event', 0, 1))[0]?.text ?? '') as Envelope<'event'>;
  t.like(body, { type: 'lost', detail: { gone: [{ spool: spool.id, stream: 'alert', ranges: [[2, 2]] }] } });
  t.is((await reader.depth()).alert, 2);
  await reader.close();
  await spool.close();
});

test('what can be read of a broken file is kept beside the fresh one, under its old id, and the notes say so', async (t) => {
  const folder = freshFolder(t);
  const { id, written } = leaveSpool(folder, 0);
  const file = path.join(folder, 'gas.db');
  openSpoolFile(file, 'writer').close();
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
  t.true(texts.size > 200 && texts.size < written.size);
  for (const [key, text] of texts) t.is(written.get(key), text);
  beside.close();
});

test('a spoiled envelope is taken out at the start, reported, and the others are delivered', (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'gas.db');
  const spool = openSpoolFile(file, 'writer');
  spool.append(
    'post-7',
    [1, 2, 3].map((n) => pack(item('event', n))),
    [],
  );
  const { tails } = spool;
  spool.close();
  t.false(existsSync(`${file}-wal`));
  writeFileSync(file, readFileSync(file, 'latin1').replace('mark-3', 'mark-9'), 'latin1');
  const { file: opened } = openMended(file);
  opened.append('post-7', [pack(item('event', 4))], []);
  const found = opened.peek('event', 0, 10);
  t.deepEqual(
    found.map(({ seq }) => seq),
    [1, 2, 4, 5],
  );
  t.is(opened.tails.event.seq, tails.event.seq + 2);
  t.regex(found.at(-1)?.text ?? '', /"type":"lost".*"ranges":\[\[3,3\]\]/);
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

test('a log that is gone is a lost end, unless whoever closed last had brought it in', (t) => {
  const folder = freshFolder(t);
  const file = path.join(folder, 'gas.db');
  const spool = openSpoolFile(file, 'writer');
  spool.append('post-7', [pack(item('alert', 1))], []);
  const copy = (name: string): string => {
    const to = path.join(folder, name);
    mkdirSync(to);
    for (const one of readdirSync(folder).filter((found) => found.startsWith('gas.db')))
      cpSync(path.join(folder, one), path.join(to, one));
    return path.join(to, 'gas.db');
  };
  const [killed, robbed] = [copy('killed'), copy('robbed')];
  spool.close();

  const reader = openSpoolFile(killed, 'reader');
  reader.settle('alert', 1, []);
  reader.close();
  t.false(existsSync(`${killed}-wal`));
  const { file: again, notes } = openMended(killed);
  t.deepEqual(notes, []);
  t.is(again.id, spool.id);
  again.close();

  for (const end of ['-wal', '-shm']) rmSync(`${robbed}${end}`);
  const { file: fresh, notes: told } = openMended(robbed);
  t.not(fresh.id, spool.id);
  t.regex(told[0] ?? '', /log is missing/);
  fresh.close();
});
