/** The quick part of `npm test`: types, lint and format. `npm run check`. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

const root = path.join(import.meta.dirname, '..');
const bin = path.join(root, 'node_modules/.bin');

export function check(): boolean {
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['tsc', ['-p', root]],
    // What runs in a browser is checked against a browser's names.
    ['tsc', ['-p', path.join(root, 'daemons/console/web')]],
    ['tsc', ['-p', path.join(root, 'daemons/console/patrol-web')]],
    ['tsc', ['-p', path.join(root, 'daemons/service/web')]],
    ['tsc', ['-p', path.join(root, 'daemons/tools/camera/replay/web')]],
    ['tsc', ['-p', path.join(root, 'test/browser')]],
    ['biome', ['check', root]],
  ];
  return steps.every(
    ([program, args]) => spawnSync(path.join(bin, program), args, { stdio: ['ignore', 2, 2], cwd: root }).status === 0,
  );
}

if (import.meta.main) process.exit(check() ? 0 : 1);
