/** Verbs that answer for an alert: its bundle, whether that is whole, and the decision made again. */
import process from 'node:process';
import type { Command } from 'commander';
import * as place from '../place.ts';
import { number } from './options.ts';

interface WhyFlags {
  records?: string;
  state?: string;
  out: string;
  window: number;
  disclosure: boolean;
  models: string;
}

export function addEvidence(program: Command): void {
  program
    .command('why')
    .description('everything that answers for an alert, as a bundle that verifies offline')
    .argument('<alert>', 'the id of the alert')
    .option('--records <store>', "the centre's records: a file, or postgres://...")
    .option('--state <folder>', "a box's own state folder; what it delivered is at the centre")
    .requiredOption('--out <path>', 'the file to write, or a folder for it')
    .option('--window <seconds>', 'telemetry from so long before the alert began', number, 300)
    .option('--disclosure', 'add what speaks against it: silent sensors, negative looks, troubles of the box', false)
    .option('--models <folder>', 'folder of the models', place.models)
    .action(async (alert: string, { window, ...flags }: WhyFlags) => {
      const { why } = await import('../evidence/why.ts');
      process.exitCode = await why(alert, { ...flags, windowS: window });
    });

  program
    .command('verify')
    .description('whether a bundle is whole; names the first bad link. 0: whole, 1: not, 2: not readable')
    .argument('<bundle>', 'file that fieldpost why made')
    .option('--ca <file>', 'certificate of the authority that certifies devices, in PEM')
    .option('--head <file>', 'heads that the device published: a cut tail shows against them')
    .option('--records <store>', "take the published heads from the centre's records")
    .option('--json', 'one line of JSON', false)
    .action(async (file: string, flags: { ca?: string; head?: string; records?: string; json: boolean }) => {
      process.exitCode = await (await import('../evidence/why.ts')).verify(file, flags);
    });
}
