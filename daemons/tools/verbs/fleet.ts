/** Verbs of an operator: releases and what they are signed with, and what a box is to be. */
import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import type { TwinPlace } from '../fleet/twin.ts';
import { list, whole } from './options.ts';

const say = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);

export function addFleet(program: Command): void {
  addRelease(program);
  addTwin(program);
}

function addRelease(program: Command): void {
  const release = program.command('release').description('what boxes may run, and who signs it');
  release
    .command('init')
    .description("a site's keys and its first root; never overwrites one")
    .requiredOption('--folder <folder>', 'where keys/ and public/ are made')
    .requiredOption('--site <name>', 'the site')
    .option('--days <n>', 'life of the root', whole, 1825)
    .action(async ({ folder, site, days }: { folder: string; site: string; days: number }) =>
      say(await (await import('../fleet/site-keys.ts')).initSite(folder, site, days)),
    );
  release
    .command('trust')
    .description('at a box: believe this root; once, later roots follow by themselves')
    .argument('<root>', 'N.root.json of the site')
    .option('--folder <folder>', "the agent's folder", '/var/lib/fieldpost-agent')
    .action(async (root: string, { folder }: { folder: string }) =>
      say(await (await import('../fleet/trust.ts')).trustRoot(root, folder)),
    );
}

type TwinFlags = TwinPlace & { json: boolean; key: string[] };

function addTwin(program: Command): void {
  const twin = program.command('twin').description('what a box is to be, and what it is');
  const verb = (name: string, what: string): Command =>
    twin
      .command(name)
      .description(what)
      .requiredOption('--site <name>', 'its site')
      .requiredOption('--device <name>', 'its name')
      .requiredOption('--broker <url>', 'may be given several times: tried in turn', list)
      .option('--identity <folder>', 'device.key, device.crt and ca.crt, for a broker at mqtts://');
  verb('set', 'sign what the box is to be, and leave it at the broker')
    .argument('<file>', 'YAML: version, by, files, executable, schedule, trial, override')
    .requiredOption('--key <file>', 'private key of an operator; may be given again', list)
    .action(async (file: string, flags: TwinFlags) => {
      const { sendDesired, signDesired } = await import('../fleet/twin.ts');
      const text = signDesired(path.resolve(file), flags, flags.key);
      await sendDesired(flags, text);
      say([`${flags.site}/${flags.device}: signed and left at the broker; fieldpost twin show says what came of it`]);
    });
  verb('show', 'what it is to be, what it is, and how they differ; exit code 1 when they do')
    .option('--json', 'one line of JSON', false)
    .action(async (flags: TwinFlags) => {
      const { readTwin, twinAsText } = await import('../fleet/twin.ts');
      const seen = await readTwin(flags);
      say(flags.json ? [JSON.stringify(seen)] : twinAsText(seen));
      process.exitCode = seen.differences.length === 0 && seen.reported !== null ? 0 : 1;
    });
}
