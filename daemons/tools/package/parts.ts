/** What is in the package: every npm package of which something ships, with its licence. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../../core/ports/fault.ts';
import { project } from './project.ts';

export interface Part {
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly licence: string;
  /** `sha512-...` of the lock file; absent where it names none. */
  readonly integrity: string | null;
  readonly text: string;
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string | { readonly type: string };
  readonly author?: string | { readonly name: string };
}

/** The folder of the npm package that a file is in, or null for one of ours. */
export function ownerOf(file: string): string | null {
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return found?.[1] ?? null;
}

/** Copyleft that reaches what is linked with it; a choice of another licence is taken. */
const isRefused = (licence: string): boolean => /GPL/i.test(licence) && !/\bOR\b/i.test(licence);

/** What the inputs of the bundle and further packages belong to. Errors: Fault `config` for a licence that may not ship, or for none. */
export function partsOf(inputs: readonly string[], further: readonly string[]): Part[] {
  const lock = JSON.parse(readFileSync(path.join(project, 'package-lock.json'), 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
  };
  const folders = new Set(further.map((name) => path.join(project, 'node_modules', name)));
  for (const file of inputs) {
    const owner = ownerOf(file);
    if (owner) folders.add(path.resolve(project, owner));
  }
  const parts = [...folders].map((folder): Part => {
    const { name, version, license, author } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    ) as Manifest;
    const licence = typeof license === 'string' ? license : license?.type;
    if (!name || !version || !licence) throw new Fault('config', `${folder}/package.json: names no licence`);
    if (isRefused(licence)) throw new Fault('config', `${name} is under ${licence}, which may not ship with Fieldpost`);
    const inLock = folder.slice(folder.indexOf('node_modules/'));
    const files = readdirSync(folder).filter((one) => /^(licen[cs]e|copying|notice)/i.test(one));
    const texts = files.toSorted().map((one) => readFileSync(path.join(folder, one), 'utf8').trim());
    const by = typeof author === 'string' ? author : author?.name;
    return {
      ...{ name, version, licence },
      integrity: lock.packages[inLock]?.integrity ?? null,
      text:
        texts.length > 0 ? texts.join('\n\n') : `${licence}${by ? `, by ${by}` : ''}; its package holds no text of it.`,
    };
  });
  return parts.toSorted((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}

/** The texts of all licences, for a person. */
export function licencesText(parts: readonly Part[], nodeFolder: string): string {
  const line = '='.repeat(78);
  const node = path.join(nodeFolder, 'LICENSE');
  if (!existsSync(node)) throw new Fault('config', `${node}: is missing`);
  const each = parts.map(
    ({ name, version, licence, text }) => `${line}\n${name} ${version} (${licence})\n${line}\n${text}\n`,
  );
  return [...each, `${line}\nNode.js and what is built into it\n${line}\n${readFileSync(node, 'utf8').trim()}\n`].join(
    '\n',
  );
}
