/** What verbs share: how numbers are read, and the options of a verb that runs on a box. */
import process from 'node:process';
import type { Command } from 'commander';
import * as place from '../place.ts';

/** For children of a supervisor that is no systemd: when it dies, its end of our stdin closes, and we stop. */
export function stopWithParent(): void {
  process.stdin.resume();
  process.stdin.on('close', () => process.kill(process.pid, 'SIGTERM'));
}

export const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`"${text}" is not a whole number`);
  return value;
};
export const number = (text: string): number => {
  if (!Number.isFinite(Number(text))) throw new Error(`"${text}" is not a number`);
  return Number(text);
};
export const list = (one: string, all: readonly string[] = []): string[] => [...all, one];

export interface Keeping {
  readonly keepTelemetry?: number;
  readonly keepEvents?: number;
}
/** How long a centre keeps what no alert needs. */
export const keeping = (command: Command): Command =>
  command
    .option(
      '--keep-telemetry <days>',
      'telemetry and routine events, whole; after it their links alone (usual: 30)',
      number,
    )
    .option('--keep-events <days>', 'all other events, whole (usual: 400)', number);

export interface BoxOptions {
  readonly config: string;
  readonly device: string;
  readonly state: string;
  readonly feed: string;
  readonly models: string;
  readonly withParent?: boolean;
}

export const onBox = (program: Command, name: string, what: string, isDefault = false): Command =>
  program
    .command(name, { isDefault })
    .description(what)
    .requiredOption('--config <folder>', 'folder with devices/, boards/ and profiles/')
    .requiredOption('--device <name>', 'which of devices/')
    .requiredOption('--state <folder>', 'where the box keeps what it must not lose')
    .option('--feed <socket>', "the box's own feed: pose, wind and time", '/run/fieldpost/feed.sock')
    .option('--models <folder>', 'models, in place of those of the box', place.models)
    .option('--with-parent', 'stop when stdin closes');
