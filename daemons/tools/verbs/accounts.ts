/** Verbs of the centre's machine for when everything of a login is lost, and for the audit log. Each prints lines of JSON. */
import process from 'node:process';
import { type Command, Option } from 'commander';
import { roles } from '../../core/access/roles.ts';
import type { Role } from '../../core/values/account.ts';

interface Asked {
  readonly records: string;
  readonly role: Role;
  readonly unit?: string;
  readonly id?: string;
}

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const tool = () => import('../accounts/accounts.ts');

export function addAccounts(program: Command): void {
  const accounts = program
    .command('accounts')
    .description('who may log in at the console: on the machine of the centre');
  const verb = (name: string, what: string): Command =>
    accounts
      .command(name)
      .description(what)
      .requiredOption('--records <store>', 'the central store: file or postgres://');

  verb('list', 'every account, and whether it can log in').action(async ({ records }: Asked) => {
    for (const one of await (await tool()).listAccounts(records)) print(one);
  });
  verb(
    'invite',
    'a new account by a one-time link, good for a day: what is printed goes to that person and nobody else',
  )
    .addOption(new Option('--role <role>', 'what it may do').choices([...roles]).makeOptionMandatory())
    .option('--unit <name>', 'the unit of a patrol')
    .option('--id <pseudonym>', 'how it is called; one is made up if absent')
    .action(async ({ records, ...wanted }: Asked) =>
      print(await (await tool()).inviteAccount(records, wanted, Date.now())),
    );
  verb('reset', 'a new link in place of password, second factor and sessions of an account')
    .argument('<id>', 'the account')
    .action(async (id: string, { records }: Asked) =>
      print(await (await tool()).resetAccount(records, id, Date.now())),
    );
  verb('disable', 'ends the sessions of an account and lets it in no more')
    .argument('<id>', 'the account')
    .action(async (id: string, { records }: Asked) =>
      print(await (await tool()).disableAccount(records, id, Date.now())),
    );
  verb('rotate-seal', 'a new key for the secrets of authenticator apps, in place of the old; consoles go on meanwhile')
    .option('--seal-key <file>', 'as the console was given it; absent: STORE.key beside a file')
    .action(async ({ records, sealKey }: Asked & { readonly sealKey?: string }) =>
      print(await (await tool()).rotateSeals(records, sealKey, Date.now())),
    );
  verb(
    'audit',
    'checks that every line of the audit log follows from the one before; keep the hash that it prints',
  ).action(async ({ records }: Asked) => print(await (await tool()).checkAudit(records)));
}
