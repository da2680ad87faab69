/** Verbs of an operator for all boxes of a site. */
import process from 'node:process';
import type { Command } from 'commander';
import type { ApplyOptions } from '../fleet/apply.ts';
import type { ListOptions } from '../fleet/list.ts';
import type { LogsOptions } from '../fleet/logs.ts';
import type { StartOptions } from '../fleet/rollout.ts';
import * as place from '../place.ts';
import { list, stopWithParent, whole } from './options.ts';

const say = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
const sayAs = (json: boolean, value: unknown, lines: () => readonly string[]): void =>
  say(json ? [JSON.stringify(value)] : lines());

const json = (verb: Command): Command => verb.option('--json', 'one line of JSON', false);
const atBroker = (verb: Command): Command =>
  verb
    .requiredOption('--broker <url>', 'may be given several times: tried in turn', list)
    .option('--identity <folder>', 'device.key, device.crt and ca.crt, for a broker at mqtts://');
const labelled = (verb: Command): Command =>
  verb.option('--label <name>', 'only boxes that carry it; may be given again: all of them', list, []);
const signing = (verb: Command): Command =>
  verb
    .requiredOption('--folder <folder>', 'what release init made; fleet.db is kept there too')
    .requiredOption('--by <code>', 'your staff code: a pseudonym, never a name')
    .option('--key <file>', "an operator's private key; may be given again; that of the folder if absent", list, []);

export function addBoxes(program: Command): void {
  const fleet = program
    .command('fleet')
    .description('all boxes of a site: what they are, what they are to be, rollouts');
  addLooks(fleet);
  addApply(fleet);
  addRollout(fleet);
  json(fleet.command('audit'))
    .description('who did what to the fleet, and when; exit code 1 when the log was tampered with')
    .requiredOption('--folder <folder>', 'what release init made')
    .action(async ({ folder, json: asJson }: { folder: string; json: boolean }) => {
      const { readAudit } = await import('../fleet/rollout.ts');
      const log = readAudit(folder);
      sayAs(asJson, log, () => [
        ...log.lines.map(({ atMs, by, rollout, box, what, why }) =>
          [new Date(atMs).toISOString(), by, rollout ?? '-', box ?? '-', what, why].join(' ').trimEnd(),
        ),
        ...(log.brokenAt === null
          ? []
          : [`line ${log.brokenAt} does not follow from the one before: the log was changed`]),
      ]);
      process.exitCode = log.brokenAt === null ? 0 : 1;
    });
  addLogs(fleet);
  json(fleet.command('revoke'))
    .description('take back every certificate of a lost box')
    .argument('<box>')
    .requiredOption('--authority <folder>', 'what pki init made')
    .requiredOption('--folder <folder>', 'what release init made: for the audit log')
    .requiredOption('--by <code>', 'your staff code: a pseudonym, never a name')
    .requiredOption('--why <text>', 'for the register')
    .action(
      async (box: string, flags: { authority: string; folder: string; by: string; why: string; json: boolean }) => {
        const { revokeBox } = await import('../fleet/revoke.ts');
        const lines = await revokeBox(box, flags);
        sayAs(flags.json, { box, lines }, () => lines);
      },
    );

  program
    .command('completion')
    .description('completion of verbs and options: source <(fieldpost completion bash)')
    .argument('<shell>', 'bash, zsh or fish')
    .action(async (shell: string) => {
      const [{ completionOf, shells }, { Fault }] = await Promise.all([
        import('../fleet/completion.ts'),
        import('../../core/ports/fault.ts'),
      ]);
      const known = shells.find((one) => one === shell);
      if (!known) throw new Fault('config', `completion: ${shell}: must be ${shells.join(', ')}`);
      say([completionOf(program, known)]);
    });
}

type Looking = ListOptions & { json: boolean };

