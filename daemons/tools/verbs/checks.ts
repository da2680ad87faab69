/** Verbs that look at files: configuration, models, data sets. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import * as place from '../place.ts';

interface CheckOptions {
  readonly config: string;
  readonly device?: string;
  readonly models: string;
  readonly dispatch?: string;
}

export function addChecks(program: Command): void {
  program
    .command('check')
    .description('read every configuration file and name every mistake')
    .option('--config <folder>', 'folder with devices/, boards/ and profiles/', place.configs)
    .option('--device <name>', 'only this one of devices/')
    .option('--models <folder>', 'folder of the models', place.models)
    .option('--dispatch <file>', 'instead of boxes: the file of the dispatcher that says who is told what')
    .action(async ({ config, device, models, dispatch }: CheckOptions) => {
      process.exitCode =
        dispatch === undefined
          ? await (await import('../check.ts')).check(config, models, device)
          : (await import('../check-dispatch.ts')).checkDispatch(dispatch);
    });

  program
    .command('evaluate')
    .description('measure on real data')
    .argument('<name>', 'aerial, air-quality, gas-drift, gas-false, mavlink, models, plume or plume-study')
    .requiredOption('--data <folder>', 'the folder of data sets')
    .option('--json', 'one line of JSON', false)
    .option('--share <part>', 'how much of what takes minutes is measured, 0 to 1 (aerial)', Number, 1)
    .action(async (name: string, options: { data: string; json: boolean; share: number }) => {
      process.exitCode = await (await import('../evaluate/evaluate.ts')).evaluate(name, options);
    });

  program
    .command('schema')
    .description('write the JSON Schemas of the configuration files from their parsers')
    .option('--out <folder>', 'where', path.join(place.examples, 'schema'))
    .action(async ({ out }: { out: string }) => {
      (await import('../schema.ts')).writeSchemas(out);
    });

  program
    .command('new-driver')
    .description('write the files of a driver for a part, with its simulated device, test and captures')
    .argument('<part>', "the part's name, for example my-sensor")
    .option('--port <kind>', 'i2c or serial', 'i2c')
    .action(async (part: string, { port }: { port: string }) => {
      const { Fault } = await import('../../core/ports/fault.ts');
      if (port !== 'i2c' && port !== 'serial') throw new Fault('config', `--port ${port}: must be i2c or serial`);
      const files = (await import('../new-driver/new-driver.ts')).newDriver(place.sources, part, port);
      process.stdout.write(`${files.join('\n')}\n`);
    });
}
