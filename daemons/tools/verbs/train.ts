/** Verbs that make models. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { root } from './options.ts';

export function addTrain(program: Command): void {
  program
    .command('train')
    .description('learn from labelled exposures, and put the model in force when those held out agree')
    .argument('<what>', 'gas')
    .argument('<captures>', 'folder with exposures.yaml and the captures that it names')
    .option('--models <folder>', 'folder of the models', path.join(root, 'models'))
    .option('--json', 'one line of JSON', false)
    .action(async (what: string, captures: string, { models, json }: { models: string; json: boolean }) => {
      const { Fault } = await import('../../core/ports/fault.ts');
      if (what !== 'gas') throw new Fault('config', `train ${what}: only gas is trained here`);
      const { notes, ...trained } = await (await import('../train/gas.ts')).trainGas(captures, models);
      for (const note of notes) process.stderr.write(`${note}\n`);
      const { folder, version, held, inForce } = trained;
      const before = inForce ? `, and of the model before ${inForce.accuracy}` : '';
      if (json) process.stdout.write(`${JSON.stringify(trained)}\n`);
      else
        process.stdout.write(
          `${folder}: version ${version} is in force; accuracy on what was held out ${held.accuracy}${before}; restart the gas daemon\n`,
        );
    });
}