function addLooks(fleet: Command): void {
  const look = (verb: Command): Command =>
    json(atBroker(verb.requiredOption('--site <name>', 'the site'))).option(
      '--folder <folder>',
      'what release init made: for labels and rollouts',
    );
  labelled(look(fleet.command('list')))
    .description(
      'every box: whether it is there, its program, what is in force; exit code 1 while one is not what it is to be',
    )
    .action(async ({ json: asJson, ...options }: Looking) => {
      const { listAsText, listBoxes } = await import('../fleet/list.ts');
      const boxes = await listBoxes(options);
      sayAs(asJson, boxes, () => listAsText(boxes));
      process.exitCode = boxes.every(({ differences }) => differences.length === 0) ? 0 : 1;
    });
  look(fleet.command('show'))
    .description('one box, whole; exit code 1 while it is not what it is to be')
    .argument('<box>')
    .action(async (box: string, { json: asJson, ...options }: Looking) => {
      const { boxAsText, oneBox } = await import('../fleet/list.ts');
      const found = await oneBox(box, { ...options, label: [] });
      sayAs(asJson, found, () => boxAsText(found));
      process.exitCode = found.differences.length === 0 ? 0 : 1;
    });
  look(fleet.command('diff'))
    .description('how a box differs from what it is to be; exit code 1 when it does')
    .argument('<box>')
    .action(async (box: string, { json: asJson, ...options }: Looking) => {
      const { differencesAsText, oneBox } = await import('../fleet/list.ts');
      const found = await oneBox(box, { ...options, label: [] });
      sayAs(asJson, found.differences, () => differencesAsText(found));
      process.exitCode = found.differences.length === 0 ? 0 : 1;
    });
}

function addApply(fleet: Command): void {
  labelled(json(signing(atBroker(fleet.command('apply')))))
    .description('tell every box what this folder says, at once; nothing where it was told that already')
    .argument('<dir>', 'a folder with fleet.yaml, as it is kept in git')
    .option('--dry-run', 'say what would be told; exit code 1 when anything would', false)
    .action(async (dir: string, { json: asJson, ...options }: Omit<ApplyOptions, 'models'> & { json: boolean }) => {
      const { appliedAsText, applyFleet } = await import('../fleet/apply.ts');
      const found = await applyFleet(dir, { ...options, models: place.models });
      sayAs(asJson, found, () => appliedAsText(found));
      process.exitCode = found.some(({ is }) => is === 'held' || is === 'would be told') ? 1 : 0;
    });
}

function addLogs(fleet: Command): void {
  json(signing(atBroker(fleet.command('logs'))))
    .description('the last lines of a daemon of a box: asked by an operator, answered once, of a bounded time and size')
    .argument('<box>')
    .requiredOption('--site <name>', 'the site')
    .requiredOption('--records <store>', "the centre's records, where the answer comes to: a file, or postgres://...")
    .option('--daemon <name>', 'gas, uplink, ...', 'gas')
    .option('--since <s>', 'the last so many seconds', whole, 600)
    .option('--most <kb>', 'the newest so many kB, 64 at the most', whole, 32)
    .option('--wait <s>', 'for the answer', whole, 60)
    .action(async (box: string, { json: asJson, ...options }: LogsOptions & { json: boolean }) => {
      const { boxLogs } = await import('../fleet/logs.ts');
      const text = await boxLogs(box, options);
      sayAs(asJson, { box, daemon: options.daemon, text }, () => [text]);
    });
}

interface OrderFlags {
  readonly folder: string;
  readonly by: string;
  readonly why: string;
  readonly json: boolean;
}

