/** Programs of the executable: each daemon is one of its own, so that a box loads the text and the code of what it runs and no more. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Script } from 'node:vm';
import { readParts } from './program-parts.ts';

type Exports = Record<string, unknown>;
/** Not by its name, where another version may lie by now; in a root without /proc there is nothing else. */
const itself = existsSync('/proc/self/exe') ? '/proc/self/exe' : process.execPath;
const loaded = new Map<string, Exports>();

/** Runs a program once, out of the code that V8 compiled when it was packaged, and gives what it exports. */
export async function loadProgram(name: string): Promise<Exports> {
  const before = loaded.get(name);
  if (before) return before;
  const [text, cachedData] = readParts(itself, [`programs/${name}`, `programs/${name}.code`]);
  const script = new Script(String(text), { filename: `${name}.cjs`, ...(cachedData && { cachedData }) });
  const module: { exports: Exports } = { exports: {} };
  // npm packages ask where they are: in the executable, as its main program.
  script.runInThisContext()(require, module, module.exports, process.execPath, path.dirname(process.execPath));
  loaded.set(name, module.exports);
  return module.exports;
}

/** One module of the program that holds whatever is no daemon. */
export async function loadTool(file: string): Promise<unknown> {
  const { modules } = (await loadProgram('tools')) as { modules: Readonly<Record<string, () => Promise<unknown>>> };
  return modules[file]?.();
}
