/** The packaged executable for arm64, under qemu: it is configured, decides and answers as the sources do on x64, to the byte. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { openSpoolArchive } from '../../daemons/core/adapters/archive.spool.ts';
import { collect } from '../../daemons/tools/evidence/collect.ts';
import { fieldpost, type Ran } from '../support/fieldpost.ts';
import { needs } from '../support/needs.ts';
import { packaged } from '../support/packaged.ts';
import { models, signedPost } from '../support/signed-post.ts';

const title = 'the packaged executable for arm64 checks, replays and verifies as x64 does, to the byte';
const capture = path.join(import.meta.dirname, '../captures/gas-line/normal');
const libraries = '/usr/aarch64-linux-gnu';
const can =
  process.arch === 'x64' &&
  needs('qemu-aarch64-static', title) &&
  needs('aarch64-linux-gnu-g++', title) &&
  needs(path.join(libraries, 'lib/libstdc++.so.6'), title);

(can ? test : test.skip)(title, async (t) => {
  t.timeout(1_200_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-packaged-'));
  const post = await signedPost();
  t.teardown(() => {
    post.remove();
    rmSync(folder, { recursive: true });
  });
  const staged = await packaged('arm64', folder, '--no-deb');
  const arm64 = (...words: string[]): Promise<Ran> => {
    const program = path.join(staged, 'fieldpost');
    const child = spawn('qemu-aarch64-static', ['-L', libraries, program, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.teardown(() => child.kill('SIGKILL'));
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err += text;
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })));
  };

  const checked = await arm64('check');
  t.is(checked.code, 0, checked.err);
  t.regex(checked.out, /, 0 mistake\(s\)/);

  // The model speaks only after its golden vectors came out on this processor.
  const [there, here] = [await arm64('replay', capture), await fieldpost(['replay', capture])];
  t.is(there.code, 0, there.err);
  t.true(here.out.includes('"stream":"alert"'));
  t.true(there.out === here.out, 'an envelope differs');

  const archive = await openSpoolArchive(path.join(post.state, 'spool'));
  const alert = post.alerts.find(({ kind }) => kind === 'vapour')?.id ?? '';
  const file = path.join(folder, 'bundle.jsonl');
  writeFileSync(file, await collect(archive, { alert, source: 'state', windowS: 300, models, nowMs: 0 }));
  await archive.close();
  const [verified, expected] = [await arm64('verify', file, '--json'), await fieldpost(['verify', file, '--json'])];
  t.is(verified.out, expected.out, verified.err);
  t.is(verified.code, expected.code);
  const again = await arm64('replay', file, '--json');
  t.is(again.code, 0, `${again.out}${again.err}`);
  t.is((JSON.parse(again.out) as { arch: string }).arch, 'arm64');

  // Addons load there; a bus is a matter of a real kernel, which qemu's user mode is not.
  for (const name of ['i2c', 'epoll', 'serialport', 'linux-arm64'])
    t.true(existsSync(path.join(staged, 'native', `${name}.node`)), name);
});
