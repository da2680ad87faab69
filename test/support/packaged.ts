/** What `npm run package` makes, for tests of it; and a Debian that it can be installed in. */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Architecture } from '../../daemons/tools/package/project.ts';
import { allows } from './needs.ts';

const root = path.join(import.meta.dirname, '../..');
const ran = promisify(execFile);
const cache = path.join(os.homedir(), '.cache/fieldpost');

/** Runs `npm run package` for one processor into `out`; gives the folder that runs where it is. Errors: with its words. */
export async function packaged(arch: Architecture, out: string, ...flags: readonly string[]): Promise<string> {
  const words = [
    path.join(root, 'daemons/tools/package/package.ts'),
    '--arch',
    arch,
    '--out',
    out,
    '--quick',
    ...flags,
  ];
  await ran(process.execPath, words, { cwd: root, maxBuffer: 16 << 20 });
  return path.join(out, `fieldpost-0.1.0-linux-${arch}`);
}

/** The arguments that enter a root without the machine's own systemd or network. */
export const boxed = (folder: string): string[] => [
  '-q',
  '-D',
  folder,
  '--register=no',
  '--keep-unit',
  '--private-network',
];

/** Why a root cannot be entered here, or null: a container often has no right to. */
export function nspawnLack(folder: string): string | null {
  const tried = spawnSync('systemd-nspawn', [...boxed(folder), 'true'], { encoding: 'utf8' });
  return tried.status === 0 ? null : `systemd-nspawn: ${tried.stderr.trim().slice(-200)}`;
}

/** All that decides what is packaged: the sources and the packages that are locked. */
function keyOf(arch: Architecture): string {
  const sum = createHash('sha256').update(`${arch} ${process.version}`);
  const folders = ['package-lock.json', 'package.json', 'LICENSE', 'daemons', 'models', 'firmware-configs', 'deploy'];
  const words = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...folders];
  // What makes a card of the package is not in it.
  words.push(':!deploy/image');
  const listed = spawnSync('git', words, { cwd: root, encoding: 'utf8', maxBuffer: 16 << 20 });
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
  const files = listed.stdout.split('\0').filter((file) => file && existsSync(path.join(root, file)));
  for (const file of files.sort()) sum.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  return sum.digest('hex').slice(0, 16);
}

/**
 * The same, with its Debian package, made once for all suites that only read it; one that asks while another makes it waits. Gives the
 * folder that it was made into. What was made of other sources goes.
 */
export async function packagedOnce(arch: Architecture): Promise<{ readonly out: string; readonly staged: string }> {
  const made = path.join(root, '.cache/tested');
  mkdirSync(made, { recursive: true });
  const out = path.join(made, `${arch}-${keyOf(arch)}`);
  const maker = path.join(root, 'daemons/tools/package/package.ts');
  const script = `test -e "$1" || { rm -rf "$2"/${arch}-* && "$3" "$4" --arch ${arch} --quick --out "$1.part" && mv "$1.part" "$1"; }`;
  const words = ['-c', script, 'sh', out, made, process.execPath, maker];
  // The lock goes with its holder, however that ends.
  await ran('flock', [path.join(made, `${arch}.lock`), 'sh', ...words], { cwd: root, maxBuffer: 16 << 20 });
  return { out, staged: path.join(out, `fieldpost-0.1.0-linux-${arch}`) };
}

/**
 * A minimal Debian as a tarball, made once by debootstrap from where this machine has its packages, and kept outside the clone. null,
 * and said by name, where that cannot be. Making it takes minutes: not before a test has said how long it may take.
 */
export async function debianRoot(suite: string, title: string): Promise<string | null> {
  const tarball = path.join(cache, `debian-${suite}.tar`);
  if (existsSync(tarball)) return tarball;
  if (!allows(process.getuid?.() === 0 ? null : 'only root may make a Debian', title)) return null;
  mkdirSync(cache, { recursive: true });
  const room = mkdtempSync(path.join(cache, 'debian-'));
  const folder = path.join(room, 'root');
  try {
    const include = '--include=systemd,systemd-sysv,dbus,udev,libstdc++6,libgcc-s1';
    await ran('debootstrap', ['--variant=minbase', include, suite, folder, await mirror()], { maxBuffer: 16 << 20 });
    await ran('tar', ['-C', folder, '-cf', `${folder}.tar`, '.']);
    renameSync(`${folder}.tar`, tarball);
    return tarball;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    allows(`debootstrap made no ${suite}: ${`${stdout}${stderr}`.trim().slice(-300)}`, title);
    return null;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/**
 * The same with what a centre has beside us, and `sudo`, `openssl` and `curl` for who sets it up: made once, out of the other and this
 * machine's packages.
 */
export async function centreRoot(suite: string, title: string): Promise<string | null> {
  const tarball = path.join(cache, `debian-${suite}-centre.tar`);
  if (existsSync(tarball)) return tarball;
  const bare = await debianRoot(suite, title);
  if (bare === null) return null;
  const room = mkdtempSync(path.join(cache, 'debian-'));
  const folder = path.join(room, 'root');
  try {
    mkdirSync(folder);
    await ran('tar', ['-C', folder, '-xf', bare]);
    // Nothing is started while it is put together.
    writeFileSync(path.join(folder, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
    // A quarter of what would be unpacked for each walk, and nobody reads it there.
    const unread = '/var/lib/apt/lists/* /usr/share/locale /usr/share/doc /usr/share/man /usr/share/info';
    const install = 'apt-get install -y -qq --no-install-recommends postgresql mosquitto sudo openssl curl';
    const script = `export DEBIAN_FRONTEND=noninteractive; apt-get update -qq && ${install} && apt-get clean && rm -r ${unread}`;
    await ran('chroot', [folder, 'sh', '-c', script], { maxBuffer: 16 << 20 });
    rmSync(path.join(folder, 'usr/sbin/policy-rc.d'));
    await ran('tar', ['-C', folder, '-cf', `${folder}.tar`, '.']);
    renameSync(`${folder}.tar`, tarball);
    return tarball;
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    allows(`no ${suite} of a centre was made: ${`${stdout}${stderr}`.trim().slice(-300)}`, title);
    return null;
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}

/** Where this machine has its packages. */
export async function mirror(): Promise<string> {
  const { stdout } = await ran('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages']);
  return stdout.split('\n', 1)[0] ?? '';
}

/** The executable of this processor, in the folder that it runs in. */
export const executable = async (): Promise<string> =>
  path.join((await packagedOnce(process.arch as Architecture)).staged, 'fieldpost');
