/** The verb for a technician in front of a box. */
import process from 'node:process';
import type { Command } from 'commander';
import { type BoxOptions, onBox } from './options.ts';

export function addDoctor(program: Command): void {
  onBox(program, 'doctor', 'one screen: what is wrong with this box and what to do; exit code 1 when something is')
    .option('--agent <folder>', "the agent's: what it put in force goes before --config", '/var/lib/fieldpost-agent')
    .option('--json', 'one line of JSON', false)
    .action(async (options: BoxOptions & { agent: string; json: boolean }) => {
      const { config, agent, device, state, feed, json } = options;
      process.exitCode = await (await import('../doctor/doctor.ts')).doctor(
        { config, agent, device, state, feed },
        json,
      );
    });
}
