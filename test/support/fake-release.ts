/**
 * Releases for tests: real Debian packages whose program is a script around this clone's own `daemons/main.ts`, so that an update
 * takes seconds to make. What is wrong with one is in its script; everything else of it works.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

const root = path.join(import.meta.dirname, '../..');

export interface FakeRelease {
  readonly version: string;
  /** Lines of sh before `exec "$node" "$main" "$@"`: `$1` is the daemon. */
  readonly script?: string;
  /** The whole program, in place of the script. */
  readonly program?: string;
  /** What the package says, where that is not so. */
  readonly says?: { readonly version?: string; readonly arch?: string };
}

/** Makes the package in `out` and gives its path. */
export function fakeRelease(out: string, { version, script = '', program: whole, says = {} }: FakeRelease): string {
  const tree = path.join(out, `tree-${version}`);
  const home = path.join(tree, 'usr/lib/fieldpost');
  mkdirSync(home, { recursive: true });
  mkdirSync(path.join(tree, 'DEBIAN'));
  const program = path.join(home, 'fieldpost');
  const usual = [
    '#!/bin/sh',
    `[ "$1" = --version ] && { echo ${version}; exit; }`,
    `node='${process.execPath}' main='${path.join(root, 'daemons/main.ts')}'`,
    script,
    'exec "$node" "$main" "$@"',
  ];
  writeFileSync(program, whole ?? `${usual.join('\n')}\n`);
  chmodSync(program, 0o755);
  const arch = says.arch ?? (process.arch === 'x64' ? 'amd64' : process.arch);
  writeFileSync(
    path.join(tree, 'DEBIAN/control'),
    `Package: fieldpost\nVersion: ${says.version ?? version}\nArchitecture: ${arch}\nMaintainer: nobody <nobody@localhost>\nDescription: a release for a test\n`,
  );
  const deb = path.join(out, `fieldpost_${version}_${arch}.deb`);
  const made = spawnSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-b', tree, deb], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`dpkg-deb: ${made.stderr}`);
  rmSync(tree, { recursive: true });
  return deb;
}
