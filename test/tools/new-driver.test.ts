import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { isFault } from '../../daemons/core/ports/fault.ts';
import { naming, newDriver } from '../../daemons/tools/new-driver/new-driver.ts';

const root = path.join(import.meta.dirname, '../..');

/** A house to build in: what a new driver changes is a copy, the rest is the real one. */
function house(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-new-driver-'));
  const file = (...parts: string[]): string => path.join(folder, ...parts);
  mkdirSync(file('daemons/tools'), { recursive: true });
  mkdirSync(file('test/gas/drivers'), { recursive: true });
  for (const copied of ['daemons/gas', 'daemons/tools/simulate', 'test/captures', 'test/bench'])
    cpSync(path.join(root, copied), file(copied), { recursive: true });
  for (const one of ['conformance.test.ts', 'published.ts', 'published.test.ts', 'fuzz.test.ts'])
    cpSync(path.join(root, 'test/gas/drivers', one), file('test/gas/drivers', one));
  for (const linked of ['daemons/core', 'daemons/tools/evaluate', 'test/support', 'node_modules'])
    symlinkSync(path.join(root, linked), file(linked));
  cpSync(path.join(root, 'package.json'), file('package.json'));
  return folder;
}

const run = (folder: string, ...args: string[]) =>
  spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });

for (const port of ['i2c', 'serial'] as const) {
  test(`a new driver on ${port} passes every test of a driver and makes its captures before a line of it is written`, (t) => {
    const folder = house();
    t.teardown(() => rmSync(folder, { recursive: true }));
    const files = newDriver(folder, 'my-sensor', port);
    t.is(files.length, 7);
    const made = run(folder, 'test/captures/make.ts', 'my-sensor');
    t.is(made.status, 0, made.stderr);
    const expected = (name: string): unknown =>
      JSON.parse(
        readFileSync(path.join(folder, 'test/captures/my-sensor', name, 'expected.jsonl'), 'utf8').split('\n', 1)[0] ??
          '',
      );
    t.deepEqual(expected('normal'), [{ channel: 'value', value: 12.5, flags: [] }]);
    t.deepEqual(
      expected('corrupt'),
      port === 'i2c' ? [{ channel: 'value', value: 655, flags: ['out-of-range'] }] : { fault: 'protocol' },
    );
    t.deepEqual(expected('warming-up'), [{ channel: 'value', value: 12.5, flags: ['warming-up'] }]);
    t.deepEqual(expected('absent'), { fault: port === 'i2c' ? 'nack' : 'absent' });
    const ava = path.join(root, 'node_modules/ava/entrypoints/cli.mjs');
    const tested = run(folder, ava, 'test/gas/drivers/*.test.ts');
    t.is(tested.status, 0, tested.stdout + tested.stderr);
    t.regex(tested.stdout, /my-sensor: a published vector/);
    t.regex(tested.stdout, /my-sensor: mutated frames/);
    t.regex(tested.stdout, /every driver has a published vector, four captures/);
  });
}

test('a driver that is there already is not overwritten, and a name that is none is refused', (t) => {
  const error = t.throws(() => newDriver(root, 'sht4x', 'i2c'));
  t.true(isFault(error) && /is there already; nothing was written/.test(error.message));
  for (const name of ['', 'My-Sensor', '4-20', 'a--b', '../x', 'a'.repeat(33)]) t.throws(() => naming(name));
  t.deepEqual(naming('mh-z19b'), { part: 'mh-z19b', camel: 'mhZ19b', pascal: 'MhZ19b' });
});
