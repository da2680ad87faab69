/** The agent of a box, and what guards its changes when the box starts. */
import process from 'node:process';
import type { Command } from 'commander';
import * as place from '../place.ts';
import { type BoxOptions, daemon, list, onBox, stopWithParent, whole } from './options.ts';

/** Root's: who runs a daemon may not replace its program. */
const usualFolder = '/var/lib/fieldpost-agent';

type AgentOptions = BoxOptions & { folder: string; run: string[] };

export function addAgent(program: Command): void {
  const agent = program.command('agent').description('what the centre wants this box to be: applied, tried, reverted');
  onBox(agent, 'run', 'apply what the centre signed, keep it on trial, revert it when the box is not well', true)
    .option('--folder <folder>', 'where generations, releases and trust are kept', usualFolder)
    .option('--run <daemon>', 'run this daemon itself, where there is no systemd; may be given again', list, [])
    .action(async (options: AgentOptions) => {
      if (options.withParent) stopWithParent();
      await daemon('agent', options, async (ctx) => {
        const [{ loadBox }, { agentLine }, { mistakesIn }] = await Promise.all([
          import('../../core/config/box.ts'),
          import('../../agent/daemon.ts'),
          import('../fleet/mistakes.ts'),
        ]);
        const { withParent: _, ...where } = options;
        await agentLine(
          {
            ...{ ...where, box: loadBox(where.config, where.device), program: place.program },
            check: (files) => mistakesIn(files, where.device, place.models),
            packaged: program.version() ?? '0',
          },
          ctx,
        );
      });
    });

  agent
    .command('boot')
    .description('counts a start of the box on trial, and reverts after too many: for whoever starts the agent')
    .option('--folder <folder>', 'where generations, releases and trust are kept', usualFolder)
    .option('--most <n>', 'starts without becoming well', whole, 3)
    .action(async ({ folder, most }: { folder: string; most: number }) => {
      const { bootAgent } = await import('../../agent/daemon.ts');
      process.stdout.write(`${await bootAgent(folder, most)}\n`);
    });
}
