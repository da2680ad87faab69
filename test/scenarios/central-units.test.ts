/**
 * The centre as an operator sets it up: the package in a fresh Debian with PostgreSQL and Mosquitto, under its own systemd and without a
 * network, by the commands of deploy/central/README.md as they stand there. Boxes are real uplinks on spools of simulated alerts.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { stringify } from 'yaml';
import { clearSite, fillSite } from '../rigs/centre.ts';
import { bootToEnd, layGuest, saidIn } from '../support/booted.ts';
import { composeFolder } from '../support/compose.ts';
import { allows, needs } from '../support/needs.ts';
import { centreRoot, nspawnLack, packagedOnce } from '../support/packaged.ts';

const limitMs = 4 * 60_000;
const heading = '## One server under systemd, with PostgreSQL\n';

/** The blocks of commands of that section, in their order. */
function steps(): readonly string[] {
  const [, after = ''] = readFileSync(path.join(composeFolder, 'README.md'), 'utf8').split(heading);
  const [section = ''] = after.split('\n## ');
  return [...section.matchAll(/^```\n([\s\S]*?)^```/gm)].map((found) => found[1] ?? '');
}

/** User; NoNewPrivs, Seccomp and CapEff as the kernel shows them; /etc in its view. CapEff 2 is CAP_DAC_OVERRIDE. */
const held = (user: string, caps = '0000000000000000'): string => `${user} ${caps} 1 2 closed`;

const expected: Readonly<Record<string, string>> = {
  installed: '0.1.0',
  ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`step-${n}`, 'done'])),
  broker: 'active',
  ledgers: 'active active',
  console: 'active',
  kept: '',
  // Over TLS with a certificate of the site; no state without a login; no plain HTTP; 35: no TLS below 1.3.
  page: '200 0 401 000 35',
  seen: '3 fieldpost-console 600',
  acknowledged: '200',
  renewal: 'active active',
  renewed: 'fieldpost-ledger 600',
  denied: '200',
  dispatch: 'active',
  'held-fieldpost-console': held('fieldpost-console'),
  'held-fieldpost-ledger@1': held('fieldpost-ledger'),
  'held-fieldpost-dispatch': held('fieldpost-dispatch'),
  'held-fieldpost-enrol': held('fieldpost-enrol'),
  'held-fieldpost-tend': held('root', '0000000000000002'),
  restarted: 'active active active active active active',
  'killed-fieldpost-console': '1',
  'killed-fieldpost-ledger@1': '1',
  later: '',
  still: '',
  cap: 'fieldpost-dispatch 750',
  stopped: '0',
  failed: '',
};

/** Lays the package, the steps, two boxes and what the operator writes by hand into a root. */
async function layCentre(t: ExecutionContext, root: string): Promise<void> {
  const home = path.join(root, 'root');
  copyFileSync(path.join((await packagedOnce('x64')).out, 'fieldpost_0.1.0_amd64.deb'), path.join(home, 'first.deb'));
  layGuest(root, path.join(import.meta.dirname, 'central-units.guest.sh'));
  for (const [n, step] of steps().entries()) writeFileSync(path.join(home, `step-${n + 1}`), step);
  const site = await fillSite(6, 2, () => ['mqtts://hub.example:8883'], Date.now());
  t.teardown(() => clearSite(site));
  cpSync(site.folder, path.join(home, 'site'), { recursive: true });
  const told = { dwellings: false, cap: { folder: '/var/lib/fieldpost-dispatch/cap' } };
  writeFileSync(path.join(home, 'dispatch.yaml'), stringify(told));
}

const whole =
  'a centre is set up by its README under systemd, keeps what boxes say, and goes on after restarts, kills and a denial';
const can = needs('debootstrap', whole) && needs('systemd-nspawn', whole);
(can ? test.serial : test.serial.skip)(whole, async (t) => {
  t.timeout(limitMs + 600_000);
  const tarball = await centreRoot('bookworm', whole);
  if (!tarball) {
    t.pass();
    return;
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'fieldpost-centre-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const root = path.join(folder, 'root');
  mkdirSync(root);
  t.is(spawnSync('tar', ['-C', root, '-xf', tarball]).status, 0);
  if (!allows(nspawnLack(root), whole)) {
    t.pass();
    return;
  }
  await layCentre(t, root);
  const console = await bootToEnd(t, root, limitMs);

  const home = path.join(root, 'root');
  const read = (name: string): string => {
    const file = path.join(home, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const said = saidIn(read('said'));
  const wrong = Object.entries(expected)
    .filter(([what, value]) => said.get(what) !== value)
    .map(([what, value]) => `${what}: ${said.has(what) ? `"${said.get(what)}"` : 'never said'}, must be "${value}"`);
  t.deepEqual(
    wrong,
    [],
    [read('said'), console, read('output').slice(-8000), read('journal').slice(-8000)].join('\n\n'),
  );
  for (const [what, value] of said)
    if (what.startsWith('exposure-')) t.log(`systemd-analyze security ${what.slice(9)}: ${value}`);
});
