/** Opens the spool that it is given, appends one by one, and prints what it took. */
import process from 'node:process';
import { openSpool } from '../../daemons/core/adapters/spool.sqlite.ts';
import { item } from '../core/spool/keeping.ts';
import { median } from './figure.ts';

export const appends = 100;

export interface Run {
  readonly openMs: number;
  readonly p50Ms: number;
  readonly rssMb: number;
}

/** In a process of its own: opens, appends one by one, and prints what it took. */
async function run(file: string): Promise<void> {
  const from = performance.now();
  const spool = await openSpool({ path: file, device: 'bench' });
  await spool.peek('alert', 0, 1);
  const openMs = performance.now() - from;
  const took: number[] = [];
  for (let n = 0; n < appends; n++) {
    const one = item('event', n);
    const begun = performance.now();
    await spool.append([one]);
    took.push(performance.now() - begun);
  }
  const rssMb = process.memoryUsage().rss / 1e6;
  const said: Run = { openMs, p50Ms: median(took), rssMb };
  process.stdout.write(JSON.stringify(said));
  await spool.close();
}

// Only as a program of its own: the bench takes its types from here.
if (import.meta.main && process.argv[2]) await run(process.argv[2]);