function addRollout(fleet: Command): void {
  const rollout = fleet
    .command('rollout')
    .description('one change to many boxes: a few first, then more, stopped by itself');
  labelled(json(signing(atBroker(rollout.command('start')))))
    .description('sign what this folder says for the boxes that are something else, and begin; rollout drive does it')
    .argument('<dir>', 'a folder with fleet.yaml')
    .requiredOption('--name <name>', 'a new name')
    .requiredOption('--why <text>', 'for the audit log')
    .requiredOption('--canary <box>', 'goes first; may be given again', list)
    .option('--percent <n>', 'then up to so many percent of the boxes; may be given again, growing', wholes, [])
    .option('--per-minute <n>', 'boxes that are told in a minute, at the most', whole, 10)
    .option('--at-once <n>', 'boxes on their way at once, at the most', whole, 20)
    .option('--steady <s>', 'a box is well when the change is in force so long', whole, 120)
    .option('--silent <s>', 'a box that was told and is silent so long has failed', whole, 900)
    .option('--stop-at <n>', 'failures after the canaries that stop it; one canary always does', whole, 1)
    .option('--back', 'when it stops by itself, take back all that were told', false)
    .action(async (dir: string, { json: asJson, ...options }: Omit<StartOptions, 'models'> & { json: boolean }) => {
      const { rolloutAsText, startRollout } = await import('../fleet/rollout.ts');
      const begun = await startRollout(dir, { ...options, models: place.models });
      sayAs(asJson, begun, () => rolloutAsText(begun, true));
    });
  rollout
    .command('drive')
    .description('look at the fleet and tell the next boxes: a service of the centre; goes on where it was')
    .requiredOption('--site <name>', 'the site')
    .requiredOption('--folder <folder>', 'what release init made')
    .requiredOption('--broker <url>', 'may be given several times: tried in turn', list)
    .option('--identity <folder>', 'device.key, device.crt and ca.crt, for a broker at mqtts://')
    .option('--until-done', 'end when no rollout goes on', false)
    .option('--with-parent', 'stop when stdin closes')
    .action(
      async ({
        withParent,
        ...options
      }: {
        site: string;
        folder: string;
        broker: string[];
        identity?: string;
        untilDone: boolean;
        withParent?: boolean;
      }) => {
        if (withParent) stopWithParent();
        await (await import('../run/rollouts.ts')).runRollouts(options);
      },
    );
  json(rollout.command('show'))
    .description('how far it is and why each box waits or failed; exit code 1 while one is stopped or has failures')
    .argument('[name]', 'all if absent')
    .requiredOption('--folder <folder>', 'what release init made')
    .option('--every-box', 'also boxes of which nothing is to be said', false)
    .action(async (name: string | undefined, flags: { folder: string; everyBox: boolean; json: boolean }) => {
      const { readRollouts, rolloutAsText } = await import('../fleet/rollout.ts');
      const found = readRollouts(flags.folder, name);
      sayAs(flags.json, found, () => found.flatMap((one) => rolloutAsText(one, flags.everyBox)));
      const bad = found.some(
        ({ mode, boxes }) => mode === 'stopped' || Object.values(boxes).some(({ phase }) => phase.endsWith('failed')),
      );
      process.exitCode = bad ? 1 : 0;
    });
  const orders = {
    pause: 'tell no further box until it is resumed; those on their way go on',
    resume: 'go on; failures until now count no more',
    stop: 'tell no further box, and take back what no box has tried yet',
    back: 'take every box that was told back to what it was before',
  } as const;
  for (const [order, what] of Object.entries(orders))
    json(rollout.command(order))
      .description(what)
      .argument('<name>')
      .requiredOption('--folder <folder>', 'what release init made')
      .requiredOption('--by <code>', 'your staff code: a pseudonym, never a name')
      .requiredOption('--why <text>', 'for the audit log')
      .action(async (name: string, { folder, by, why, json: asJson }: OrderFlags) => {
        const { orderRollout, rolloutAsText } = await import('../fleet/rollout.ts');
        const now = orderRollout(folder, name, order as keyof typeof orders, by, why);
        sayAs(asJson, now, () => rolloutAsText(now, false));
      });
}

const wholes = (one: string, all: readonly number[] = []): number[] => [...all, whole(one)];
