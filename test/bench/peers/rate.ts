/** As many readings as it takes, over TCP to the broker: readings a second, CPU seconds a million, memory at its peak. */
import { readFileSync } from 'node:fs';
import { median } from '../figure.ts';
import { type Contestant, type Name, pidsOf } from './contestants.ts';
import type { Ear } from './hear.ts';
import { pssKib } from './process.ts';
import type { Source } from './source.ts';
import { rare } from './stream.ts';

export interface Round {
  readonly perS: number;
  readonly cpuSPerMillion: number;
  readonly peakKib: number;
}

const giveUpMs = 120_000;
const lookMs = 100;
const ticksPerS = 100;

/** CPU seconds of whole processes, threads that ended too (proc(5), stat: fields 14 and 15). */
const cpuS = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return sum + (Number(fields[11]) + Number(fields[12])) / ticksPerS;
  }, 0);

/** Round number `round`, from 0, of one contestant, while all others wait. What it left over of the last comes with this one. */
export async function rush(
  one: Contestant,
  { line, round, count }: { readonly line: number; readonly round: number; readonly count: number },
  { ear, source }: { readonly ear: Ear; readonly source: Source },
): Promise<Round> {
  const { name } = one;
  const pids = pidsOf(one);
  let peakKib = 0;
  const watch = setInterval(() => {
    peakKib = Math.max(peakKib, pssKib(pids));
  }, lookMs);
  const before = cpuS(pids);
  const [fromMs, endMs] = await Promise.all([
    source.blast(line, count, rare),
    ear.until(name, (round + 1) * count - rare.high, giveUpMs),
  ]);
  const cpu = cpuS(pids) - before;
  clearInterval(watch);
  return {
    perS: endMs === null ? Number.NaN : count / ((endMs - fromMs) / 1000),
    cpuSPerMillion: (1e6 * cpu) / count,
    peakKib,
  };
}

export const medianOf = (rounds: readonly Round[], what: 'perS' | 'cpuSPerMillion' | 'peakKib'): number =>
  median(rounds.map((one) => one[what]));
export type Rounds = ReadonlyMap<Name, readonly Round[]>;
