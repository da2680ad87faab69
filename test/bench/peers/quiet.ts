/** 16 readings a second, as a post has them: what all take of a core and of the memory meanwhile, and how soon an alert is heard. */
import { median } from '../figure.ts';
import { type Contestant, pidsOf } from './contestants.ts';
import type { Ear } from './hear.ts';
import { pssKib, threadNs } from './process.ts';
import type { Source } from './source.ts';
import { busy, quiet } from './stream.ts';

const perS = 16;
/** Until what runs all the time is compiled. */
const warmS = 40;
const windowS = 10;
export const windows = 7;
const latencyS = 80;

export interface Quiet {
  /** Share of a core, window by window. */
  readonly shares: readonly number[];
  readonly idleKib: number;
  /** From the reading that decides to its alert at the subscriber, ms, ascending. */
  readonly latencies: readonly number[];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** All side by side: a window is the same stretch of time for everyone. */
export async function watchQuiet(
  all: readonly Contestant[],
  { ear, source }: { readonly ear: Ear; readonly source: Source },
): Promise<readonly Quiet[]> {
  const lines = all.map((_, line) => line);
  const said = source.pace(lines, perS * (warmS + windows * windowS), perS, quiet);
  await pause(warmS * 1000);
  const shares: number[][] = all.map(() => []);
  for (let i = 0; i < windows; i++) {
    const fromMs = performance.now();
    const before = all.map((one) => threadNs(pidsOf(one)));
    await pause(windowS * 1000);
    const wallNs = (performance.now() - fromMs) * 1e6;
    all.forEach((one, n) => void shares[n]?.push((threadNs(pidsOf(one)) - (before[n] ?? 0)) / wallNs));
  }
  const idleKib = all.map((one) => pssKib(pidsOf(one)));
  await said;

  for (const { name } of all) ear.begin(name);
  const sentMs = await source.pace(lines, perS * latencyS, perS, busy);
  await pause(2000);
  return all.map(({ name }, n) => ({
    shares: shares[n] ?? [],
    idleKib: idleKib[n] ?? Number.NaN,
    latencies: ear
      .raised(name)
      // Several cycles of `busy` are in a run, and the run is shorter than a cycle of numbers.
      .map(({ ms, number }) => ms - (sentMs[n]?.[number] ?? Number.NaN))
      .filter((one) => Number.isFinite(one))
      .toSorted((a, b) => a - b),
  }));
}

export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
export const share = ({ shares }: Quiet): number => median(shares);
