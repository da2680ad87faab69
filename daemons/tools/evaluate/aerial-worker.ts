/** One thread of the measuring: does the jobs that it was given, one after the other, with a model of its own. */
import { parentPort, workerData } from 'node:worker_threads';
import { openLiteRt } from '../../core/adapters/infer.litert.ts';
import { openPictures } from '../../core/adapters/pictures.wasm.ts';
import { loadVision } from '../../core/model/vision.ts';
import { done, type Job, realTiles } from './aerial-jobs.ts';
import { shippedRule } from './aerial-rule.ts';

export interface Orders {
  readonly folder: string;
  readonly data: string;
  readonly thresholds: readonly number[];
  readonly jobs: readonly Job[];
}

const { folder, data, thresholds, jobs } = workerData as Orders;
const model = await loadVision({ folder, infer: await openLiteRt() });
const bench = { model, tiles: realTiles(data, await openPictures()), thresholds, section: shippedRule() };
for (const job of jobs) parentPort?.postMessage(await done(job, bench));
await model.close();
