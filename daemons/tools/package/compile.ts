/**
 * Compiles programs as `program.packaged.ts` does, and writes the code that V8 made of each: `compile.ts FOLDER THREADS PROGRAM...`, into
 * `PROGRAM.code` of that folder; the first `THREADS` of them are programs of threads. Run by the Node that will load them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';

const [, , folder = '', threads = '', ...files] = process.argv;
for (const [n, file] of files.entries()) {
  const script = new Script(readFileSync(file, 'utf8'), { filename: path.basename(file) });
  const program = { exports: {} };
  const load = script.runInThisContext();
  // What runs when a program is loaded is compiled then: it is in the code too, or every start of a box would do it again. A thread is
  // nothing without who started it.
  if (n >= Number(threads))
    load(createRequire(path.resolve(file)), program, program.exports, process.execPath, path.dirname(process.execPath));
  writeFileSync(path.join(folder, `${path.basename(file, '.cjs')}.code`), script.createCachedData());
}
process.exit();
