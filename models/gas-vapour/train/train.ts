/**
 * `npm run train:gas`: makes the model's files again and writes them; with `--check` it writes nothing and says whether
 * they are, to the byte, those that are there. About half a minute on one core.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { build, fullBuild } from './build.ts';

const folder = path.join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
for (const [name, bytes] of Object.entries(await build(fullBuild))) {
  const file = path.join(folder, name);
  const same = existsSync(file) && Buffer.from(bytes).equals(readFileSync(file));
  if (check && !same) process.exitCode = 1;
  if (!check) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  process.stdout.write(
    `${path.relative(process.cwd(), file)}: ${bytes.length} bytes, ${same ? 'the same' : 'OTHER'}\n`,
  );
}
