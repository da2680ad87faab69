/** A spool on a disk of its own that goes away and comes back, and what lies below it meanwhile. Needs root for loop devices. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { openSpoolFile } from '../../../daemons/core/adapters/spool.sqlite.file.ts';
import { mountOf } from '../../../daemons/core/adapters/spool.sqlite.mount.ts';
import { openSpool } from '../../../daemons/core/adapters/spool.sqlite.ts';
import { lacksForCuts, openDisk } from '../../support/loop-ext4.ts';
import { freshFolder, item, markOf, until } from './keeping.ts';

const lacks = lacksForCuts();
const onDisk = lacks === null ? test.serial : test.serial.skip;
if (lacks !== null) process.stdout.write(`skipped: mount.test.ts: ${lacks}\n`);

onDisk(
  'alerts of a time without the disk wait for it, and nothing is made in the folder that it was mounted on',
  async (t) => {
    t.timeout(60_000);
    const disk = openDisk(16);
    const file = path.join(disk.folder, 'spool/gas.db');
    const spool = await openSpool({ path: file, device: 'post-7', retryMs: 50 });
    t.teardown(async () => {
      await spool.close();
      disk.close();
    });
    t.is((await spool.append([item('alert', 1)])).where, 'disk');
    disk.fail();
    const second = await spool.append([item('alert', 2)]);
    t.is(second.where, 'memory', 'the disk failed, and the file was closed');
    // A try of the spool may hold the file open just then.
    await until(() => {
      try {
        disk.away();
        return true;
      } catch {
        return false;
      }
    });
    const third = await spool.append([item('alert', 3)]);
    t.is(third.where, 'memory');
    await t.throwsAsync(spool.depth(), { message: /nothing is mounted at .*disk any more; mount its disk again/ });
    // Longer than it takes to try again, several times.
    for (let tries = 0; tries < 5; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      t.deepEqual(readdirSync(disk.folder), []);
    }
    disk.back();
    t.true(await second.committed);
    t.true(await third.committed);
    await spool.close();
    const kept = openSpoolFile(file, 'reader');
    t.deepEqual(
      kept.peek('alert', 0, 10).map(({ seq, text }) => [seq, markOf(text)]),
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    );
    kept.close();
  },
);

test('the mount point over a path is found also where not all of it exists, and the root is none', (t) => {
  const folder = freshFolder(t);
  const over = mountOf(path.join(folder, 'not/there/yet.db'));
  t.is(over, mountOf(folder));
  t.is(mountOf('/proc/self/nothing/here'), '/proc');
  rmSync(folder, { recursive: true });
  t.is(mountOf('/'), null);
});
