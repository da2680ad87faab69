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
const captures = path.join(import.meta.dirname, '../captures/gas-line');
const libraries = '/usr/aarch64-linux-gnu';
const can =
  process.arch === 'x64' &&
  needs('qemu-aarch64-static', title) &&
  needs('aarch64-linux-gnu-g++', title) &&
  needs(path.join(libraries, 'lib/libstdc++.so.6'), title);

interface Seen {
  readonly label: string;
  readonly score: number;
  readonly box: object;
}

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
  for (const name of ['normal', 'corrupt']) {
    const capture = path.join(captures, name);
    const [there, here] = [await arm64('replay', capture), await fieldpost(['replay', capture])];
    t.is(there.code, 0, there.err);
    t.is(there.out.includes('"stream":"alert"'), here.out.includes('"stream":"alert"'));
    t.true(there.out.length > 0 && there.out === here.out, `${name}: an envelope differs`);
  }

  // Another processor rounds within a step of the file's own scale: what is seen is the same, its score nearly.
  const picture = path.join(models, 'crop-plot/golden/summer.jpg');
  const look = (out: string) => [
    'camera',
    'try',
    picture,
    '--model',
    path.join(models, 'crop-plot'),
    '--out',
    out,
    '--json',
  ];
  const [far, near] = [await arm64(...look(path.join(folder, 'a'))), await fieldpost(look(path.join(folder, 'b')))];
  t.is(far.code, 0, far.err);
  const [seen = [], expectedSeen = []] = [far, near].map(
    ({ out }) => (JSON.parse(out) as { sightings: Seen[] }).sightings,
  );
  t.true(expectedSeen.length > 0);
  t.deepEqual(
    seen.map(({ label, box }) => ({ label, box })),
    expectedSeen.map(({ label, box }) => ({ label, box })),
  );
  for (const [i, { score }] of seen.entries()) t.true(Math.abs(score - (expectedSeen[i]?.score ?? 0)) < 0.02);

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
