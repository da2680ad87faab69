import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const deploy = path.join(import.meta.dirname, '../../deploy');

/** What a unit sets for the processes of a daemon, out of the unit itself: what is tried and measured is what ships. */
export function unitEnvironment(daemon: string): Readonly<Record<string, string>> {
  return environmentIn(['systemd/fieldpost@.service', `systemd/${daemon}.conf`]);
}

/** The same of a program of the centre. */
export const centralEnvironment = (unit: 'ledger@' | 'console'): Readonly<Record<string, string>> =>
  environmentIn([`central/fieldpost-${unit}.service`]);

function environmentIn(units: readonly string[]): Readonly<Record<string, string>> {
  const files = units.map((one) => path.join(deploy, one)).filter(existsSync);
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const said = lines.filter((line) => line.startsWith('Environment=')).map((line) => line.slice('Environment='.length));
  const pairs = said.flatMap((one) =>
    [...one.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''),
  );
  return Object.fromEntries(pairs.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
}
