/**
 * `npm run train:plot`: makes the model's files again and writes them; with `--check` it writes nothing and says whether
 * they are, to the byte, those that are there; with `--card` it takes the network that is there, and makes card and golden
 * vectors alone; with `--reduced` it prints the hash of the reduced model, which a test holds.
 */
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { build, buildModel, type Files, filesOf, fullBuild, reducedBuild } from './build.ts';
import type { Progress } from './fit.ts';

const folder = path.join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
/** The file of the network that is there: a threshold or a way to decode that changed needs no fit. */
const made = (): Promise<Files> =>
  process.argv.includes('--card')
    ? filesOf(readFileSync(path.join(folder, 'model.tflite')), fullBuild)
    : build(fullBuild, said);
const said = ({ tile, loss, taught }: Progress): void => {
  process.stderr.write(`tile ${tile}: error ${loss.toFixed(4)}, ${taught} of 512 taught something\n`);
};

if (process.argv.includes('--reduced')) {
  process.stdout.write(`${hash('sha256', await buildModel(reducedBuild), 'hex')}\n`);
} else {
  const from = performance.now();
  const others: string[] = [];
  for (const [name, bytes] of Object.entries(await made())) {
    const file = path.join(folder, name);
    const same = existsSync(file) && Buffer.from(bytes).equals(readFileSync(file));
    if (!same) others.push(name);
    if (!check) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
    }
    process.stdout.write(
      `${path.relative(process.cwd(), file)}: ${bytes.length} bytes, ${same ? 'the same' : 'OTHER'}\n`,
    );
  }
  // A loaded machine makes seconds longer, and hardly what all cores together worked.
  const { user, system } = process.cpuUsage();
  process.stderr.write(
    `${Math.round((performance.now() - from) / 1000)} s, ${Math.round((user + system) / 1e6)} s of all cores together\n`,
  );
  if (check) {
    process.exitCode = others.length === 0 ? 0 : 1;
    process.stdout.write(
      others.length === 0
        ? 'crop-plot: made again, and every file is the same to the byte\n'
        : `crop-plot: made again, and NOT the same: ${others.join(', ')}; npm run train:plot writes what this program makes\n`,
    );
  }
}
