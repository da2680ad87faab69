/** The verbs for passages at a checkpoint. */
import process from 'node:process';
import type { Command } from 'commander';
import { whole } from './options.ts';

interface Flags {
  readonly state: string;
  readonly json: boolean;
}

export function addPassage(program: Command): void {
  const passage = program.command('passage').description('passages of a checkpoint, by number and never by plate');
  passage
    .command('list')
    .description('the newest results, and false alarms per 1,000 measured passages')
    .requiredOption('--state <folder>', "the box's state folder, where its gas daemon runs")
    .option('--json', 'one line of JSON', false)
    .action(async ({ state, json }: Flags) => {
      const { askPassages, passagesAsText } = await import('../technician/passages.ts');
      const said = await askPassages(state, { ask: 'passages' });
      for (const line of json ? [JSON.stringify(said)] : passagesAsText(said)) process.stdout.write(`${line}\n`);
    });
  passage
    .command('decide <number> <found>')
    .description('what a secondary inspection found: nothing or something')
    .requiredOption('--state <folder>', "the box's state folder, where its gas daemon runs")
    .requiredOption('--by <code>', 'your staff code: a pseudonym, never a name')
    .action(async (number: string, found: string, { state, by }: { state: string; by: string }) => {
      const { Fault } = await import('../../core/ports/fault.ts');
      if (found !== 'nothing' && found !== 'something')
        throw new Fault('config', `"${found}": must be nothing or something`);
      const { askPassages } = await import('../technician/passages.ts');
      const request = { ask: 'passage-decide', passage: whole(number), found: found === 'something', by } as const;
      process.stdout.write(`${(await askPassages(state, request)).told}\n`);
    });
}
