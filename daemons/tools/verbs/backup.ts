/** Verbs that bring a centre back after its machine is gone. */
import process from 'node:process';
import type { Command } from 'commander';
import { list } from './options.ts';

const say = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

interface BackupFlags {
  readonly out: string;
  readonly records?: string;
  readonly folder: string[];
  readonly passphraseFile: string;
}

interface RestoreFlags {
  readonly into: string;
  readonly records?: string;
  readonly passphraseFile: string;
}

export function addBackup(program: Command): void {
  program
    .command('backup')
    .description('at the centre: its database, authority and keys in one sealed file; the ledger runs on meanwhile')
    .requiredOption('--out <file>', 'a new file')
    .option('--records <store>', 'the central store: a file, or postgres://... (pg_dump must be there)')
    .option('--folder <folder>', 'authority, keys of releases, identities; may be given again', list, [])
    .requiredOption('--passphrase-file <file>', 'its first line, 12 characters at least; of mode 0600')
    .action(async ({ out, records, folder, passphraseFile }: BackupFlags) => {
      const { backup, passphraseIn } = await import('../backup/backup.ts');
      const asked = { folders: folder, passphrase: passphraseIn(passphraseFile), ...(records ? { records } : {}) };
      say(await backup(out, asked));
    });
  program
    .command('restore')
    .description('what fieldpost backup made, into a new folder; nothing is overwritten')
    .argument('<file>', 'the backup')
    .requiredOption('--into <folder>', 'a new folder')
    .option('--records <store>', 'postgres://... of an empty database, for a backup of one (pg_restore must be there)')
    .requiredOption('--passphrase-file <file>', 'as it was made with')
    .action(async (file: string, { into, records, passphraseFile }: RestoreFlags) => {
      const { passphraseIn, restore } = await import('../backup/backup.ts');
      const asked = { into, passphrase: passphraseIn(passphraseFile), ...(records ? { records } : {}) };
      say(await restore(file, asked));
    });
}
