/**
 * `npm test`: brings the Debian programs that some suites need where it may (root and apt), runs the checks and every
 * suite, and ends with what was skipped.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { failedFileIn } from './support/failed-files.ts';
import { findProgram } from './support/needs.ts';

const root = path.join(import.meta.dirname, '..');
/** Hundreds of processes run the same sources: a quarter of their processor time was to make JavaScript of them anew. */
const compiled = path.join(root, '.cache/compiled');
/** A run that takes longer hangs. */
const lidMs = 40 * 60_000;
/** Program on the PATH, and the Debian package that holds it. */
const programs: readonly (readonly [string, string])[] = [
  ['mosquitto', 'mosquitto'],
  ['mosquitto_passwd', 'mosquitto'],
  ['mosquitto_sub', 'mosquitto-clients'],
  ['nats-server', 'nats-server'],
  ['socat', 'socat'],
  ['openssl', 'openssl'],
  ['faketime', 'faketime'],
  ['mbpoll', 'mbpoll'],
  ['chronyd', 'chrony'],
  ['chromium', 'chromium'],
  ['tmux', 'tmux'],
  ['gcc', 'gcc'],
  ['exiftool', 'libimage-exiftool-perl'],
  ['pdftotext', 'poppler-utils'],
  ['mkfs.ext4', 'e2fsprogs'],
  ['nft', 'nftables'],
  ['ip', 'iproute2'],
  ['swtpm', 'swtpm'],
  ['tpm2_unseal', 'tpm2-tools'],
  ['qemu-aarch64-static', 'qemu-user-static'],
  ['gpiomon', 'gpiod'],
  ['flock', 'util-linux'],
  ['ffmpeg', 'ffmpeg'],
  ['v4l2-ctl', 'v4l-utils'],
  ['aarch64-linux-gnu-gcc', 'gcc-aarch64-linux-gnu'],
  ['aarch64-linux-gnu-g++', 'g++-aarch64-linux-gnu'],
  ['debootstrap', 'debootstrap'],
  ['systemd-nspawn', 'systemd-container'],
  ['dpkg-deb', 'dpkg'],
  ['lintian', 'lintian'],
];
/** Libraries and fonts without a program of their own: a file that tells they are there. */
const files: readonly (readonly [string, string])[] = [
  ['/usr/include/stdio.h', 'libc6-dev'],
  ['/usr/include/modbus/modbus.h', 'libmodbus-dev'],
  // What Node for arm64 is linked to, under qemu.
  ['/usr/aarch64-linux-gnu/lib/libstdc++.so.6', 'libstdc++6-arm64-cross'],
  ['/usr/aarch64-linux-gnu/include/stdio.h', 'libc6-dev-arm64-cross'],
  // Off the PATH, in a folder that is named after the version.
  ['/usr/lib/postgresql/*/bin/initdb', 'postgresql'],
  // The baseline of a bench.
  ['/usr/lib/python3/dist-packages/numpy', 'python3-numpy'],
  ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', 'fonts-dejavu-core'],
];

/** So many files may need a second try, each named in the last lines. */
const mostAgain = 3;

/** A mirror may fail once; the third time the suites themselves say what they lack. */
const installTries = 3;

function missingPackages(): string[] {
  const has = (test: string): boolean => spawnSync('sh', ['-c', test]).status === 0;
  return [
    ...programs.filter(([program]) => findProgram(program) === null).map(([, name]) => name),
    ...files.filter(([file]) => !has(`test -e ${file}`)).map(([, name]) => name),
  ];
}

function prepare(): void {
  let missing = missingPackages();
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0 || findProgram('apt-get') === null) {
    process.stderr.write(`not installed: ${missing.join(' ')}; suites that need them are skipped by name\n`);
    return;
  }
  const quiet = { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } } as const;
  for (let tried = 0; missing.length > 0 && tried < installTries; tried++) {
    process.stderr.write(`installing ${missing.join(' ')} ...\n`);
    spawnSync('apt-get', ['update', '-qq'], quiet);
    spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], quiet);
    missing = missingPackages();
  }
  if (missing.length > 0) process.stderr.write(`could not be installed: ${missing.join(' ')}\n`);
}

interface Outcome {
  readonly code: number;
  readonly skipped: readonly string[];
  /** Files that did not pass; a title where its file is not known. */
  readonly failed: readonly string[];
}

async function suites(patterns: readonly string[], seed: number): Promise<Outcome> {
  const ava = path.join(root, 'node_modules/ava/entrypoints/cli.mjs');
  const child = spawn(process.execPath, [ava, ...patterns], {
    cwd: root,
    env: { ...process.env, FIELDPOST_TEST_SEED: String(seed), NODE_COMPILE_CACHE: compiled },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const cutOff = (): void => {
    if (child.pid === undefined) return;
    process.kill(-child.pid, 'SIGKILL');
  };
  const lid = setTimeout(() => {
    process.stdout.write(`the suites took more than ${lidMs / 60_000} minutes and were cut off\n`);
    cutOff();
  }, lidMs);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, cutOff);
  const skipped = new Set<string>();
  const failed = new Set<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    let rest = '';
    stream.on('data', (text: string) => {
      process.stdout.write(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const found = /skipped: .*$/.exec(line);
        if (found) skipped.add(found[0]);
        const file = failedFileIn(root, line);
        if (file !== null) failed.add(file);
      }
    });
  }
  const code = await new Promise<number>((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
  clearTimeout(lid);
  return { code, skipped: [...skipped], failed: code === 0 ? [] : [...failed].toSorted() };
}

/**
 * Files that did not pass, once more, with nothing beside them. Scenarios of real processes may lose a race on a machine that
 * others load; what fails alone as well is broken, and so is a run with more files than `mostAgain`.
 */
async function again(failed: readonly string[], seed: number): Promise<Outcome> {
  process.stdout.write(`did not pass, once more alone: ${failed.join(' ')}\n`);
  const outcomes: Outcome[] = [];
  for (const file of failed) outcomes.push(await suites([file], seed));
  const code = outcomes.find((one) => one.code !== 0)?.code ?? 0;
  return { code, skipped: outcomes.flatMap((one) => one.skipped), failed: outcomes.flatMap((one) => one.failed) };
}

prepare();
const { values, positionals } = parseArgs({ options: { seed: { type: 'string' } }, allowPositionals: true });
const seed = values.seed === 'random' ? randomInt(2 ** 31) : Number(values.seed ?? 1);
if (!check()) {
  process.stdout.write('types, lint or format: see above; no suite was run\n');
  process.exit(1);
}
const first = await suites(positionals, seed);
const isFile = (one: string): boolean => existsSync(path.join(root, one));
const isWorthIt = first.failed.length > 0 && first.failed.length <= mostAgain && first.failed.every(isFile);
const second = isWorthIt ? await again(first.failed, seed) : null;
const skipped = [...new Set([...first.skipped, ...(second?.skipped ?? [])])];
if (second?.code === 0) process.stdout.write(`passed only alone: ${first.failed.join(' ')}\n`);
process.stdout.write(`property tests: seed ${seed}\n`);
process.stdout.write(skipped.length === 0 ? 'skipped: nothing\n' : `${skipped.join('\n')}\n`);
process.exit(second?.code ?? first.code);
