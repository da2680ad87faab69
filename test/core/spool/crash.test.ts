import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import { openSpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { findBrokenLink } from '../../../daemons/core/evidence/chain.ts';
import { needs } from '../../support/needs.ts';
import { freshFolder, markOf, until } from './keeping.ts';

const child = path.join(import.meta.dirname, 'writer.child.ts');

interface Writer {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  output(): string;
  /** The highest n that was acknowledged. */
  kept(): number;
}

function start(command: string, args: readonly string[]): Writer {
  const process = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  process.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const ended = new Promise<void>((resolve) => process.on('close', () => resolve()));
  const kept = (): number => Number([...output.matchAll(/^kept (\d+)$/gm)].at(-1)?.[1] ?? 0);
  return { process, ended, output: () => output, kept };
}

test('kill -9 of the writer at any moment loses nothing that was acknowledged, and doubles nothing', async (t) => {
  const file = path.join(freshFolder(t), 'gas.db');
  let acknowledged = 0;
  for (let round = 0; round < 12; round++) {
    const writer = start(process.execPath, [child, file, 'die']);
    const goal = acknowledged + 1 + ((round * 7) % 40);
    await until(() => writer.kept() >= goal);
    writer.process.kill('SIGKILL');
    await writer.ended;
    acknowledged = writer.kept();
  }
  const spool = openSpoolFile(file, 'writer');
  const texts = spool.peek('alert', 0, 1e6).map(({ text }) => text);
  const marks = texts.map(markOf);
  t.deepEqual(
    marks,
    marks.map((_, i) => i + 1),
  );
  t.true(marks.length >= acknowledged);
  t.is(findBrokenLink(texts), null);
  t.is(spool.recall('last'), String(marks.length));
  spool.close();
});

const title = 'a file that may not grow sends what comes to memory, and takes it in order when it may again';
test(title, async (t) => {
  if (!needs('prlimit', title)) {
    t.pass();
    return;
  }
  const file = path.join(freshFolder(t), 'gas.db');
  // A limit on the size of a file stands in for a full disk: writes fail, and the process may not be killed for it.
  const script = 'trap "" XFSZ; ulimit -S -f 600; exec "$0" "$@"';
  const writer = start('bash', ['-c', script, process.execPath, child, file, 'full']);
  await until(() => writer.output().includes('waits'));
  const before = writer.kept();
  spawnSync('prlimit', ['--pid', String(writer.process.pid), '--fsize=unlimited']);
  await until(() => writer.kept() >= before + 10);
  writer.process.kill('SIGTERM');
  await writer.ended;

  const kept = new Set([...writer.output().matchAll(/^kept (\d+)$/gm)].map((found) => Number(found[1])));
  const spool = openSpoolFile(file, 'writer');
  const texts = spool.peek('alert', 0, 1e6).map(({ text }) => text);
  const marks = texts.map(markOf);
  t.deepEqual(
    marks,
    marks.toSorted((a, b) => a - b),
  );
  t.is(new Set(marks).size, marks.length);
  for (const n of kept) t.true(marks.includes(n));
  t.is(findBrokenLink(texts), null);
  spool.close();
});
