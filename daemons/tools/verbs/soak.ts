/** A long run of a real box, looked at from beside. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { number } from './options.ts';

export function addSoak(program: Command): void {
  program
    .command('soak-box')
    .description(
      'look at a running box once a minute for 72 hours and write a report to send; nothing of the box is changed',
    )
    .option('--state <folder>', "the box's state folder", '/var/lib/fieldpost')
    .option('--out <folder>', 'where looks and report are written; a run that was cut off goes on there', 'soak')
    .option('--hours <n>', 'how long', number, 72)
    .option('--every <seconds>', 'time between two looks', number, 60)
    .action(async (options: { state: string; out: string; hours: number; every: number }) => {
      const stop = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
      const { soakBox } = await import('../soak/soak-box.ts');
      const { state, out, hours, every } = options;
      const version = program.version() ?? 'unknown';
      process.stdout.write(
        await soakBox({ state, out: path.resolve(out), hours, everyS: every, version }, stop.signal),
      );
    });
}
