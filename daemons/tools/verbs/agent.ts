/** The agent of a box, and what guards its changes when the box starts. */
import process from 'node:process';
import type { Command } from 'commander';
import type { AgentOptions } from '../run/agent.ts';
import { list, onBox, stopWithParent, whole } from './options.ts';

/** Root's: who runs a daemon may not replace its program. */
const usualFolder = '/var/lib/fieldpost-agent';

export function addAgent(program: Command): void {
  const agent = program.command('agent').description('what the centre wants this box to be: applied, tried, reverted');
  onBox(agent, 'run', 'apply what the centre signed, keep it on trial, revert it when the box is not well', true)
    .option('--folder <folder>', 'where generations, releases and trust are kept', usualFolder)
    .option('--run <daemon>', 'run this daemon itself, where there is no systemd; may be given again', list, [])
    .option('--identity <folder>', 'device.key, device.crt and ca.crt, where they are not in the state folder')
    .option('--package <program>', 'the program of the package, where this is another')
    .action(async (options: AgentOptions) => {
      if (options.withParent) stopWithParent();
      await (await import('../run/agent.ts')).runAgent(options, program.version() ?? '0');
    });

  agent
    .command('boot')
    .description('counts a start of the box on trial, and reverts after too many: for whoever starts the agent')
    .option('--folder <folder>', 'where generations, releases and trust are kept', usualFolder)
    .option('--most <n>', 'starts without becoming well', whole, 3)
    .option('--restart', 'systemd starts the daemons again where it reverted', false)
    .action(async ({ folder, most, restart }: { folder: string; most: number; restart: boolean }) => {
      const { bootAgent } = await import('../../agent/daemon.ts');
      process.stdout.write(`${await bootAgent(folder, most, restart)}\n`);
    });
}
