/** Our own addon, built from its sources for a test that loads it. Says by name what is skipped without a compiler. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { needs } from './needs.ts';

const build = path.join(import.meta.dirname, '../../daemons/core/adapters/native/build.mjs');

/** Whether the addon is there for this processor, or for another by a cross compiler. Throws when it does not compile. */
export function nativeBuilt(title: string, arch: string = process.arch, compiler = 'gcc'): boolean {
  if (!needs(compiler, title)) return false;
  const done = spawnSync(process.execPath, [build, arch, compiler], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return true;
}
