/** Node's single-executable application: a blob of program, code cache and assets, as a note in a copy of Node itself; programs behind it. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../../core/ports/fault.ts';
import { withParts } from '../program-parts.ts';
import { toolsFor } from './addons.ts';
import type { Base } from './base.ts';
import type { Bundle } from './bundle.ts';
import { pageFaults, pageSizes, segmentsOf, withNote } from './elf.ts';
import type { Architecture } from './project.ts';
import { run } from './run-program.ts';

/** Node looks for this note only where the last character of this text in it is a 1 (doc/api/single-executable-applications.md). */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:';
const noteName = 'NODE_SEA_BLOB';
/** Writes the code cache of a program: see `compile.ts`. */
const compiler = path.join(import.meta.dirname, 'compile.ts');
const arm64Libraries = '/usr/aarch64-linux-gnu';

/**
 * What every verb runs with. mqtt parses addresses by `url.parse`, of which Node warns at each start. Limits of memory are those of a
 * daemon and lie in its unit.
 */
const nodeFlags = ['--disable-warning=DEP0169'];

/** Loaded and rehearsed when they are compiled: a box starts often and slowly. What a centre runs is not the same to the byte once it was loaded. */
const ofBox: ReadonlySet<string> = new Set(['gas', 'uplink', 'dock', 'dji', 'camera', 'agent']);

/** The command that runs a program of a processor on this machine. */
export const runnerOf = (arch: Architecture): readonly string[] =>
  arch === process.arch ? [] : ['qemu-aarch64-static', '-L', arm64Libraries];

/** The files of which an executable is made, beside Node itself. */
export interface Made {
  readonly blob: string;
  /** By their names behind the executable: text and code of each program. */
  readonly parts: Readonly<Record<string, string>>;
}

/** Compiles the programs and makes the blob in `room`. Errors: Fault `absent` when a program is missing. */
export function makeParts(
  arch: Architecture,
  base: Base,
  { main, programs, threads, assets }: Bundle,
  room: string,
): Made {
  mkdirSync(room, { recursive: true });
  const node = path.join(base.folder, 'bin/node');
  // By the Node of that processor: code that V8 compiled elsewhere is refused at the start, or worse.
  const [program = node, ...before] = [...runnerOf(arch), node];
  // With a seed, since V8 orders what it wrote by hashes of it.
  const runNode = (...args: readonly string[]): void =>
    void run(program, [...before, '--random-seed=1', ...args], { cwd: path.dirname(main) });
  const names = Object.keys({ ...threads, ...programs });
  const loaded = names.filter((name) => ofBox.has(name));
  const unloaded = names.filter((name) => !ofBox.has(name));
  const files = [...unloaded, ...loaded].map((name) => `${name}.cjs`);
  // What is compiled by the way, in threads of V8, is not the same each time either.
  runNode('--predictable', compiler, room, String(unloaded.length), ...files);
  const withCode = (of: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
    Object.fromEntries(
      Object.entries(of).flatMap(([name, text]) => [
        [`programs/${name}`, text],
        [`programs/${name}.code`, path.join(room, `${name}.code`)],
      ]),
    );
  const blob = path.join(room, 'fieldpost.blob');
  const config = path.join(room, 'sea.json');
  const said = {
    main: path.basename(main),
    output: blob,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: true,
    execArgv: nodeFlags,
    assets: { ...assets, ...withCode(threads) },
  };
  writeFileSync(config, JSON.stringify(said));
  // In its folder, since the path of the program is in the blob.
  runNode('--experimental-sea-config', config);
  return { blob, parts: withCode(programs) };
}

/** Makes the executable `file`. Errors: Fault `absent` when a program is missing; `protocol` when its pages would not hold. */
export function makeExecutable(arch: Architecture, base: Base, made: Bundle, room: string, file: string): void {
  const { blob, parts } = makeParts(arch, base, made, room);
  const node = path.join(base.folder, 'bin/node');
  const bare = path.join(room, 'node');
  copyFileSync(node, bare);
  run(`${toolsFor(arch)}strip`, [bare]);
  const bytes = readFileSync(bare);
  const at = bytes.indexOf(`${fuse}0`);
  if (at < 0 || bytes.indexOf(`${fuse}0`, at + 1) >= 0)
    throw new Fault('protocol', `${node}: has no fuse of its own for a single executable`);
  bytes[at + fuse.length] = '1'.charCodeAt(0);
  const whole = withNote(bytes, noteName, readFileSync(blob));
  for (const page of pageSizes[arch]) {
    const [wrong] = pageFaults(segmentsOf(whole), page);
    if (wrong) throw new Fault('protocol', `${path.basename(file)} for ${arch}, with pages of ${page}: ${wrong}`);
  }
  const read = Object.entries(parts).map(([name, from]) => [name, readFileSync(from)]);
  writeFileSync(file, withParts(whole, Object.fromEntries(read)), { mode: 0o755 });
}
