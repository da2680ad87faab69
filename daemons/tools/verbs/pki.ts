/** Verbs for certificates: at the centre, at a box, and the service between them. */
import process from 'node:process';
import type { Command } from 'commander';
import { list, stopWithParent, whole } from './options.ts';

/** A year and a month: a box is visited once a year. */
const usualDays = 398;
const say = (lines: readonly string[]): void => void process.stdout.write(`${lines.join('\n')}\n`);
const atCentre = () => import('../pki/authority.ts');
const atBox = () => import('../pki/box.ts');

export function addPki(program: Command): void {
  const pki = program.command('pki').description('certificates: who may connect to whom');
  addCentre(pki);
  addBox(pki);
  addTend(pki);

  program
    .command('enrol')
    .description(
      'the renewal service at the centre: boxes get their next certificate, also after the present one expired',
    )
    .requiredOption('--authority <folder>', 'what pki init made')
    .requiredOption('--identity <folder>', 'server.key and server.crt of this service: pki server makes them')
    .option('--host <address>', 'where to listen', '0.0.0.0')
    .option('--port <n>', 'port', whole, 8443)
    .option('--grace-days <n>', 'so long after its end a certificate is renewed without a person', whole, 365)
    .option('--days <n>', 'life of what is issued', whole, usualDays)
    .option('--config <folder>', 'devices/, boards/ and profiles/: what a new box gets of them with its certificate')
    .option('--fleet <folder>', 'what release init made: executables and models for boxes, by their certificate')
    .option('--with-parent', 'stop when stdin closes')
    .action(
      async (options: {
        authority: string;
        identity: string;
        host: string;
        port: number;
        graceDays: number;
        days: number;
        config?: string;
        fleet?: string;
        withParent?: boolean;
      }) => {
        if (options.withParent) stopWithParent();
        const given = { ...options, config: options.config ?? null, fleet: options.fleet ?? null };
        await (await import('../run/enrol.ts')).runEnrol(given);
      },
    );
}

function addCentre(pki: Command): void {
  pki
    .command('init')
    .description("make a site's authority; never overwrites one")
    .requiredOption('--authority <folder>', 'a folder for its key, to be kept safe')
    .requiredOption('--site <name>', 'the site')
    .option('--days <n>', 'its life', whole, 7300)
    .action(async ({ authority, site, days }: { authority: string; site: string; days: number }) =>
      say(await (await atCentre()).init(authority, site, days)),
    );

  pki
    .command('sign')
    .description('sign the request of a box')
    .argument('<request>', 'device.csr from the box')
    .requiredOption('--authority <folder>', 'what pki init made')
    .requiredOption('--out <file>', 'the answer for the box: its certificate and ca.crt')
    .option('--days <n>', 'its life', whole, usualDays)
    .action(async (request: string, { authority, out, days }: { authority: string; out: string; days: number }) =>
      say(await (await atCentre()).sign(authority, request, out, days)),
    );

  const making = (command: Command): Command =>
    command
      .requiredOption('--authority <folder>', 'what pki init made')
      .requiredOption('--out <folder>', 'a new folder for key, certificate and ca.crt')
      .option('--days <n>', 'its life', whole, usualDays);
  making(
    pki
      .command('device')
      .description('an identity for a program of the centre (ledger, console) or a bench')
      .argument('<name>'),
  ).action(async (name: string, options: { authority: string; out: string; days: number }) =>
    say(await (await atCentre()).device(name, options)),
  );
  making(pki.command('server').description('a certificate for a broker or the renewal service'))
    .requiredOption('--host <name>', 'name or address that clients connect to; may be given several times', list)
    .action(async (options: { host: string[]; authority: string; out: string; days: number }) =>
      say(await (await atCentre()).server(options.host, options)),
    );

  pki
    .command('push-key')
    .description('the key by which the dispatcher says to push services who pushes (VAPID); never overwrites one')
    .requiredOption('--out <file>', 'a new file for it, for the dispatcher alone: ways.web-push.key of dispatch.yaml')
    .action(async ({ out }: { out: string }) => say(await (await import('../pki/push-key.ts')).pushKey(out)));

  pki
    .command('deny')
    .description('take back every certificate of a name, for a stolen box')
    .argument('<name>')
    .requiredOption('--authority <folder>', 'what pki init made')
    .requiredOption('--why <text>', 'for the register')
    .action(async (name: string, { authority, why }: { authority: string; why: string }) =>
      say(await (await atCentre()).deny(authority, name, why)),
    );

  pki
    .command('approve')
    .description('let a box renew a certificate that expired long ago')
    .argument('<name>')
    .requiredOption('--authority <folder>', 'what pki init made')
    .option('--days <n>', 'how long this stands', whole, 7)
    .action(async (name: string, { authority, days }: { authority: string; days: number }) =>
      say(await (await atCentre()).approve(authority, name, days)),
    );
}

