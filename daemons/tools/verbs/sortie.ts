/** The verbs of a sortie: a technician opens it before the flight, and checks, purges and closes it after. */
import process from 'node:process';
import type { Command } from 'commander';
import type { SortieAsk } from '../../dock/sortie/request.ts';

interface Flags {
  readonly state: string;
  readonly json: boolean;
}

export function addSortie(program: Command): void {
  const sortie = program
    .command('sortie')
    .description('one flight under one order: who asked for it, where it may look');
  const verb = (name: string, what: string): Command =>
    sortie
      .command(name)
      .description(what)
      .requiredOption('--state <folder>', "the box's state folder, where its dock daemon runs")
      .option('--json', 'one line of JSON', false);
  const verbBy = (name: string, what: string): Command =>
    verb(name, `${what}; exit code 1 when it is refused`).requiredOption(
      '--by <code>',
      'your staff code: a pseudonym, never a name',
    );

  verb('status', 'the sortie that is open, and whether anything is captured now').action((flags: Flags) =>
    show(flags, { ask: 'sortie', do: 'status' }),
  );
  verbBy('open', 'begins it: the payload must be fit, the drone on the ground')
    .requiredOption('--reference <number>', "the authority's own number of its order")
    .requiredOption('--area <file>', 'a GeoJSON polygon: nothing outside is captured')
    .action(async ({ by, reference, area, ...flags }: Flags & Record<'by' | 'reference' | 'area', string>) => {
      const { areaIn } = await import('../technician/sortie.ts');
      await show(flags, { ask: 'sortie', do: 'open', by, reference, area: [...areaIn(area)] });
    });
  verbBy('check', 'after the landing: holds the zeros against those before the flight').action(
    ({ by, ...flags }: Flags & { by: string }) => show(flags, { ask: 'sortie', do: 'check', by }),
  );
  verbBy('purge', 'says that the sampling line was purged with clean air').action(
    ({ by, ...flags }: Flags & { by: string }) => show(flags, { ask: 'sortie', do: 'purge', by }),
  );
  verbBy('close', 'ends it: what was found leaves the payload as the centre gives its receipts').action(
    ({ by, ...flags }: Flags & { by: string }) => show(flags, { ask: 'sortie', do: 'close', by }),
  );
  verbBy('abandon', 'ends one that cannot be checked or does not fly')
    .requiredOption('--why <text>', 'for the record')
    .action(({ by, why, ...flags }: Flags & { by: string; why: string }) =>
      show(flags, { ask: 'sortie', do: 'abandon', by, why }),
    );
}

async function show({ state, json }: Flags, asked: SortieAsk): Promise<void> {
  const { askSortie, sortieAsText } = await import('../technician/sortie.ts');
  const answer = await askSortie(state, asked);
  for (const line of json ? [JSON.stringify(answer)] : sortieAsText(answer)) process.stdout.write(`${line}\n`);
  process.exitCode = answer.isRefused ? 1 : 0;
}
