/** Verbs that make models, and that show what models and rules saw. */
import process from 'node:process';
import type { Command } from 'commander';
import * as place from '../place.ts';

interface PlotFlags {
  models: string;
  model: string;
  out?: string;
}

export function addTrain(program: Command): void {
  program
    .command('train')
    .description('learn from labelled exposures, and put the model in force when those held out agree')
    .argument('<what>', 'gas')
    .argument('<captures>', 'folder with exposures.yaml and the captures that it names')
    .option('--models <folder>', 'folder of the models', place.models)
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
          `${folder}: version ${version} is in force; accuracy on what was held out ${held.accuracy}${before}; restart the gas daemon and the uplink\n`,
        );
    });

  program
    .command('plot')
    .description(
      'pictures: what the rules saw in a capture, drift of the array over captures, curves of the model in force',
    )
    .argument('<what>', 'timeline, drift or model')
    .argument('[folder]', 'timeline: a capture; drift: a folder of captures')
    .option('--models <folder>', 'folder of the models', place.models)
    .option('--model <name>', 'which of them, for its curves', 'gas-vapour')
    .option('--out <file>', 'the same as a page (HTML)')
    .action(async (what: string, folder: string | undefined, options: PlotFlags) => {
      const plots = await import('../technician/plot.ts');
      const columns = Math.min(100, process.stdout.columns ?? 80) - 1;
      const { out, ...rest } = options;
      const made = await plots.plotsOf({ what, folder, columns, ...rest });
      for (const line of made.lines) process.stdout.write(`${line}\n`);
      if (out) plots.writePage(out, made);
    });
}
