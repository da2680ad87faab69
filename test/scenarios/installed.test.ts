/**
 * The Debian package as a technician meets it: in a fresh Debian under its own systemd, without a network. The instruments are
 * simulated; program, units, accounts and scripts are those of the package.
 */
import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'ava';
import { makeDeb } from '../../daemons/tools/package/deb.ts';
import { allows } from '../support/needs.ts';
import { debianRoot, packaged } from '../support/packaged.ts';

const title = 'the package is installed, runs, is killed by its watchdog, upgraded, removed and purged';
const tarball = debianRoot('bookworm', title);
const limitMs = 9 * 60_000;

/** Enters the root without booting it: a container often has no right to. */
function lackOf(root: string): string | null {
  const tried = spawnSync('systemd-nspawn', [...boxed(root), 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? null : `systemd-nspawn: ${tried.stderr.trim().slice(-200)}`;
}
const boxed = (root: string): string[] => ['-q', '-D', root, '--register=no', '--keep-unit', '--private-network'];

const once = `[Unit]
After=multi-user.target
[Service]
Type=oneshot
TimeoutStartSec=infinity
StandardOutput=file:/root/output
StandardError=file:/root/output
ExecStart=/bin/bash /root/guest.sh
ExecStopPost=/bin/systemctl poweroff --force
[Install]
WantedBy=default.target
`;

(tarball ? test : test.skip)(title, async (t) => {
  t.timeout(limitMs + 300_000);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-installed-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const root = path.join(folder, 'root');
  mkdirSync(root);
  t.is(spawnSync('tar', ['-C', root, '-xf', tarball ?? '']).status, 0);
  if (!allows(lackOf(root), title)) {
    t.pass();
    return;
  }

  const out = path.join(folder, 'out');
  const staged = await packaged('x64', out);
  const home = path.join(root, 'root');
  copyFileSync(path.join(out, 'fieldpost_0.1.0_amd64.deb'), path.join(home, 'first.deb'));
  const newer = makeDeb({ arch: 'x64', version: '0.1.1', epoch: 1_700_000_000, staged, out, isQuick: true });
  copyFileSync(newer, path.join(home, 'second.deb'));
  copyFileSync(path.join(import.meta.dirname, 'installed.guest.sh'), path.join(home, 'guest.sh'));
  const units = path.join(root, 'etc/systemd/system');
  mkdirSync(path.join(units, 'default.target.wants'), { recursive: true });
  writeFileSync(path.join(units, 'technician.service'), once);
  symlinkSync('../technician.service', path.join(units, 'default.target.wants/technician.service'));

  const box = spawn('systemd-nspawn', [...boxed(root), '--boot', '--console=pipe'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let console = '';
  for (const stream of [box.stdout, box.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      console = (console + text).slice(-4000);
    });
  const late = setTimeout(() => box.kill('SIGKILL'), limitMs);
  t.teardown(() => box.kill('SIGKILL'));
  await new Promise((resolve) => box.once('close', resolve));
  clearTimeout(late);

  const left = (name: string): string => {
    try {
      return readFileSync(path.join(home, name), 'utf8');
    } catch {
      return '';
    }
  };
  const said = new Map(
    left('said')
      .trim()
      .split('\n')
      .map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1).join(' ')]),
  );
  const words = `${console}\n${left('output').slice(-6000)}\n${left('journal').slice(-6000)}`;
  const is = (what: string, expected: string): void => void t.is(said.get(what), expected, `${what}\n${words}`);
  is('installed', '0.1.0');
  is('version', '0.1.0');
  is('check', '1 device(s), 0 mistake(s)');
  is('enabled', 'active active');
  is('measuring', '');
  is('connected', '');
  is('as', 'fieldpost 1');
  is('watchdog', '1');
  is('again', '');
  is('upgraded', '0.1.1');
  is('restarted', 'active active');
  is('kept', '# changed by a technician DEVICE=post-1');
  is('removed', 'inactive inactive 0');
  is('left', '/etc/fieldpost /var/lib/fieldpost/spool');
  is('purged', '');
  const records = new DatabaseSync(path.join(home, 'central.db'));
  const { kept } = records.prepare('SELECT count(*) AS kept FROM envelope').get() as { kept: number };
  records.close();
  t.true(kept > 0, 'nothing came to the centre');
  t.log(`${kept} envelopes at the centre`);
});
