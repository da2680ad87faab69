import { globSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'ava';
import { dockCases, loopCases, sensorCases } from './bench-cases.ts';

const daemons = path.join(import.meta.dirname, '../../daemons');

/** The parts that a driver's file is for: of what it exports, and of a record of them. */
function partsOf(exported: object): string[] {
  const isDriver = (one: unknown): one is { readonly part: string } =>
    typeof one === 'object' && one !== null && 'part' in one && 'port' in one && 'open' in one;
  return Object.values(exported)
    .flatMap((one) => (isDriver(one) ? [one] : Object.values(one && typeof one === 'object' ? one : {})))
    .filter(isDriver)
    .map(({ part }) => part);
}

test('every driver of every daemon has cases on the kernel bench, and the bench has none of a driver that is gone', async (t) => {
  const files = globSync('*/drivers/*.ts', { cwd: daemons });
  const parts: string[] = [];
  for (const file of files) {
    const found = partsOf(await import(pathToFileURL(path.join(daemons, file)).href));
    t.true(found.length > 0, `${file} exports no driver`);
    parts.push(...found);
  }
  const onBench = { ...sensorCases, ...loopCases, ...dockCases };
  t.deepEqual(parts.toSorted(), Object.keys(onBench).toSorted());
  for (const [part, cases] of Object.entries(onBench)) t.true(cases.length > 1, part);
});
