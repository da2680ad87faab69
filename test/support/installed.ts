/** A technician's walk through the package in a booted Debian (scenarios/installed.guest.sh): laid there, and read afterwards. */
import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { layGuest, saidIn } from './booted.ts';

export interface Walk {
  /** `short` leaves watchdog, upgrade and the way back out; its box is provisioned by a token and decommissioned. */
  readonly kind: 'whole' | 'short';
  /** Every wait may take so many times as long, for an emulated processor. */
  readonly times: number;
}

const script = path.join(import.meta.dirname, '../scenarios/installed.guest.sh');

/** Lays packages and walk into the root of a Debian, which walks when it is booted and then ends. */
export function layWalk(root: string, walk: Walk, first: string, second: string | null): void {
  const home = path.join(root, 'root');
  copyFileSync(first, path.join(home, 'first.deb'));
  if (second) copyFileSync(second, path.join(home, 'second.deb'));
  layGuest(root, script, [walk.kind, walk.times]);
}

const ran = (program: string, ...args: string[]): void => {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
};
const newDefault = '# a new default';

/**
 * The same package under a later version, with two of its profiles changed: what is asked of an upgrade is what becomes of files
 * and of the spool. Its program is the same one: a format that an older program cannot read is not in this.
 */
export function laterThan(deb: string, version: string, out: string): string {
  const tree = path.join(out, `later-${version}`);
  ran('dpkg-deb', '-R', deb, tree);
  const control = path.join(tree, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}`));
  for (const name of ['checkpoint', 'crop-plot'])
    appendFileSync(path.join(tree, `etc/fieldpost/profiles/${name}.yaml`), `${newDefault}\n`);
  const later = path.join(out, path.basename(deb).replace(/_[^_]*_/, `_${version}_`));
  ran('dpkg-deb', '--root-owner-group', '-Zgzip', '-z1', '-b', tree, later);
  rmSync(tree, { recursive: true });
  return later;
}

const both = {
  installed: '0.1.0',
  version: '0.1.0',
  check: '1 device(s), 0 mistake(s)',
  enabled: 'active active',
  measuring: '',
  connected: '',
  as: 'fieldpost 1',
  ledger: '',
  removed: 'inactive inactive 0',
  left: '/etc/fieldpost /var/lib/fieldpost/spool',
  purged: '',
};
const technician = '# changed by a technician';
const expected: Readonly<Record<Walk['kind'], Readonly<Record<string, string>>>> = {
  short: {
    ...both,
    green: '1 0 fieldpost 600',
    agent: 'fieldpost-agent',
    applied: 'generations/d1 1',
    reverted: 'generations/d1 active active',
    released: 'generations/d3 active active 1 1 1',
    owns: 'fieldpost-agent 755 1',
    another: '2',
    wiped: '0 inactive inactive DEVICE=',
    left: '/etc/fieldpost',
  },
  whole: {
    ...both,
    watchdog: '1',
    again: '',
    upgraded: '0.1.1',
    restarted: 'active active',
    kept: `${technician} DEVICE=post-1`,
    both: `${technician} ${newDefault}`,
    default: newDefault,
    back: '0.1.0',
    older: 'active active',
    still: `${technician} DEVICE=post-1`,
    delivered: '',
  },
};

export interface Walked {
  /** What differs from what must be, in words. */
  readonly wrong: readonly string[];
  readonly said: string;
  readonly envelopes: number;
}

/** What the walk left in the folder of root. */
export function walked(home: string, { kind }: Walk): Walked {
  const file = path.join(home, 'said');
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  const said = saidIn(text);
  const wrong = Object.entries(expected[kind])
    .filter(([what, value]) => said.get(what) !== value)
    .map(([what, value]) => `${what}: ${said.has(what) ? `"${said.get(what)}"` : 'never said'}, must be "${value}"`);
  const central = path.join(home, 'central.db');
  if (!existsSync(central)) return { wrong: [...wrong, 'nothing came to the centre'], said: text, envelopes: 0 };
  const records = new DatabaseSync(central);
  const chains = records
    .prepare('SELECT spool, stream, count(*) AS kept, max(seq) AS top FROM envelope GROUP BY spool, stream')
    .all() as { spool: string; stream: string; kept: number; top: number }[];
  for (const { spool, stream, kept, top } of chains)
    if (kept !== top) wrong.push(`of ${top} ${stream} of the spool ${spool} came ${kept}`);
  const envelopes = chains.reduce((sum, { kept }) => sum + kept, 0);
  if (envelopes === 0) wrong.push('nothing came to the centre');
  if (kind === 'whole') {
    // What the newer program kept while no broker was there, and the older one found in the spool.
    const [since = 0, until = 0] = (said.get('newer') ?? '').split(' ').map(Number);
    const made = "json_extract(text, '$.at.wallMs')";
    const found = records
      .prepare(`SELECT count(*) AS kept FROM envelope WHERE ${made} BETWEEN ? AND ?`)
      .get(since, until) as { kept: number };
    if (found.kept === 0) wrong.push('nothing that the newer program kept came to the centre');
  }
  records.close();
  return { wrong, said: text, envelopes };
}
