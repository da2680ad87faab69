import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../../deploy/systemd');

/** What a unit sets for the processes of a daemon, out of the unit itself: what is tried and measured is what ships. */
export function unitEnvironment(daemon: string): Readonly<Record<string, string>> {
  const files = ['fieldpost@.service', `${daemon}.conf`].map((one) => path.join(folder, one)).filter(existsSync);
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  const said = lines.filter((line) => line.startsWith('Environment=')).map((line) => line.slice('Environment='.length));
  const pairs = said.flatMap((one) =>
    [...one.matchAll(/"([^"]+)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''),
  );
  return Object.fromEntries(pairs.map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)]));
}
