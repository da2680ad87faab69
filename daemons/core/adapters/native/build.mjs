// Builds the box's own addon: `node build.mjs [arch [compiler]]`. Node-API is C and the same for every Node, so a C
// compiler and the headers of the npm package of our Node are all it takes, for this processor or, with a cross compiler,
// for another: `node build.mjs arm64 aarch64-linux-gnu-gcc`. Plain JavaScript: run.mjs uses it before anything is built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const headers = path.join(here, `../../../../node_modules/node-linux-${process.arch}/include/node`);
const flags = ['-std=c11', '-O2', '-Wall', '-Wextra', '-fPIC', '-shared', '-fvisibility=hidden', '-I', headers];

/** Compiles when the sources changed since the addon was built. Says null when it is there, or why it is not. */
export function buildNative(arch = process.arch, compiler = 'cc') {
  const names = readdirSync(here).filter((name) => /\.[ch]$/.test(name));
  const text = names.map((name) => readFileSync(path.join(here, name), 'utf8')).join('\0');
  const sum = createHash('sha256')
    .update(`${flags.slice(0, -1)}${text}`)
    .digest('hex');
  const addon = path.join(here, `build/linux-${arch}.node`);
  const stamp = `${addon}.sha256`;
  if (existsSync(addon) && existsSync(stamp) && readFileSync(stamp, 'utf8') === sum) return null;
  mkdirSync(path.dirname(addon), { recursive: true });
  const fresh = `${addon}.${process.pid}`;
  const sources = names.filter((name) => name.endsWith('.c'));
  const done = spawnSync(compiler, [...flags, '-o', fresh, ...sources], { cwd: here, encoding: 'utf8' });
  if (done.error) return `${compiler} not found`;
  if (done.status !== 0) return done.stderr;
  // Under another name first: a process that has the older one loaded keeps it.
  renameSync(fresh, addon);
  writeFileSync(stamp, sum);
  return null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failed = buildNative(...process.argv.slice(2));
  if (failed !== null) {
    process.stderr.write(`fieldpost: the addon for GPIO and systemd did not build: ${failed}\n`);
    process.exit(1);
  }
}
