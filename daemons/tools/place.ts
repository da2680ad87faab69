/** Where what belongs to the program lies, and how it is started again as another of its verbs. */
import path from 'node:path';

const root = path.join(import.meta.dirname, '../..');

/** Folder of the models, of those that were trained here too. */
export const models = path.join(root, 'models');
/** Folder of the configurations that came with the program: of simulated sites. */
export const examples = path.join(root, 'firmware-configs');
/** Folder of the configuration that is checked where no other is named. */
export const configs = examples;
/** The project's own folder. */
export const sources = root;
/** What `process.execPath` is given before the verb. */
export const program: readonly string[] = [path.join(root, 'daemons/main.ts')];
