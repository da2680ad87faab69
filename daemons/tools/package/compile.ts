/**
 * Compiles programs as `program.packaged.ts` does, and writes the code that V8 made of each: `compile.ts FOLDER N PROGRAM...`, into
 * `PROGRAM.code` of that folder; the first `N` are not loaded. Run by the Node that will load them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

interface Loaded {
  /** Does what its start does before the world is asked, with a box of that folder of configurations. */
  rehearse(config: string): unknown;
}

const examples = path.join(import.meta.dirname, '../../../firmware-configs');
const [, , folder = '', unloaded = '', ...files] = process.argv;
for (const [n, file] of files.entries()) {
  // Code that was not used for a while is dropped by garbage collection, whose moments are not the same each time. V8 refuses code that
  // was compiled by other flags than it runs with, so they are as ever when it is written.
  setFlagsFromString('--no-flush-bytecode');
  const script = new Script(readFileSync(file, 'utf8'), { filename: path.basename(file) });
  const program = { exports: {} as Loaded };
  const load = script.runInThisContext();
  // V8 compiles a function when it is first called: what runs when a program is loaded, and in its rehearsal, is in the code too, or every
  // start of a box would compile it again. A thread is nothing without who started it.
  if (n >= Number(unloaded)) {
    load(createRequire(path.resolve(file)), program, program.exports, process.execPath, path.dirname(process.execPath));
    program.exports.rehearse(examples);
  }
  setFlagsFromString('--flush-bytecode');
  writeFileSync(path.join(folder, `${path.basename(file, '.cjs')}.code`), script.createCachedData());
}
process.exit();
