// Runs a TypeScript program of this project on the Node it is pinned to, on a fresh clone too: installs what the lock
// file names, builds the native addons for that Node, then starts it. Plain JavaScript without dependencies, because it
// is what the machine's own Node (20 or later) runs first. All its own words go to stderr: stdout is the program's.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildNative } from '../core/adapters/native/build.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const modules = path.join(root, 'node_modules');
const nodePackage = path.join(modules, `node-linux-${process.arch}`);
const node = path.join(nodePackage, 'bin/node');
/** Addons whose packages hold no prebuilt file. NAN binds them to one Node ABI. */
const addons = ['i2c-bus', 'epoll'];

const say = (text) => process.stderr.write(`fieldpost: ${text}\n`);

function fail(text) {
  say(text);
  process.exit(1);
}

function step(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  return done.status === 0;
}

/** `work` runs again whenever the key changed since it last succeeded. */
function once(name, key, work) {
  const stamp = path.join(modules, '.fieldpost', name);
  const sum = createHash('sha256').update(key).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sum) return;
  if (!work()) return;
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, sum);
}

function install() {
  say('installing the packages of package-lock.json (once) ...');
  const began = Date.now();
  // Install scripts stay off (.npmrc): nothing of a dependency runs here but what is built below, from source.
  if (!step('npm', ['ci', '--loglevel=error', '--ignore-scripts'], { shell: process.platform === 'win32' }))
    fail('npm ci failed (its own words are above); nothing was started. The npm registry must be reachable once.');
  say(`installed in ${((Date.now() - began) / 1000).toFixed(0)} s`);
  return true;
}

function buildAddons() {
  const missing = ['make', 'g++', 'python3'].filter(
    (tool) => spawnSync(tool, ['--version'], { stdio: 'ignore' }).error,
  );
  if (missing.length > 0) {
    say(
      `${missing.join(', ')} not found: the addons for real I2C and GPIO are not built; everything simulated works. Debian: apt-get install build-essential python3`,
    );
    return false;
  }
  say(`building ${addons.join(' and ')} for Node ${version()} (once) ...`);
  const gyp = path.join(modules, 'node-gyp/bin/node-gyp.js');
  return addons.every((name) => {
    const cwd = path.join(modules, name);
    rmSync(path.join(cwd, 'build'), { recursive: true, force: true });
    // --nodedir must be given: a setting of the machine's npm could name the headers of another Node.
    const built = step(
      node,
      [gyp, 'rebuild', `--nodedir=${nodePackage}`, `--jobs=${os.availableParallelism()}`, '--loglevel=error'],
      {
        cwd,
        stdio: ['ignore', 'ignore', 2],
        env: { ...process.env, npm_config_nodedir: nodePackage, npm_package_config_node_gyp_nodedir: nodePackage },
      },
    );
    if (!built)
      say(
        `${name} did not build (its compiler's words are above): real I2C or GPIO will not work, everything simulated does`,
      );
    return built;
  });
}

const version = () => JSON.parse(readFileSync(path.join(nodePackage, 'package.json'), 'utf8')).version;

if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
  fail(`Fieldpost runs on linux-x64 and linux-arm64; this is ${process.platform}-${process.arch}`);
if (Number(process.versions.node.split('.')[0]) < 20)
  fail(`Node 20 or later starts Fieldpost; this is ${process.versions.node}`);

once('install', readFileSync(path.join(root, 'package-lock.json')) + process.arch, install);
if (!existsSync(node))
  fail(
    `${path.relative(root, node)} is missing: npm installed no Node for this machine; remove node_modules and try again`,
  );
once(
  'addons',
  `${version()} ${process.arch} ${addons.map((name) => readFileSync(path.join(modules, name, 'package.json'), 'utf8')).join()}`,
  buildAddons,
);

const failed = buildNative();
if (failed !== null)
  say(
    `our own addon did not build: GPIO will not work and systemd is told by a program of its own; everything simulated works. Debian: apt-get install gcc libc6-dev. ${failed}`,
  );

const [program, ...args] = process.argv.slice(2);
if (!program) process.exit(0);
const child = spawn(node, [path.join(root, program), ...args], { stdio: 'inherit', cwd: process.cwd() });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
