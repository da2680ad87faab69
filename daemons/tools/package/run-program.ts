import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { Fault } from '../../core/ports/fault.ts';

/** Runs a program to its end and gives what it printed. Errors: Fault `absent` with the program's own words when it fails. */
export function run(program: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const done = spawnSync(program, args, { maxBuffer: 64 << 20, ...options, encoding: 'utf8' });
  if (done.error) throw new Fault('absent', `${program}: ${done.error.message}`, done.error);
  if (done.status !== 0)
    throw new Fault('absent', `${program} ${args.join(' ')}\nended with ${done.status}:\n${done.stdout}${done.stderr}`);
  return done.stdout;
}
