/** Measuring dealt out to threads: the sums are the same whoever does which. */
import { Worker } from 'node:worker_threads';
import type { Done, Job } from './aerial-jobs.ts';
import type { Orders } from './aerial-worker.ts';

const threads = 4;

/** Each with a model of its own. Errors: what a thread throws. */
export async function allDone(jobs: readonly Job[], orders: Omit<Orders, 'jobs'>): Promise<Done[]> {
  const found: Done[] = [];
  await Promise.all(
    Array.from({ length: Math.min(threads, jobs.length) }, (_, i) => {
      const mine = jobs.filter((_, k) => k % threads === i);
      const worker = new Worker(new URL('./aerial-worker.ts', import.meta.url), {
        workerData: { ...orders, jobs: mine } satisfies Orders,
      });
      worker.on('message', (one: Done) => found.push(one));
      return new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  return found;
}

export interface Sum {
  readonly plots: number;
  readonly found: number;
  readonly false: number;
}

const nothing: Sum = { plots: 0, found: 0, false: 0 };

/** At the threshold of number `i`; of flights, or of their first pictures alone. */
export const sumAt = (all: readonly Done[], i: number, of: 'counted' | 'once' = 'counted'): Sum =>
  all.reduce((sum, done) => {
    const one = done[of][i] ?? nothing;
    return { plots: sum.plots + one.plots, found: sum.found + one.found, false: sum.false + one.false };
  }, nothing);
