/** What is made of the sources is the same each time, to the byte: who doubts a package makes it again and compares. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { nodeBase } from '../../../daemons/tools/package/base.ts';
import { bundle } from '../../../daemons/tools/package/bundle.ts';
import { makeParts } from '../../../daemons/tools/package/executable.ts';
import type { Architecture } from '../../../daemons/tools/package/project.ts';

test('program, code cache and assets of a processor are made twice, in two folders, with the same bytes', async (t) => {
  t.timeout(600_000);
  const arch = process.arch as Architecture;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-same-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const bytes: Record<string, Buffer>[] = [];
  for (const room of ['one', 'other'].map((name) => path.join(folder, name))) {
    const made = await bundle(path.join(room, 'bundle'));
    const threads = Object.keys(made.threads);
    t.true(threads.length > 1);
    // In whichever order esbuild came to them: it is in the bytes.
    t.deepEqual(threads, threads.toSorted());
    const daemons = Object.keys(made.programs).filter((name) => name !== 'tools');
    t.deepEqual(daemons, daemons.toSorted());
    const { blob, parts } = makeParts(arch, nodeBase(arch), made, path.join(room, 'made'));
    t.is(Object.keys(parts).length, 2 * Object.keys(made.programs).length);
    bytes.push(
      Object.fromEntries(Object.entries({ blob, ...parts }).map(([name, file]) => [name, readFileSync(file)])),
    );
  }
  const [one = {}, other = {}] = bytes;
  t.deepEqual(Object.keys(one), Object.keys(other));
  const differ = Object.entries(one).filter(([name, made]) => !other[name]?.equals(made));
  t.deepEqual(
    differ.map(([name]) => name),
    [],
  );
});
