/** Verbs of an operator: releases and what they are signed with, and what a box is to be. */
import path from 'node:path';
import process from 'node:process';
import { Argument, type Command } from 'commander';
import { type Role, roles } from '../../core/release/roles.ts';
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
  const ofFleet = (name: string, what: string): Command =>
    release.command(name).description(what).requiredOption('--folder <folder>', 'what release init made');
  ofFleet('add', 'take an executable or a model into the list')
    .argument('<what>', 'fieldpost_VERSION_ARCH.deb of npm run package, or the folder of a model')
    .option('--needs <version>', 'oldest fieldpost that can go over to it, or use it')
    .action(async (what: string, { folder, needs }: { folder: string; needs?: string }) =>
      say(await (await import('../fleet/releases.ts')).addRelease(folder, what, needs)),
    );
  ofFleet('sign', 'sign the list and a timestamp; fieldpost enrol --fleet then shows public/ to the boxes')
    .option('--days <n>', 'life of the list', whole, 365)
    .option('--timestamp-days <n>', 'life of the timestamp: so long somebody may hold a newer list back', whole, 30)
    .option('--minimum <version>', 'no executable below this comes to a box any more')
    .action(async (options: { folder: string; days: number; timestampDays: number; minimum?: string }) => {
      const { folder, days, timestampDays, minimum } = options;
      const lives = { list: days, timestamp: timestampDays, ...(minimum === undefined ? {} : { minimum }) };
      say(await (await import('../fleet/releases.ts')).signRelease(folder, lives));
    });
  ofFleet(
    'rotate',
    'other keys for a role, by a root that the one before signed: a key is lost, stolen, or more are to sign',
  )
    .addArgument(new Argument('<role>').choices(roles))
    .option('--keys <n>', 'how many it gets', whole, 1)
    .option('--threshold <n>', 'how many of them must sign', whole, 1)
    .option('--days <n>', 'life of the root', whole, 1825)
    .action(async (role: Role, { folder, ...of }: { folder: string; keys: number; threshold: number; days: number }) =>
      say(await (await import('../fleet/rotate.ts')).rotateRole(folder, { role, ...of })),
    );
  release
    .command('cosign')
    .description('add a signature to a signed file: root, list, timestamp, or what twin sign wrote')
    .argument('<file>', 'signed JSON')
    .requiredOption('--key <file>', 'private key of the role')
    .action(async (file: string, { key }: { key: string }) =>
      say(await (await import('../fleet/rotate.ts')).cosign(file, key)),
    );
  release
    .command('trust')
    .description('at a box: believe this root; the first as it is brought, a later one when it follows')
    .argument('<root>', 'N.root.json of the site')
    .option('--folder <folder>', "the agent's folder", '/var/lib/fieldpost-agent')
    .action(async (root: string, { folder }: { folder: string }) =>
      say(await (await import('../fleet/trust.ts')).trustRoot(root, folder)),
    );
}

type TwinFlags = TwinPlace & { json: boolean; key: string[] };

function addTwin(program: Command): void {
  const twin = program.command('twin').description('what a box is to be, and what it is');
  const named = (command: Command): Command =>
    command.requiredOption('--site <name>', 'its site').requiredOption('--device <name>', 'its name');
  const verb = (name: string, what: string): Command =>
    named(twin.command(name).description(what))
      .requiredOption('--broker <url>', 'may be given several times: tried in turn', list)
      .option('--identity <folder>', 'device.key, device.crt and ca.crt, for a broker at mqtts://');
  const signing = (command: Command): Command =>
    command
      .argument('<file>', 'YAML: version, by, files, executable, models, schedule, trial, override')
      .requiredOption('--key <file>', 'private key of an operator; may be given again', list);
  signing(verb('set', 'sign what the box is to be, and leave it at the broker')).action(
    async (file: string, flags: TwinFlags) => {
      const { sendDesired, signDesired } = await import('../fleet/twin.ts');
      await sendDesired(flags, signDesired(path.resolve(file), flags, flags.key));
      say([`${flags.site}/${flags.device}: signed and left at the broker; fieldpost twin show says what came of it`]);
    },
  );
  const signOnly = twin
    .command('sign')
    .description('as set, into a file: others sign it too (release cosign), then twin send');
  signing(named(signOnly))
    .requiredOption('--out <file>', 'signed JSON')
    .action(async (file: string, flags: TwinFlags & { out: string }) => {
      const [{ signDesired }, { replaceFile }] = await Promise.all([
        import('../fleet/twin.ts'),
        import('../../core/adapters/durable-file.ts'),
      ]);
      await replaceFile(path.resolve(flags.out), `${signDesired(path.resolve(file), flags, flags.key)}\n`, 0o644);
      say([`${flags.out}: signed; fieldpost twin send leaves it at the broker`]);
    });
  verb('send', 'leave at the broker what twin sign wrote')
    .argument('<file>', 'signed JSON')
    .action(async (file: string, flags: TwinFlags) => {
      const { readDesired, sendDesired } = await import('../fleet/twin.ts');
      await sendDesired(flags, readDesired(file, flags));
      say([`${flags.site}/${flags.device}: left at the broker; fieldpost twin show says what came of it`]);
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
