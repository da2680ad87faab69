/** Verbs between the centre and a bare box. */
import process from 'node:process';
import type { Command } from 'commander';
import type { ProvisionOptions } from '../provision/run.ts';
import { list, whole } from './options.ts';

/** EX_TEMPFAIL: the centre was not reached; systemd tries again. */
const laterCode = 75;

export function addProvision(program: Command): void {
  program
    .command('token')
    .description('at the centre: a claim to one name, for one box, once; as text and as a QR code')
    .argument('<name>', 'of the box: small letters, digits and hyphens')
    .requiredOption('--authority <folder>', 'what pki init made')
    .requiredOption('--enrol <url>', 'https://host:port of fieldpost enrol; may be given again', list)
    .option('--hours <n>', 'until it expires', whole, 48)
    .option('--replaces', 'the box that has this name is locked out when the token is used', false)
    .option('--json', 'one line of JSON', false)
    .action(
      async (
        name: string,
        options: { authority: string; enrol: string[]; hours: number; replaces: boolean; json: boolean },
      ) => {
        const { text, lines, token } = await (await import('../pki/token.ts')).makeToken(name, options);
        if (options.json) {
          process.stdout.write(`${JSON.stringify({ v: 1, device: name, until: token.until, token: text })}\n`);
          return;
        }
        const { renderUnicodeCompact } = await import('uqr');
        process.stdout.write(`${text}\n\n${renderUnicodeCompact(text)}\n${lines.join('\n')}\n`);
      },
    );

  program
    .command('provision')
    .description(
      'on a bare box: key, certificate, configuration, what is attached, daemons, doctor; may be given again',
    )
    .option('--token <text>', 'what fieldpost token printed at the centre')
    .option(
      '--from <file>',
      'a file with token:, board:, profile:, where: instead, for example /boot/firmware/fieldpost.yaml',
    )
    .option('--board <name>', 'instead of what is found by asking the parts')
    .option('--profile <name>', 'instead of the one that fits the board')
    .option('--where <lat,lon,m>', 'the surveyed place of a fixed post, and metres around it')
    .option('--config <folder>', 'devices/, boards/ and profiles/', '/etc/fieldpost')
    .option('--state <folder>', 'where the box keeps what it must not lose', '/var/lib/fieldpost')
    .option('--feed <socket>', "the box's own feed", '/run/fieldpost/feed.sock')
    .option('--no-start', 'start no daemons')
    .option('--at-boot', 'do nothing where no token waits; write what is said beside the file of --from', false)
    .action(async (options: ProvisionOptions) => {
      const outcome = await (await import('../provision/run.ts')).provisionHere(options);
      process.exitCode = { green: 0, wrong: 1, later: laterCode }[outcome];
    });

  program
    .command('decommission')
    .description('on a box that leaves: stop, and wipe key, certificates, spool and calibrations')
    .argument('<name>', 'its name, to be sure')
    .option('--lose', 'also alerts and events that the centre never got', false)
    .option('--config <folder>', 'devices/, boards/ and profiles/', '/etc/fieldpost')
    .option('--state <folder>', 'what is wiped', '/var/lib/fieldpost')
    .action(async (name: string, { lose, config, state }: { lose: boolean; config: string; state: string }) => {
      const [{ decommission }, { systemdUnits }] = await Promise.all([
        import('../provision/decommission.ts'),
        import('../provision/units.ts'),
      ]);
      const lines = await decommission(
        { name, config, state, agent: '/var/lib/fieldpost-agent', loses: lose },
        systemdUnits(),
      );
      process.stdout.write(`${lines.join('\n')}\n`);
    });
}
