/** As `place.ts`, of the package: what never changes lies beside the executable. */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../core/ports/fault.ts';

const root = path.dirname(realpathSync(process.execPath));
const firstOf = (folder: string, otherwise: string): string => (existsSync(folder) ? folder : otherwise);

/** On an installed box models that were trained there lie beside links to the ones that came with the package. */
export const models = firstOf('/var/lib/fieldpost-models', path.join(root, 'models'));
export const examples = path.join(root, 'firmware-configs');
export const configs = firstOf('/etc/fieldpost/devices', '') ? '/etc/fieldpost' : examples;
export const sources = root;
export const program: readonly string[] = [];

/** For verbs that are no part of the package. */
export function onlyInSources(verb: string): Fault {
  return new Fault(
    'config',
    `${verb} works on the sources and is not in the package: clone the project and run npm run fieldpost -- ${verb} there`,
  );
}
