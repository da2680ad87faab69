/** One of the threads that a step is dealt out to: renders its tiles, and says which way the weights should go for them. */
import { parentPort, workerData } from 'node:worker_threads';
import { exp } from '../../../daemons/core/exact/math.ts';
import { seeded } from '../../../daemons/tools/simulate/random.ts';
import { openNet } from './net.ts';
import { type Tile, tileOf, valuesOf } from './tiles.ts';

export interface Learning {
  readonly seed: number;
  readonly side: number;
  /** This thread's tiles of a step, among those of the step. */
  readonly mine: readonly number[];
  readonly perStep: number;
  readonly steps: number;
  /** Written by the one who steps, and by this thread. */
  readonly params: Float32Array;
  readonly grads: Float32Array;
}

export interface Learned {
  readonly loss: number;
  /** Tiles that taught something. */
  readonly taught: number;
}

/** A tile with no cell further off than this teaches nothing that is worth its slope. */
const worth = 0.1;
/** A cell of a plot counts this much more: there are fewer. */
const plotWeight = 2;

/** Logistic loss over the cells, its slope into `slopes`, and the error of the worst cell. */
function slopesOf(logits: Float32Array, { cells }: Tile, slopes: Float32Array): { loss: number; worst: number } {
  let [loss, worst] = [0, 0];
  for (let cell = 0; cell < logits.length; cell++) {
    const truth = cells[cell] as number;
    slopes[cell] = 0;
    if (truth < 0) continue;
    const off = 1 / (1 + exp(-(logits[cell] as number))) - truth;
    const weight = (truth === 1 ? plotWeight : 1) / logits.length;
    slopes[cell] = weight * off;
    const size = off < 0 ? -off : off;
    loss += weight * off * off;
    if (size > worst) worst = size;
  }
  return { loss, worst };
}

async function learn({ seed, side, mine, perStep, steps, params, grads }: Learning): Promise<void> {
  const net = await openNet(side, seeded(seed));
  const values = new Float32Array(3 * side * side);
  const slopes = new Float32Array(net.cells ** 2);
  let step = 0;
  const drawn = (): Tile[] => mine.map((i) => tileOf(seed + step * perStep + i, side));
  let tiles = drawn();
  parentPort?.on('message', () => {
    net.params.set(params);
    net.settle();
    net.grads.fill(0);
    let [loss, taught] = [0, 0];
    for (const tile of tiles) {
      const told = slopesOf(net.forward(valuesOf(tile.picture, values)), tile, slopes);
      loss += told.loss;
      if (told.worst < worth) continue;
      net.backward(slopes);
      taught += 1;
    }
    grads.set(net.grads);
    parentPort?.postMessage({ loss, taught } satisfies Learned);
    step += 1;
    // Drawn while the others are waited for.
    if (step < steps) tiles = drawn();
  });
}

await learn(workerData as Learning);
