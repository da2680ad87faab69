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
      const { folder, version, held, inForce } = await (await import('../train/gas.ts')).trainGas(captures, models);
      if (json) process.stdout.write(`${JSON.stringify({ folder, version, held, inForce })}\n`);
      else
        process.stdout.write(
          `${folder}: version ${version} is in force; accuracy on what was held out ${held.accuracy}, before ${inForce.accuracy}; restart the gas daemon\n`,
        );
    });
}
