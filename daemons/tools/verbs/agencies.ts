/** Verbs for what leaves the centre as files: TAK data packages, CAP messages. */
import process from 'node:process';
import type { Command } from 'commander';
import { list, number } from './options.ts';

const say = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

export function addAgencies(program: Command): void {
  program
    .command('tak-package')
    .description('a TAK data package: one file by which a client knows its server and has its certificate')
    .requiredOption('--server <host:port>', 'the TAK server, by TLS')
    .requiredOption('--identity <folder>', 'device.key, device.crt and ca.crt of that client: pki device makes them')
    .requiredOption('--out <file>', 'a new file, such as unit-7.dpk')
    .action(async (options: { server: string; identity: string; out: string }) =>
      say(await (await import('../tak/data-package.ts')).takPackage(options)),
    );

  program
    .command('tak-snapshot')
    .description('open alerts that may leave the centre as a mission package, for a client that no server reaches')
    .requiredOption('--records <where>', 'the central store: a file, or postgres://...')
    .requiredOption('--out <file>', 'a new file, such as open.dpk')
    .option('--dwellings', 'the console has a layer of dwellings: none leaves before it was held against it', false)
    .option('--hours <n>', 'how long clients show it as fresh', number, 1)
    .action(async (options: { records: string; out: string; dwellings: boolean; hours: number }) =>
      say(await (await import('../tak/snapshot.ts')).takSnapshot(options)),
    );

  program
    .command('cap')
    .description('CAP 1.2 messages of the last days, each into a file of its own that is never written again')
    .requiredOption('--records <where>', 'the central store: a file, or postgres://...')
    .requiredOption('--out <folder>', 'where the files are; made if it is not there')
    .option('--days <n>', 'of alerts that changed in so many days', number, 7)
    .option('--dwellings', 'the console has a layer of dwellings: none leaves before it was held against it', false)
    .option('--address <text>', 'Private, for these; again for more. Without it: Restricted', list)
    .option('--restriction <text>', 'for whom it is, where it is Restricted')
    .action(async (options: CapFlags) => say(await (await import('../cap/cap-files.ts')).capFiles(options)));
}

interface CapFlags {
  readonly records: string;
  readonly out: string;
  readonly days: number;
  readonly dwellings: boolean;
  readonly address?: readonly string[];
  readonly restriction?: string;
}
