/** What `npm run package` makes, for tests of it; and a Debian that it can be installed in. */
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import type { Architecture } from '../../daemons/tools/package/project.ts';
import { needs } from './needs.ts';

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

/**
 * A minimal Debian as a tarball, made once by debootstrap from where this machine has its packages, and kept outside the clone. null,
 * and said by name, where that cannot be.
 */
export function debianRoot(suite: string, title: string): string | null {
  if (!needs('debootstrap', title) || !needs('systemd-nspawn', title)) return null;
  const tarball = path.join(cache, `debian-${suite}.tar`);
  if (existsSync(tarball)) return tarball;
  const skipped = (why: string): null => {
    process.stdout.write(`skipped: ${title}: ${why}\n`);
    return null;
  };
  if (process.getuid?.() !== 0) return skipped('only root may make a Debian');
  mkdirSync(cache, { recursive: true });
  const room = mkdtempSync(path.join(cache, 'debian-'));
  const sites = spawnSync('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const [site = ''] = sites.stdout.split('\n');
  const include = '--include=systemd,systemd-sysv,dbus,udev,libstdc++6,libgcc-s1';
  const folder = path.join(room, 'root');
  const made = spawnSync('debootstrap', ['--variant=minbase', include, suite, folder, site], { encoding: 'utf8' });
  const packed = made.status === 0 && spawnSync('tar', ['-C', folder, '-cf', `${folder}.tar`, '.']).status === 0;
  if (packed) renameSync(`${folder}.tar`, tarball);
  rmSync(room, { recursive: true, force: true });
  return packed
    ? tarball
    : skipped(`debootstrap made no ${suite}: ${`${made.stdout}${made.stderr}`.trim().slice(-300)}`);
}
