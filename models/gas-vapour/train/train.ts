/** `npm run train:gas`: makes the model's files again and writes them. About half a minute on one core. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, fullBuild } from './build.ts';

const folder = path.join(import.meta.dirname, '..');
for (const [name, bytes] of Object.entries(await build(fullBuild))) {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), bytes);
  process.stdout.write(`${path.join(path.relative(process.cwd(), folder), name)}: ${bytes.length} bytes\n`);
}
