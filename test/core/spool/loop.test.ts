/** What is particular about a spool that its daemon holds in its own loop. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type ExecutionContext } from 'ava';
import { openSpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { findBrokenLink } from '../../../daemons/core/evidence/chain.ts';
import { usualSpool } from '../../../daemons/core/spool/limits.ts';
import { pack } from '../../../daemons/core/spool/link.ts';
import { fill, lacksForCuts, openDisk } from '../../support/loop-ext4.ts';
import { allows, needs } from '../../support/needs.ts';
import { freshFolder, item, markOf, until } from './keeping.ts';

const child = (name: string): string => path.join(import.meta.dirname, name);

/** The marks of the alerts that a file holds after whoever wrote it is gone. */
function alertsIn(t: ExecutionContext, file: string): number[] {
  const spool = openSpoolFile(file, 'writer');
  const texts = spool.peek('alert', 0, 1e6).map(({ text }) => text);
  spool.close();
  t.is(findBrokenLink(texts), null);
  return texts.map(markOf);
}

test('who waits for another that has the file holds nothing else up, and the disk is not said to refuse', async (t) => {
  const file = path.join(freshFolder(t), 'gas.db');
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const spool = await openSpool({ path: file, device: 'post-7', log: { info: say, warn: say, error: say } });
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  // It lets go in this same loop: who stood still for it would have it for good.
  const kept = spool.append([item('alert', 1)]);
  setTimeout(() => other.exec('COMMIT'), 100);
  t.is((await kept).where, 'disk');
  other.close();
  t.deepEqual(said, []);
  await spool.close();
});

test('where nobody delivers, the log is brought in and does not grow on; space is put aside meanwhile', async (t) => {
  const file = path.join(freshFolder(t), 'gas.db');
  const spool = await openSpool({
    path: file,
    device: 'post-7',
    section: { ...usualSpool, reserveMegabytes: 1 },
  });
  const { at, body } = item('event', 0);
  const large = { stream: 'event', at, body: { ...body, message: 'x'.repeat(500_000) } } as ReturnType<typeof item>;
  let most = 0;
  for (let n = 0; n < 80; n++) {
    await spool.append([large]);
    most = Math.max(most, statSync(`${file}-wal`).size);
    // A pause, as between looks: who brings the log in has two cores at the most.
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  t.true(most < 30_000_000, `${most} bytes of a log for 40 MB`);
  await spool.close();
  t.is(statSync(`${file}-reserve`).size, 1_000_000);
  t.false(existsSync(`${file}-wal`));
});

const failing = 'a flush that fails is not taken for one: the file goes to the medium another way, nothing twice';
test(failing, async (t) => {
  if (!needs('gcc', failing)) {
    t.pass();
    return;
  }
  t.timeout(60_000);
  const folder = freshFolder(t);
  const [file, library] = [path.join(folder, 'gas.db'), path.join(folder, 'failing.so')];
  t.is(spawnSync('gcc', ['-shared', '-fPIC', '-x', 'c', '-', '-o', library, '-ldl'], { input: shim }).status, 0);
  const writer = spawn(process.execPath, [child('writer.child.ts'), file, 'full'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LD_PRELOAD: library, FAIL_FROM: '6', FAIL_TO: '9', FAILED: path.join(folder, 'failed') },
  });
  let output = '';
  writer.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const kept = (): number[] => [...output.matchAll(/^kept (\d+)$/gm)].map(([, n]) => Number(n));
  await until(() => output.includes('waits') && kept().length > 40);
  writer.kill('SIGTERM');
  await once(writer, 'close');
  t.is(statSync(path.join(folder, 'failed')).size, 4, 'so many flushes failed');
  const marks = alertsIn(t, file);
  t.deepEqual(
    marks,
    marks.map((_, i) => i + 1),
  );
  t.true(kept().every((n) => marks.includes(n)));
});

const unheard = 'what a reader gives out is on the medium, although its writer has not flushed it';
test(unheard, async (t) => {
  if (!allows(lacksForCuts(), unheard)) {
    t.pass();
    return;
  }
  for (const [mode, left] of [
    ['leave', [1]],
    ['peek', [1, 2]],
  ] as const) {
    const disk = openDisk(16);
    t.teardown(disk.close);
    const file = path.join(disk.folder, 'gas.db');
    const first = openSpoolFile(file, 'writer');
    first.append('post-7', [pack(item('alert', 1))], []);
    first.close();
    const writer = spawn(process.execPath, [child('unflushed.child.ts'), file, mode], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'close');
    disk.cut();
    t.deepEqual(alertsIn(t, file), left, mode);
  }
});

const handed =
  'on a full disk a thread takes the file over with its log and index as they are: there may be no room to make them again';
test(handed, async (t) => {
  if (!allows(lacksForCuts(), handed)) {
    t.pass();
    return;
  }
  const disk = openDisk(16);
  const file = path.join(disk.folder, 'gas.db');
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const spool = await openSpool({ path: file, device: 'post-7', log: { info: say, warn: say, error: say } });
  t.teardown(async () => {
    await spool.close();
    disk.close();
  });
  await spool.append([item('event', 1)]);
  const made = (): bigint => statSync(`${file}-shm`, { bigint: true }).birthtimeNs;
  const before = made();
  fill(disk.folder);
  for (let n = 2; n < 200 && said.length === 0; n++) await spool.append([item('event', n)]);
  t.regex(said.join('\n'), /gas\.db: a thread holds the file from now on, for some 10 MB: database or disk is full/);
  t.is(made(), before);
});

/** Flushes of a log fail from the nth to the mth of the process; each is noted with a byte. */
const shim = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static int calls;
static int fails(int fd) {
  char link[64], name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, name, sizeof name - 1);
  if (length < 4 || strncmp(name + length - 4, "-wal", 4)) return 0;
  int n = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
  if (n < atoi(getenv("FAIL_FROM")) || n > atoi(getenv("FAIL_TO"))) return 0;
  int note = open(getenv("FAILED"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (write(note, "x", 1) != 1) abort();
  close(note);
  errno = EIO;
  return 1;
}
int fsync(int fd) { return fails(fd) ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { return fails(fd) ? -1 : ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
`;
