/** Verbs that write down what a box saw, and go through it again. */
import process from 'node:process';
import type { Command } from 'commander';
import * as place from '../place.ts';
import type { RecordOptions } from '../run/record.ts';
import { list, number, onBox, stopWithParent } from './options.ts';

interface ReplayFlags {
  speed?: number;
  stream: string[];
  models: string;
  json: boolean;
}

export function addCaptures(program: Command): void {
  onBox(program, 'record', 'write down what passes between the drivers and their ports, for a replay')
    .requiredOption('--out <folder>', 'a new folder for the capture')
    .option('--sensor <id>', 'only this sensor; may be given several times', list, [])
    .option('--for <seconds>', 'end by itself', number)
    .action(async (options: RecordOptions) => {
      if (options.withParent) stopWithParent();
      await (await import('../run/record.ts')).runRecord(options);
    });

  program
    .command('replay')
    .description('run the line on a capture and print its envelopes, or on a bundle and compare its decisions')
    .argument('<capture>', 'folder that fieldpost record made, or file that fieldpost why made')
    .option('--speed <times>', 'times as fast as it was recorded; as fast as it goes if absent', number)
    .option('--stream <name>', 'only alert, event or tele; may be given several times', list, [])
    .option('--models <folder>', 'folder of the models', place.models)
    .option('--json', 'of a bundle: one line of JSON', false)
    .action(async (folder: string, options: ReplayFlags) => {
      const { speed, stream, models, json } = options;
      const bundle = await import('../evidence/replay.ts');
      if (bundle.isBundle(folder)) {
        process.exitCode = await (await import('../evidence/why.ts')).replay(folder, models, json);
        return;
      }
      const { replay } = await import('../captures/replay.ts');
      let fromNs: number | null = null;
      const began = performance.now();
      for await (const one of replay(folder, models)) {
        fromNs ??= one.atNs;
        const dueMs = speed === undefined ? 0 : (one.atNs - fromNs) / 1e6 / speed - (performance.now() - began);
        if (dueMs > 0) await new Promise((resolve) => setTimeout(resolve, dueMs));
        if (stream.length === 0 || stream.includes(one.stream)) process.stdout.write(`${one.text}\n`);
      }
    });
}
