/** What the `infer` port costs on top of the runtime: the shipped gas model inline, MobileNet v2 in a worker. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openLiteRt } from '../../daemons/core/adapters/infer.litert.ts';
import { openLiteRtWorker } from '../../daemons/core/adapters/infer.litert-worker.ts';
import type { Model } from '../../daemons/core/ports/infer.ts';
import { printed } from '../../daemons/tools/evaluate/figures.ts';
import { bareModel, compileBare } from './bare-litert.ts';
import { abTurns, type Figure, median } from './figure.ts';

const root = path.join(import.meta.dirname, '../..');
const mobilenetFile = path.join(root, '../shared/data/models/coral_mobilenet_v2_1.0_224_quant.tflite');

export async function inference(): Promise<readonly Figure[]> {
  const gas = await gasFigure();
  if (existsSync(mobilenetFile)) return [gas, ...(await mobilenetFigures())];
  return [gas, printed('inference.mobilenet', null, 'ms', 'skipped: inference.mobilenet: no data')];
}

const judged = (
  id: string,
  { value, baseline, most, note }: { value: number; baseline: number; most: number; note: string },
): Figure => {
  const ratio = value / baseline;
  return { id, value, unit: 'ms', baseline, ratio, reach: `ratio <= ${most}`, ok: ratio <= most, note };
};

async function gasFigure(): Promise<Figure> {
  const bytes = readFileSync(path.join(root, 'models/gas-vapour/model.tflite'));
  const bare = await bareModel(await compileBare(), bytes);
  const model = await (await openLiteRt()).load(bytes, 'model.tflite');
  const features = new Int8Array(18).map((_, i) => 13 * i - 100);
  const given = [features];
  const raw = new Uint8Array(features.buffer);
  const calls = 2000;
  const msPerCall = (work: () => void) => (): number => {
    const from = performance.now();
    for (let i = 0; i < calls; i++) work();
    return (performance.now() - from) / calls;
  };
  const [ours, theirs] = [msPerCall(() => model.run(given)), msPerCall(() => bare(raw))];
  warm(ours, theirs);
  const { a, b } = await abTurns(ours, theirs, 15);
  return judged('inference.gas', {
    value: a,
    baseline: b,
    most: 1.5,
    note: 'the shipped int8 model inline, beside the bare LiteRT call',
  });
}

const warm = (...works: readonly (() => void)[]): void => {
  for (let i = 0; i < 3; i++) for (const work of works) work();
};

async function mobilenetFigures(): Promise<Figure[]> {
  const bytes = readFileSync(mobilenetFile);
  const picture = new Uint8Array(224 * 224 * 3).map((_, i) => (i * 31) % 256);
  const cacheDir = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-bench-'));
  const [one, two] = await Promise.all([openLiteRtWorker({ threads: 1 }), openLiteRtWorker({ threads: 2, cacheDir })]);
  try {
    const bare = await bareModel(await compileBare(), bytes);
    const [single, double] = [await one.load(bytes, 'v2'), await two.load(bytes, 'v2')];
    const ours = timed(single, picture);
    const theirs = (): number => {
      const from = performance.now();
      bare(picture);
      return performance.now() - from;
    };
    for (let i = 0; i < 10; i++) [await ours(), theirs()];
    // A call a turn: neighbours in time meet the same load of the machine.
    const { a, b } = await abTurns(ours, theirs, 61);
    const threaded: number[] = [];
    for (let i = 0; i < 31; i++) threaded.push(await timed(double, picture)());
    return [
      judged('inference.mobilenet', {
        value: a,
        baseline: b,
        most: 1.1,
        note: 'MobileNet v2 in our worker on 1 thread, beside the bare LiteRT call inline on 1 thread',
      }),
      printed('inference.mobilenet.2-threads', median(threaded), 'ms', 'the same worker on 2 threads'),
    ];
  } finally {
    await Promise.all([one.close(), two.close()]);
    rmSync(cacheDir, { recursive: true });
  }
}

const timed = (model: Model, picture: Uint8Array) => async (): Promise<number> => {
  const from = performance.now();
  await model.run([picture]);
  return performance.now() - from;
};
