import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { failedFileIn, failedFiles, forget } from './failed-files.ts';

test('a file that did not pass is known by its failed test, its end, its silence or what it threw', (t) => {
  const lines = [
    '  ✔ house › no file is longer than 300 lines (269ms)',
    '  ✘ test/one.test.ts exited with a non-zero exit code: 1',
    '  3 tests were pending in test/two.test.ts',
    '  Uncaught exception in test/three.test.ts',
    '  ✘ [fail]: house › the map names every folder',
  ];
  t.deepEqual(lines.map(failedFileIn), [null, 'test/one.test.ts', 'test/two.test.ts', 'test/three.test.ts', null]);

  const root = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-failed-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const folder = path.join(root, 'node_modules/.cache/ava');
  mkdirSync(folder, { recursive: true });
  const list = [path.join(root, 'test/four.test.ts'), path.join(root, 'test/one.test.ts')];
  writeFileSync(path.join(folder, 'failing-tests.json'), JSON.stringify(list));
  t.deepEqual(failedFiles(root, ['test/one.test.ts']), ['test/four.test.ts', 'test/one.test.ts']);
  forget(root);
  t.deepEqual(failedFiles(root, []), []);
});
