import type { Line } from './scan.ts';

/** Lets every batch pass after `work` is done with it: `keep` is a tap, and what is downstream of it is kept. */
export async function* tap<T>(line: Line<T>, work: (batch: readonly T[]) => void | Promise<void>): Line<T> {
  for await (const batch of line) {
    await work(batch);
    yield batch;
  }
}
