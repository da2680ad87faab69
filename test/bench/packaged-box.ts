/** The packaged executable as a box runs it: a board of 16 channels, the flags of its units, what its processes take. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { nodeBase } from '../../daemons/tools/package/base.ts';
import { withParts } from '../../daemons/tools/program-parts.ts';
import { packaged } from '../support/packaged.ts';
import { type Program, startProgram } from '../support/process.ts';
import { unitEnvironment } from '../support/unit-environment.ts';

export interface Packaged {
  /** The folder that runs where it is. */
  readonly staged: string;
  readonly executable: string;
  /** npm's Node, of which the executable is a copy. */
  readonly node: string;
  /** What makes that Node run the bundle of the executable, before a verb. */
  readonly bundle: readonly string[];
}

/** Packages the sources for this processor into `folder`. */
export async function packagedHere(folder: string): Promise<Packaged> {
  const staged = await packaged('x64', folder, '--no-deb');
  const { assets } = JSON.parse(readFileSync(path.join(folder, 'room-x64/sea.json'), 'utf8')) as { assets: object };
  const programs = path.join(folder, 'programs');
  writeFileSync(programs, withParts(Buffer.alloc(0), uncompiled(path.join(folder, 'bundle'))));
  const executable = path.join(staged, 'fieldpost');
  readAnew(executable);
  const before = path.join(folder, 'assets.cjs');
  // A plain Node has no assets in itself, and lies in another folder than models and addons.
  writeFileSync(
    before,
    `const sea = require('node:sea');
const { readFileSync } = require('node:fs');
const files = ${JSON.stringify(assets)};
const bytes = (name) => readFileSync(files[name]);
sea.getAsset = (name, encoding) => bytes(name).toString(encoding);
// What V8 compiled before is the executable's own.
sea.getRawAsset = (name) => (name.endsWith('.code') ? new ArrayBuffer(0) : new Uint8Array(bytes(name)).buffer);
// Programs lie behind the executable: here in a file of their own, without what V8 compiled.
const fs = require('node:fs');
const { openSync } = fs;
fs.openSync = (file, ...how) => openSync(file === '/proc/self/exe' ? ${JSON.stringify(programs)} : file, ...how);
require('node:module').syncBuiltinESMExports();
process.execPath = ${JSON.stringify(executable)};
`,
  );
  return {
    ...{ staged, executable, node: path.join(nodeBase('x64').folder, 'bin/node') },
    bundle: ['--disable-warning=DEP0169', '--require', before, path.join(folder, 'bundle/fieldpost.cjs')],
  };
}

/** The texts of programs as the executable has them behind it, each with no code. */
const uncompiled = (bundle: string): Readonly<Record<string, Buffer>> =>
  Object.fromEntries(
    readdirSync(bundle)
      .filter((name) => name.endsWith('.cjs'))
      .flatMap((name) => {
        const program = `programs/${path.basename(name, '.cjs')}`;
        return [
          [program, readFileSync(path.join(bundle, name))],
          [`${program}.code`, Buffer.alloc(0)],
        ];
      }),
  );

/**
 * Puts a file out of the page cache. What was just written lies there in pieces of up to 2 MB (Linux 6.16 and later, ext4), and a process
 * that touches a byte has the piece mapped: 111 MB of this executable where 51 are mapped after a boot. Errors: what the programs said.
 */
export function readAnew(file: string): void {
  for (const [program, ...args] of [
    ['sync', file],
    ['dd', `if=${file}`, 'iflag=nocache', 'count=0', 'status=none'],
  ] as const) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  }
}

export interface Instruments {
  readonly ports: readonly number[];
  stop(): void;
}

/** Simulated Modbus analyzers of four channels each, in a process of their own. */
export async function startAnalyzers(count: number): Promise<Instruments> {
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'gas-cpu.instruments.child.ts'), String(count)],
    {
      stdio: ['ignore', 2, 'inherit', 'ipc'],
    },
  );
  const [ports] = (await once(child, 'message')) as [number[]];
  return { ports, stop: () => child.disconnect() };
}

/** Starts a daemon with what its unit sets. It ends with this process. */
export const startDaemon = (program: readonly string[], daemon: string, args: readonly string[]): Program => {
  const set = Object.entries(unitEnvironment(daemon)).map(([name, value]) => `${name}=${value}`);
  return startProgram('/usr/bin/env', [...set, ...program, ...args]);
};

/** Resolves when it has said that. Errors: when it ends before, with what it said. */
export async function said({ child, output }: Program, what: string): Promise<void> {
  while (!output().includes(what)) {
    if (child.exitCode !== null) throw new Error(`ended before it said "${what}":\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

export interface Taken {
  /** Memory that no other process shares, in MB of a million bytes: of the whole, and what was written to. */
  readonly private: number;
  readonly dirty: number;
  /** Shared memory counts by its share. */
  readonly pss: number;
}

/** What a process takes now. */
export function takenBy(pid: number | undefined): Taken {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const mb = (name: string): number => (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024) / 1e6;
  const dirty = mb('Private_Dirty');
  return { private: dirty + mb('Private_Clean'), dirty, pss: mb('Pss') };
}

/** Milliseconds of CPU that all threads of a process have used so far. */
export function usedBy(pid: number | undefined): number {
  const of = (thread: string): number =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + of(thread), 0) / 1e6;
}
