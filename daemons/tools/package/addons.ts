/** Native addons of the package, each built from its source for the processor that it will run on. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Base } from './base.ts';
import { type Architecture, cache, project } from './project.ts';
import { run } from './run-program.ts';

/** npm package, the file that its build makes, and the name under which the package opens it (bundle.ts). */
const addons = [
  { owner: 'i2c-bus', made: 'i2c.node', name: 'i2c.node' },
  { owner: 'epoll', made: 'epoll.node', name: 'epoll.node' },
  { owner: '@serialport/bindings-cpp', made: 'bindings.node', name: 'serialport.node' },
] as const;
export const addonOwners: readonly string[] = addons.map(({ owner }) => owner);
/** Headers that are compiled into them. */
export const addonHeaders: readonly string[] = ['nan', 'node-addon-api'];

const ownSources = path.join(project, 'daemons/core/adapters/native');
const crossTools = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' } as const;
/** The prefix of the Debian compiler and binutils for a processor: none on that processor itself. */
export const toolsFor = (arch: Architecture): string => (process.arch === arch ? '' : `${crossTools[arch]}-`);

/** All that decides what comes out, but the compiler. */
function keyOf(arch: Architecture, base: Base): string {
  const sum = createHash('sha256').update(`${arch} ${path.basename(base.folder)}`);
  for (const name of [...addonOwners, ...addonHeaders])
    sum.update(readFileSync(path.join(project, 'node_modules', name, 'package.json')));
  for (const name of readdirSync(ownSources).sort())
    if (/\.[ch]$/.test(name)) sum.update(readFileSync(path.join(ownSources, name)));
  return sum.digest('hex').slice(0, 16);
}

/**
 * The folder with all of them, built once. Errors: Fault `absent` with the words of the compiler, or naming the program that is
 * missing.
 */
export function builtAddons(arch: Architecture, base: Base): string {
  const folder = path.join(cache, `addons-${arch}-${keyOf(arch, base)}`);
  if (!existsSync(folder)) {
    const room = mkdtempSync(path.join(cache, 'addons-'));
    build(arch, base, room);
    renameSync(room, folder);
  }
  return folder;
}

function build(arch: Architecture, { folder: nodeDir }: Base, folder: string): void {
  const tools = toolsFor(arch);
  const env = {
    ...process.env,
    CC: `${tools}gcc`,
    CXX: `${tools}g++`,
    AR: `${tools}ar`,
    LINK: `${tools}g++`,
    // A setting of the machine's npm could name the headers of another Node.
    npm_config_nodedir: nodeDir,
    npm_package_config_node_gyp_nodedir: nodeDir,
  };
  // What node_modules holds is not written to. Its neighbours (nan) are found through a link.
  const room = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-addons-'));
  try {
    const modules = path.join(room, 'node_modules');
    for (const { owner, made, name } of addons) {
      const work = path.join(modules, owner);
      cpSync(realpathSync(path.join(project, 'node_modules', owner)), work, {
        recursive: true,
        filter: (file) => !/\/(build|prebuilds)$/.test(file),
      });
      for (const header of addonHeaders)
        cpSync(realpathSync(path.join(project, 'node_modules', header)), path.join(modules, header), {
          recursive: true,
        });
      const gyp = path.join(project, 'node_modules/node-gyp/bin/node-gyp.js');
      const words = ['rebuild', `--arch=${arch}`, `--nodedir=${nodeDir}`, '--loglevel=error'];
      run(process.execPath, [gyp, ...words, `--jobs=${os.availableParallelism()}`], { cwd: work, env });
      copyFileSync(path.join(work, 'build/Release', made), path.join(folder, name));
    }
  } finally {
    rmSync(room, { recursive: true });
  }
  run(process.execPath, [path.join(ownSources, 'build.mjs'), arch, `${tools}gcc`]);
  const own = `linux-${arch}.node`;
  copyFileSync(path.join(ownSources, 'build', own), path.join(folder, own));
  const all = [...addons.map(({ name }) => name), own].map((name) => path.join(folder, name));
  run(`${tools}strip`, ['--strip-unneeded', ...all]);
}
