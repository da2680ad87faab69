import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { failedFileIn } from './failed-files.ts';

test('a file that did not pass is known by its failed test, its end, its silence or what it threw', (t) => {
  const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-failed-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  mkdirSync(path.join(root, 'test/gas/drivers'), { recursive: true });
  writeFileSync(path.join(root, 'test/gas/drivers/wind.test.ts'), '');
  const lines = [
    ['  ✔ house › no file is longer than 300 lines (269ms)', null],
    ['  ✘ test/one.test.ts exited with a non-zero exit code: 1', 'test/one.test.ts'],
    ['  3 tests were pending in test/two.test.ts', 'test/two.test.ts'],
    ['  Uncaught exception in test/three.test.ts', 'test/three.test.ts'],
    ['  ✘ [fail]: gas › drivers › wind › a failed axis is no wind', 'test/gas/drivers/wind.test.ts'],
    ['  ✘ [fail]: of no file › that is there', 'of no file › that is there'],
    ['    ✘ [fail]: gas › drivers › wind › said by the output of a test', null],
  ] as const;
  for (const [line, file] of lines) t.is(failedFileIn(root, line), file);
});
