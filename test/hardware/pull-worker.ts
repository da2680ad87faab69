/** A thread that moves a simulated line up and down, so that who waits for the edges is busy with nothing else. */
import { writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const restMs = 10;
const waits = new Int32Array(new SharedArrayBuffer(4));
for (let i = 0; i < 2 * workerData.times; i++) {
  writeFileSync(workerData.file, i % 2 === 0 ? 'pull-up' : 'pull-down');
  Atomics.wait(waits, 0, 0, restMs);
}
parentPort?.postMessage('done');
