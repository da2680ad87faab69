/** The quick part of `npm test`: types, lint and format. `npm run check`. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const root = path.join(import.meta.dirname, '..');
const bin = path.join(root, 'node_modules/.bin');

export function check(): boolean {
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['tsc', ['-p', root]],
    ['tsc', ['-p', path.join(root, 'daemons/console/web')]],
    ['biome', ['check', root]],
  ];
  return steps
    .filter(([, args]) => !args.some((arg) => arg.endsWith('/web')) || hasWeb())
    .every(
      ([program, args]) =>
        spawnSync(path.join(bin, program), args, { stdio: ['ignore', 2, 2], cwd: root }).status === 0,
    );
}

const hasWeb = (): boolean =>
  spawnSync('test', ['-f', path.join(root, 'daemons/console/web/tsconfig.json')]).status === 0;

if (import.meta.main) process.exit(check() ? 0 : 1);
