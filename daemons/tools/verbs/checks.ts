/** Verbs that look at files: configuration, models, data sets. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { root } from './options.ts';

export function addChecks(program: Command): void {
  program
    .command('check')
    .description('read every configuration file and name every mistake')
    .option('--config <folder>', 'folder with devices/, boards/ and profiles/', path.join(root, 'firmware-configs'))
    .action(async ({ config }: { config: string }) => {
      process.exitCode = await (await import('../check.ts')).check(config, path.join(root, 'models'));
    });

  program
    .command('evaluate')
    .description('measure on real data')
    .argument('<name>', 'air-quality or models')
    .requiredOption('--data <folder>', 'the folder of data sets')
    .option('--json', 'one line of JSON', false)
    .action(async (name: string, { data, json }: { data: string; json: boolean }) => {
      process.exitCode = await (await import('../evaluate/evaluate.ts')).evaluate(name, data, json);
    });

  program
    .command('schema')
    .description('write the JSON Schemas of the configuration files from their parsers')
    .option('--out <folder>', 'where', path.join(root, 'firmware-configs/schema'))
    .action(async ({ out }: { out: string }) => {
      (await import('../schema.ts')).writeSchemas(out);
    });
}
