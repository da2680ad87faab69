import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { candidates, inForceFolder } from '../../../daemons/core/model/places.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { lay, switchTo } from '../../../daemons/tools/train/put-in-force.ts';
import { killChild, startChild } from '../../rigs/child.ts';
import { numbersOf } from '../../rigs/draw.ts';
import { lacksForCuts, openDisk } from '../../support/loop-ext4.ts';
import { allows } from '../../support/needs.ts';
import { markedFiles, markOf } from './marked-model.ts';

/** A folder of models with one that came with the program, number 0. */
function shippedIn(folder: string): string {
  const shipped = path.join(folder, 'toy');
  mkdirSync(path.join(shipped, 'golden'), { recursive: true });
  for (const [name, content] of Object.entries(markedFiles(0))) writeFileSync(path.join(shipped, name), content);
  return shipped;
}

function fresh(t: ExecutionContext): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-models-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return shippedIn(folder);
}

function* put(shipped: string, n: number): Generator<string> {
  const laid = lay(shipped, markedFiles(n));
  yield laid;
  yield* switchTo({ shipped, laid, version: `0.0.${n}`, before: inForceFolder(shipped) });
}

test('a model is put in force, and the one before it is the last good one', (t) => {
  const shipped = fresh(t);
  t.deepEqual(candidates(shipped), [shipped]);
  for (const n of [1, 2]) t.is([...put(shipped, n)].at(-1), `${shipped}@0.0.${n}`);
  t.deepEqual(candidates(shipped).map(markOf), [2, 1, 0]);
});

test('a cut after any step leaves a whole model in force, and the next training goes through', (t) => {
  let steps = 0;
  for (let cut = 1; ; cut++) {
    const shipped = fresh(t);
    for (const _ of put(shipped, 1));
    const work = put(shipped, 2);
    let done = false;
    for (let i = 0; i < cut && !done; i++) done = work.next().done === true;
    const now = markOf(inForceFolder(shipped));
    t.true(now === 1 || now === 2, `after ${cut} steps`);
    for (const folder of candidates(shipped)) markOf(folder);
    const again = put(shipped, 3);
    for (const _ of again);
    t.is(markOf(inForceFolder(shipped)), 3);
    t.is(markOf(candidates(shipped)[1] ?? ''), now);
    t.false(readdirSync(path.dirname(shipped)).some((name) => /making|next/.test(name)));
    if (done) break;
    steps = cut;
  }
  t.true(steps >= 8, `${steps}`);
});

test('what a killed training left is swept; what another one is writing is not', (t) => {
  const shipped = fresh(t);
  const [dead, alive] = [`${shipped}.making-${2 ** 22 + 1}`, `${shipped}.making-1`];
  for (const folder of [dead, alive]) mkdirSync(folder);
  rmSync(lay(shipped, markedFiles(1)), { recursive: true });
  t.false(existsSync(dead));
  t.true(existsSync(alive));
});

test('of two trainings for one version the second is refused, and the first stays in force', (t) => {
  const shipped = fresh(t);
  for (const _ of put(shipped, 1));
  const error = t.throws(() => [...put(shipped, 1)]);
  t.true(isFault(error) && error.kind === 'refused');
  t.regex(error?.message ?? '', /toy@0\.0\.1: another training put it there meanwhile/);
  t.is(markOf(inForceFolder(shipped)), 1);
});

test('a folder of models that is copied keeps its own model in force', (t) => {
  const shipped = fresh(t);
  for (const _ of put(shipped, 1));
  const copy = `${path.dirname(shipped)}-copy`;
  t.teardown(() => rmSync(copy, { recursive: true }));
  cpSync(path.dirname(shipped), copy, { recursive: true, verbatimSymlinks: true });
  t.is(inForceFolder(path.join(copy, 'toy')), path.join(copy, 'toy@0.0.1'));
});

const lack = lacksForCuts();
const title = 'a power cut at any instant leaves a whole model in force, and never one older than what was said';
test(title, async (t) => {
  if (!allows(lack, title)) {
    t.pass();
    return;
  }
  t.timeout(180_000);
  const disk = openDisk(32);
  t.teardown(() => disk.close());
  const shipped = shippedIn(path.join(disk.folder, 'models'));
  disk.again();
  const draw = numbersOf(7);
  let least = 0;
  for (let round = 0; round < 10; round++) {
    // A number of its own each time: a folder that was laid before the cut may be back after it.
    const child = startChild(path.join(import.meta.dirname, 'switcher.child.ts'), [shipped, `${1000 * (round + 1)}`]);
    await child.says(draw() < 0.3 ? /^ready/ : /^in force/);
    await new Promise((resolve) => setTimeout(resolve, 60 * draw()));
    await killChild(child);
    disk.cut();
    least = Math.max(least, ...child.lines.map((line) => Number(/^in force (\d+)$/.exec(line)?.[1] ?? 0)));
    const now = markOf(inForceFolder(shipped));
    t.true(now >= least, `round ${round}: ${now} is in force, ${least} was said`);
    for (const folder of candidates(shipped)) markOf(folder);
    least = now;
  }
  t.true(least >= 1000);
});
