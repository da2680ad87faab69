/** The Node that becomes the executable: npm's package of it, held to the hash that the lock file names. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../../core/ports/fault.ts';
import { type Architecture, cache, project } from './project.ts';
import { run } from './run-program.ts';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly integrity?: string }>>;
}

export interface Base {
  readonly version: string;
  readonly integrity: string;
  /** Folder of the package: bin/node, include/node and LICENSE. */
  readonly folder: string;
}

/**
 * Fetches the package through npm once and keeps its tarball; what is unpacked was held against the lock each time. Errors: Fault
 * `config` when the hash is another one, or when the lock names none.
 */
export function nodeBase(arch: Architecture): Base {
  const name = `node-linux-${arch}`;
  const lock = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8')) as Lock;
  const locked = lock.packages[`node_modules/${name}`];
  if (!locked?.integrity) throw new Fault('config', `package-lock.json: names no integrity of ${name}`);
  const { version, integrity } = locked;
  mkdirSync(cache, { recursive: true });
  const tarball = path.join(cache, `${name}-${version}.tgz`);
  if (!existsSync(tarball)) {
    const room = mkdtempSync(path.join(cache, 'fetch-'));
    run('npm', ['pack', `${name}@${version}`, '--silent'], { cwd: room });
    renameSync(path.join(room, path.basename(tarball)), tarball);
    rmSync(room, { recursive: true });
  }
  const found = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (found !== integrity)
    throw new Fault(
      'config',
      `${path.relative(project, tarball)} is ${found}; package-lock.json says ${integrity}. Nothing was made of it; remove the file to fetch it again`,
    );
  const folder = path.join(cache, `${name}-${version}-${found.slice(7, 19).replaceAll(/[+/]/g, '_')}`);
  if (!existsSync(folder)) {
    const room = mkdtempSync(path.join(cache, 'unpack-'));
    run('tar', ['-xzf', tarball, '-C', room, '--strip-components=1']);
    renameSync(room, folder);
  }
  return { version, integrity, folder };
}
