/** The verb that sets the thresholds of one box. */
import process from 'node:process';
import type { Command } from 'commander';
import { list, number } from './options.ts';

interface Flags {
  readonly config: string;
  readonly device: string;
  readonly state?: string;
  readonly capture: readonly string[];
  readonly budget: number;
  readonly write: boolean;
  readonly json: boolean;
}

export function addThresholds(program: Command): void {
  program
    .command('thresholds <quantity>')
    .description('the threshold of a change, from quiet hours of this box, to a budget in false alarms per hour')
    .requiredOption('--config <folder>', 'folder with devices/, boards/ and profiles/')
    .requiredOption('--device <name>', 'which of devices/')
    .option('--state <folder>', 'reads the telemetry that its gas daemon keeps')
    .option('--capture <folder>', 'reads a capture in place of it; may be given several times', list, [])
    .option('--budget <n>', 'false alarms per hour', number, 0.01)
    .option('--write', 'put on, off and budgetPerHour into the profile of the box', false)
    .option('--json', 'one line of JSON', false)
    .action(async (quantity: string, { json, capture, state, ...flags }: Flags) => {
      const { thresholds, thresholdsAsText } = await import('../thresholds/thresholds.ts');
      const found = await thresholds({ quantity, captures: capture, state, ...flags });
      for (const line of json ? [JSON.stringify(found)] : thresholdsAsText(found)) process.stdout.write(`${line}\n`);
    });
}
