/** Verbs of whoever answers for what the centre keeps. Each prints one line of JSON. */
import process from 'node:process';
import type { Command } from 'commander';
import { type Keeping, keeping, number } from './options.ts';

interface Asked {
  readonly records: string;
  readonly by: string;
  readonly reason: string;
  readonly days?: number;
}

const pseudonym = (text: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,31}$/.test(text)) throw new Error(`"${text}" is not a pseudonym such as op-17`);
  return text;
};

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

export function addRetention(program: Command): void {
  const atCentre = (name: string, what: string): Command =>
    program
      .command(name)
      .description(what)
      .requiredOption('--records <store>', 'the central store: file or postgres://');
  const withReason = (command: Command): Command =>
    command
      .argument('<name>', 'how this hold is called, for example a case number')
      .argument('<alert>', 'id of the alert')
      .requiredOption('--by <id>', 'pseudonymous id of who asks for it', pseudonym)
      .requiredOption('--reason <text>', 'why, for the record');

  keeping(atCentre('retain', 'forget now what is due; the ledger does it every hour')).action(
    async ({ records, ...keep }: { records: string } & Keeping) => {
      const { forgetNow, policyOf } = await import('../retention/retention.ts');
      print(await forgetNow(records, Date.now(), { ...policyOf(keep), gatherMs: 0 }));
    },
  );
  atCentre('days', 'what is left of a box of whose telemetry the links alone are kept: each quantity of each day')
    .argument('<device>', 'name of the box')
    .action(async (device: string, { records }: { records: string }) => {
      for (const day of await (await import('../retention/retention.ts')).listDays(records, device)) print(day);
    });
  withReason(atCentre('hold', 'keep an alert whole for a time: a legal hold'))
    .requiredOption('--days <n>', 'how long; it expires by itself', number)
    .action(async (name: string, alert: string, { records, ...asked }: Asked) =>
      print(
        await (await import('../retention/retention.ts')).holdAlert(records, { name, alert, ...asked }, Date.now()),
      ),
    );
  withReason(atCentre('contest', 'somebody disputes an alert: keep it whole until that is decided')).action(
    async (name: string, alert: string, { records, by, reason }: Asked) =>
      print(
        await (await import('../retention/retention.ts')).holdAlert(records, { name, alert, by, reason }, Date.now()),
      ),
  );
  atCentre('lift', 'end a hold or a contest')
    .argument('<name>', 'how it is called')
    .requiredOption('--by <id>', 'pseudonymous id of who decides it', pseudonym)
    .action(async (name: string, { records, by }: Asked) => {
      await (await import('../retention/retention.ts')).liftHold(records, name, by, Date.now());
      print({ lifted: name });
    });
  atCentre('holds', 'list every hold and contest, past ones too').action(async ({ records }: { records: string }) => {
    for (const hold of await (await import('../retention/retention.ts')).listHolds(records)) print(hold);
  });
}