function addBox(pki: Command): void {
  pki
    .command('request')
    .description('at the box: make its key, which stays there, and a request for the centre to sign')
    .requiredOption('--state <folder>', 'where the box keeps what it must not lose')
    .requiredOption('--device <name>', 'its name')
    .option('--new-key', 'a new key; the present one serves until the answer is installed', false)
    .action(async ({ state, device, newKey }: { state: string; device: string; newKey: boolean }) =>
      say(await (await atBox()).request(state, device, newKey)),
    );

  pki
    .command('install')
    .description('at the box: put the signed answer in its place')
    .argument('<answer>', 'what pki sign wrote')
    .requiredOption('--state <folder>', 'where the box keeps what it must not lose')
    .option('--replace-authority', 'the box moves to another site', false)
    .action(async (answer: string, { state, replaceAuthority }: { state: string; replaceAuthority: boolean }) =>
      say(await (await atBox()).install(state, answer, replaceAuthority)),
    );

  pki
    .command('renew')
    .description('the next certificate, for the same key: at a box from the service, at the centre from the authority')
    .option('--state <folder>', 'at a box: where it keeps what it must not lose')
    .option('--service <url>', 'at a box: https://host:port of fieldpost enrol')
    .option('--folder <folder>', 'at the centre: with server.crt or device.crt')
    .option('--authority <folder>', 'at the centre: what pki init made')
    .option('--days <n>', 'at the centre: its life', whole, usualDays)
    .action(
      async (options: { state?: string; service?: string; folder?: string; authority?: string; days: number }) => {
        const { state, service, folder, authority, days } = options;
        if (state && service) return say(await (await atBox()).renewThere(state, service));
        if (folder && authority) return say(await (await atCentre()).renewHere(folder, authority, days));
        const { Fault } = await import('../../core/ports/fault.ts');
        throw new Fault(
          'config',
          'pki renew: needs --state and --service at a box, or --folder and --authority at the centre',
        );
      },
    );

  pki
    .command('show')
    .description('every certificate in these folders; ends with 1 when one is to be renewed')
    .argument('<folders...>')
    .action(async (folders: string[]) => {
      const { lines, due } = (await atBox()).show(folders, Date.now());
      say(lines);
      process.exitCode = due ? 1 : 0;
    });
}

interface TendFlags {
  readonly folder: string[];
  readonly authority?: string;
  readonly service?: string;
  readonly restart?: string;
  readonly every: number;
  readonly days: number;
  readonly withParent?: boolean;
}

function addTend(pki: Command): void {
  pki
    .command('tend')
    .description(
      'beside a broker and programs of the centre: renews their certificates in time, and brings the newest deny list',
    )
    .requiredOption(
      '--folder <folder>',
      'with server.crt or device.crt, of a broker with denied.crl; again for more',
      list,
    )
    .option('--authority <folder>', 'what pki init made, where it is on this machine')
    .option('--service <url>', 'else https://host:port of fieldpost enrol')
    .option('--restart <command>', 'lets the broker take up what changed: systemctl restart mosquitto')
    .option('--every <seconds>', 'how often it looks', whole, 20)
    .option('--days <n>', 'life of what is renewed from --authority', whole, usualDays)
    .option('--with-parent', 'stop when stdin closes')
    .action(async ({ folder, authority, service, restart, every, days, withParent }: TendFlags) => {
      if (withParent) stopWithParent();
      const from = authority !== undefined ? { authority } : service !== undefined ? { service } : null;
      if (from === null || (authority !== undefined && service !== undefined)) {
        const { Fault } = await import('../../core/ports/fault.ts');
        throw new Fault('config', 'pki tend: needs --authority or --service, and not both');
      }
      const config = { folders: folder, from, restart: restart ?? null, everyMs: Math.max(1, every) * 1000, days };
      await (await import('../run/tend.ts')).runTend(config);
    });
}
