/** The verb behind `npm start`. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { number, whole } from './options.ts';

export function addSimulate(program: Command): void {
  program
    .command('instrument', { hidden: true })
    .description('one simulated instrument, as a simulated site starts it')
    .argument('<kind>')
    .argument('<options>', 'JSON')
    .action(async (kind: string, options: string) =>
      (await import('../simulate/instrument.ts')).instrument(kind, options),
    );

  program
    .command('simulate')
    .description('a whole site with simulated instruments: everything else is the real thing')
    .option('--for <seconds>', 'end by itself and say how it went', number)
    .option('--json', 'end with one line of JSON on stdout', false)
    .option('--seed <n>', 'which weather and which plumes; 1 if absent, any one for the release', whole)
    .addOption(
      new Option('--scene <name>', 'what happens: a repeating programme, or a lorry and then a release to be located')
        .choices(['programme', 'release'])
        .default('programme'),
    )
    .option('--console-port <n>', 'port of the page', whole, 8480)
    .option('--state <folder>', 'keep everything here; a folder of its own if absent')
    .option('--kill <seconds>', 'kill a random daemon this often, to see that nothing is lost', number)
    .action(
      async (options: {
        for?: number;
        json: boolean;
        seed?: number;
        scene: 'programme' | 'release';
        consolePort: number;
        state?: string;
        kill?: number;
      }) => {
        const { simulate } = await import('../simulate/simulate.ts');
        const { for: forS, kill: killEveryS, ...rest } = options;
        process.exitCode = await simulate({
          ...rest,
          ...(forS === undefined ? {} : { forS }),
          ...(killEveryS === undefined ? {} : { killEveryS }),
        });
      },
    );
}
