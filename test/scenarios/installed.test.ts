/**
 * The Debian package as a technician meets it: in a fresh Debian under its own systemd, without a network. The instruments are
 * simulated; program, units, accounts and scripts are those of the package.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { bootToEnd } from '../support/booted.ts';
import { laterThan, layWalk, type Walk, walked } from '../support/installed.ts';
import { lintian } from '../support/lintian.ts';
import { allows, needs } from '../support/needs.ts';
import { debianRoot, nspawnLack, packagedOnce } from '../support/packaged.ts';

const limitMs = 12 * 60_000;

const out = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-deb-'));
test.after.always(() => rmSync(out, { recursive: true, force: true }));
/** The package for amd64, made once for all walks and suites. */
const firstDeb = async (): Promise<string> => path.join((await packagedOnce('x64')).out, 'fieldpost_0.1.0_amd64.deb');

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

async function walks(t: ExecutionContext, suite: string, walk: Walk): Promise<void> {
  t.timeout(limitMs + 600_000);
  const tarball = await debianRoot(suite, t.title);
  if (!tarball) {
    t.pass();
    return;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-installed-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const root = path.join(folder, 'root');
  mkdirSync(root);
  t.is(spawnSync('tar', ['-C', root, '-xf', tarball]).status, 0);
  if (!allows(nspawnLack(root), t.title)) {
    t.pass();
    return;
  }
  const first = await firstDeb();
  layWalk(root, walk, first, walk.kind === 'whole' ? laterThan(first, '0.1.1', out) : null);

  const console = await bootToEnd(t, root, limitMs);
  const home = path.join(root, 'root');
  const { wrong, said, envelopes } = walked(home, walk);
  const words = ['output', 'journal'].map((name) => textOf(path.join(home, name)).slice(-8000));
  t.deepEqual(wrong, [], [said, console, ...words].join('\n\n'));
  t.log(`${envelopes} envelopes at the centre`);
}

const can = (title: string): boolean => needs('debootstrap', title) && needs('systemd-nspawn', title);

const whole = 'the package is installed, runs, is killed by its watchdog, upgraded, taken back, removed and purged';
(can(whole) ? test.serial : test.serial.skip)(whole, (t) => walks(t, 'bookworm', { kind: 'whole', times: 1 }));

const short =
  'on trixie the package is installed, provisioned by a file on the boot partition, runs, is decommissioned and purged';
(can(short) ? test.serial : test.serial.skip)(short, (t) => walks(t, 'trixie', { kind: 'short', times: 1 }));

const judged = 'lintian finds no error in the package for amd64';
(needs('lintian', judged) ? test.serial : test.serial.skip)(judged, async (t) => {
  t.timeout(limitMs);
  const { ok, words } = await lintian(await firstDeb());
  t.true(ok, words);
  t.log(words);
});
