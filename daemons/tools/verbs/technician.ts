/** Verbs of a technician at a post: they speak with the gas daemon that runs there. */
import process from 'node:process';
import type { Command } from 'commander';
import type { Kind } from '../../core/procedure/plan.ts';
import { stopWithParent, whole } from './options.ts';

interface PageFlags {
  state: string;
  identity?: string;
  host: string;
  port: number;
  plainPort?: number;
  config?: string;
  device?: string;
  feed: string;
  withParent?: boolean;
}
interface PairFlags {
  state: string;
  endPatrols?: boolean;
  patrol?: string;
  by?: string;
}

interface Flags {
  state: string;
  channel?: string;
  by?: string;
  zero?: string | false;
  span?: string;
  second?: string | false;
  levels?: string;
  reason?: string;
  lang?: string;
  out: string;
  json: boolean;
}

const verbs: readonly (readonly [string, Kind, string])[] = [
  ['calibrate', 'adjustment', 'adjust a channel with gas: as found, zero, span, as left, and a record to print'],
  ['check-gas', 'check', 'hold a channel against a gas: within its tolerance or not; nothing is changed'],
  ['bump', 'bump', 'does gas arrive and does the alarm trip; nothing is changed'],
];

export function addTechnician(program: Command): void {
  for (const [name, kind, what] of verbs) {
    program
      .command(name)
      .description(what)
      .requiredOption('--state <folder>', "the box's state folder, where its gas daemon runs")
      .option('--channel <sensor/quantity>', 'for example nh3/ammonia; asked if absent')
      .option('--by <code>', 'your staff code: a pseudonym, never a name')
      .option('--zero <id>', 'zero gas, by its id in gases.yaml of the state folder')
      .option('--no-zero', 'only the gain is changed: a second level must agree')
      .option('--span <id>', 'span gas')
      .option('--second <id>', 'gas at a second level')
      .option('--no-second', 'no second level: the record is marked')
      .option('--levels <ids>', 'further levels of the fit, with commas between them')
      .option('--reason <text>', 'why a gas is used whose certificate has expired')
      .option('--lang <code>', 'en, ru or kk; from LANG if absent')
      .option('--out <folder>', 'where the record to print goes', '.')
      .option('--json', 'a JSON line for each view; next, abort and extend on stdin', false)
      .action(async ({ state, channel, zero, second, levels, lang, out, json, ...flags }: Flags) => {
        const [{ wizard }, { languageOf }] = await Promise.all([
          import('../technician/wizard.ts'),
          import('../../core/procedure/words.ts'),
        ]);
        const language = languageOf(lang, process.env.LC_ALL, process.env.LANG);
        const known = {
          kind,
          target: channel,
          zero: zero === false ? null : zero,
          second: second === false ? null : second,
          levels: levels?.split(',').filter((one) => one !== ''),
          // A program that gives none wants none.
          levelsDone: json || levels !== undefined,
          ...flags,
        };
        process.exitCode = await wizard({ state, known, language, out, json });
      });
  }

  program
    .command('history')
    .description("the life of a channel's part: drift of zero, span, dose and wet hours")
    .requiredOption('--state <folder>', "the box's state folder, where its gas daemon runs")
    .requiredOption('--channel <sensor/quantity>', 'for example nh3/ammonia')
    .option('--lang <code>', 'en, ru or kk; from LANG if absent')
    .option('--out <file>', 'the same as a page (HTML)')
    .action(async ({ state, channel, lang, out }: { state: string; channel: string; lang?: string; out?: string }) => {
      const [{ historyAsText }, { languageOf }] = await Promise.all([
        import('../technician/history.ts'),
        import('../../core/procedure/words.ts'),
      ]);
      const language = languageOf(lang, process.env.LC_ALL, process.env.LANG);
      const columns = Math.min(100, process.stdout.columns ?? 80) - 1;
      for (const line of await historyAsText({ state, channel, language, columns, out }))
        process.stdout.write(`${line}\n`);
    });

  program
    .command('connect <sensor> <gas>')
    .description('a cylinder (by its id in gases.yaml, or "air") to an instrument of a simulated site that runs')
    .requiredOption('--state <folder>', "the simulated box's state folder")
    .action(async (sensor: string, gas: string, { state }: { state: string }) => {
      const { connectGas } = await import('../technician/connect.ts');
      process.stdout.write(`${await connectGas(state, sensor, gas)}\n`);
    });

  program
    .command('local-page')
    .description('the same as a page for a phone on the link of the box, and its alerts for a patrol: HTTPS, offline')
    .requiredOption('--state <folder>', "the box's state folder, where its gas daemon runs")
    .option(
      '--identity <folder>',
      'server.key and server.crt of this page: pki server makes them; local-page of --state',
    )
    .option('--host <address>', "the box's address on its own access point or USB link", '127.0.0.1')
    .option('--port <n>', 'port', whole, 8443)
    .option('--config <folder>', 'folder with devices/, boards/ and profiles/: with --device, patrols are served too')
    .option('--device <name>', 'which of devices/; its "direct" says what a patrol is shown')
    .option('--plain-port <n>', 'plain HTTP for phones without the authority: no place, no words; off if absent', whole)
    .option('--feed <socket>', "the box's own feed: time", '/run/fieldpost/feed.sock')
    .option('--models <folder>', 'not used: every daemon of a box is given it')
    .option('--with-parent', 'stop when stdin closes')
    .action(async ({ withParent, ...config }: PageFlags) => {
      if (withParent) stopWithParent();
      if (!config.config !== !config.device) throw new Error('--config and --device come together');
      await (await import('../run/local-page.ts')).runLocalPage(config);
    });

  program
    .command('pair')
    .description('a code for one phone: ten minutes, once; of a technician, or with --patrol of a patrol')
    .requiredOption('--state <folder>', "the box's state folder")
    .option('--patrol <unit>', 'a phone of this unit: it is shown the alerts of this box')
    .option('--by <code>', 'who carries it: a pseudonym, never a name; needed with --patrol')
    .option('--end-patrols', "no code: every patrol's phone is out at once, because one was lost")
    .action(async ({ state, patrol, by, endPatrols: isEnd }: PairFlags) => {
      if (!patrol !== !by) throw new Error('--patrol and --by come together: the unit, and who carries the phone');
      const { endPatrols, pair, pairPatrol } = await import('../technician/pair.ts');
      if (isEnd && patrol) throw new Error('--end-patrols makes no code: give it alone');
      const lines = isEnd
        ? await endPatrols(state)
        : patrol && by
          ? await pairPatrol(state, { unit: patrol, by })
          : await pair(state);
      for (const line of lines) process.stdout.write(`${line}\n`);
    });
}
