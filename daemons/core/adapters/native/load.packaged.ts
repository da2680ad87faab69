import { realpathSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** An addon that is tied to V8 (NAN) cannot be opened twice by one process: "Module did not self-register". */
const loaded = new Map<string, unknown>();

/**
 * Loads an addon by the name of its file out of `native/` beside the executable: the package owns that folder, so nothing is
 * unpacked at the first start, and a read-only root will do. Errors: Node's own.
 */
export function loadNative(file: string): unknown {
  const name = path.basename(file);
  if (!loaded.has(name)) {
    const addon = { exports: {} };
    const folder = path.join(path.dirname(realpathSync(process.execPath)), 'native');
    process.dlopen(addon, path.join(folder, name), os.constants.dlopen.RTLD_NOW);
    loaded.set(name, addon.exports);
  }
  return loaded.get(name);
}
