import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import test from 'ava';
import { errnoOf, loadAddon } from '../../../../daemons/core/adapters/native/addon.ts';
import { arm64Node } from '../../../support/arm64.ts';
import { nativeBuilt } from '../../../support/native.ts';
import { needs } from '../../../support/needs.ts';

const fuzz = path.join(import.meta.dirname, '../../../support/fuzz-addon.ts');
const well = (calls: number): unknown => ({ calls, given: 0, open: 0 });

if (nativeBuilt('our own addon')) {
  test('what is no chip is refused with the errno of the kernel', (t) => {
    const addon = loadAddon();
    for (const [file, code] of [
      ['/dev/null', 'ENOTTY'],
      ['/proc/self/mem', 'ENOTTY'],
      ['/fieldpost-none', 'ENOENT'],
    ] as const)
      for (const call of [() => addon.chip(file), () => addon.requestLine(file, 0, 4, 0, false, 'test')]) {
        const error = t.throws(call, { any: true });
        t.is(errnoOf(error), code);
      }
  });

  test('an argument of another kind is a TypeError, a number or text beyond its bound a RangeError', (t) => {
    const addon = loadAddon();
    const line = {} as never;
    t.throws(() => addon.chip(1 as never), { instanceOf: TypeError });
    t.throws(() => addon.chip('a\0b'), { instanceOf: TypeError });
    t.throws(() => addon.chip('x'.repeat(300)), { instanceOf: RangeError });
    t.throws(() => addon.level(line), { instanceOf: TypeError });
    t.throws(() => addon.closeLine(line), { instanceOf: TypeError });
    t.throws(() => addon.requestLine('/dev/null', -1, 4, 0, false, 'test'), { instanceOf: RangeError });
    t.throws(() => addon.requestLine('/dev/null', 0.5, 4, 0, false, 'test'), { instanceOf: RangeError });
    t.throws(() => addon.requestLine('/dev/null', 0, 2 ** 32, 0, false, 'test'), { instanceOf: RangeError });
    t.throws(() => addon.requestLine('/dev/null', 0, 4, 6e7 + 1, false, 'test'), { instanceOf: RangeError });
    t.throws(() => addon.requestLine('/dev/null', 0, 4, 0, false, 'x'.repeat(32)), { instanceOf: RangeError });
  });

  test('the addon ends no process whatever it is given, and leaves no descriptor open', (t) => {
    const seed = String(Date.now() % 1e6);
    const done = spawnSync(process.execPath, [fuzz, '8000', seed], { encoding: 'utf8' });
    t.is(done.status, 0, `seed ${seed}: ${done.signal} ${done.stderr}`);
    t.deepEqual(JSON.parse(done.stdout), well(8000), `seed ${seed}`);
  });
}

const cross = 'our own addon for arm64';
const arm64 = needs('aarch64-linux-gnu-gcc', cross) ? arm64Node(cross) : null;
if (arm64 && nativeBuilt(cross, 'arm64', 'aarch64-linux-gnu-gcc')) {
  test('built by a cross compiler it loads in Node for arm64 and does the same', (t) => {
    t.timeout(180_000);
    const [command = '', ...args] = arm64;
    t.deepEqual(JSON.parse(execFileSync(command, [...args, fuzz, '500', '1'], { encoding: 'utf8' })), well(500));
  });
}
