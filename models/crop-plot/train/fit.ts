/**
 * Fits the network on tiles that are rendered as they are needed, each seen once: there is nothing to learn by heart. A step
 * is dealt out to threads, and what they say is summed up in their order, so the clock has no part in the bytes.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { seeded } from '../../../daemons/tools/simulate/random.ts';
import type { Learned, Learning } from './learner.ts';
import { type Net, openNet } from './net.ts';

export interface FitOptions {
  /** Seeds of the tiles from here upwards. */
  readonly seed: number;
  readonly tiles: number;
  readonly rate: number;
  readonly side: number;
}

export interface Progress {
  readonly tile: number;
  readonly loss: number;
  readonly taught: number;
}

const threads = 4;
const perThread = 2;
const perStep = threads * perThread;
const stepsPerWord = 64;

export async function fitted(options: FitOptions, said: (progress: Progress) => void = () => {}): Promise<Net> {
  const { seed, tiles, rate, side } = options;
  const net = await openNet(side, seeded(seed));
  const step = adam(net);
  const steps = Math.ceil(tiles / perStep);
  const shared = (): Float32Array => new Float32Array(new SharedArrayBuffer(4 * net.params.length));
  const params = shared();
  const crew = Array.from({ length: threads }, (_, t) => {
    const mine = Array.from({ length: perThread }, (_, i) => t * perThread + i);
    const learning: Learning = { seed, side, mine, perStep, steps, params, grads: shared() };
    const worker = new Worker(new URL('./learner.ts', import.meta.url), { workerData: learning });
    return { worker, grads: learning.grads };
  });
  try {
    let [loss, taught] = [0, 0];
    for (let s = 0; s < steps; s++) {
      params.set(net.params);
      const told = await Promise.all(
        crew.map(async ({ worker }) => {
          worker.postMessage('go');
          // A thread that throws rejects this.
          const [learned] = (await once(worker, 'message')) as [Learned];
          return learned;
        }),
      );
      for (const { grads } of crew)
        for (let p = 0; p < grads.length; p++) net.grads[p] = (net.grads[p] as number) + (grads[p] as number);
      // Rising at first, for nothing is known yet of how large slopes are; falling to nothing at the end.
      step(rate * Math.min(1, (s + 1) / (0.02 * steps)) * (1 - s / steps));
      loss += told.reduce((sum, one) => sum + one.loss, 0);
      taught += told.reduce((sum, one) => sum + one.taught, 0);
      if ((s + 1) % stepsPerWord !== 0) continue;
      said({ tile: (s + 1) * perStep, loss: loss / (stepsPerWord * perStep), taught });
      [loss, taught] = [0, 0];
    }
  } finally {
    await Promise.all(crew.map(({ worker }) => worker.terminate()));
  }
  return net;
}

/** Adam (Kingma and Ba 2015) with its usual constants; takes and clears the summed slopes. */
function adam(net: Net): (rate: number) => void {
  const mean = new Float64Array(net.params.length);
  const square = new Float64Array(net.params.length);
  let [b1, b2] = [1, 1];
  return (rate) => {
    b1 *= 0.9;
    b2 *= 0.999;
    for (let p = 0; p < net.params.length; p++) {
      const slope = net.grads[p] as number;
      const m = 0.9 * (mean[p] as number) + 0.1 * slope;
      const v = 0.999 * (square[p] as number) + 0.001 * slope * slope;
      mean[p] = m;
      square[p] = v;
      net.params[p] = (net.params[p] as number) - (rate * (m / (1 - b1))) / (Math.sqrt(v / (1 - b2)) + 1e-7);
    }
    net.grads.fill(0);
    net.settle();
  };
}
