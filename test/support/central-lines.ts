/** Command lines of `fieldpost` in the units and compose files of `deploy/central`, as words: what systemd and Docker would start. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { composeFolder } from './compose.ts';

export interface CentralLine {
  /** File and service. */
  readonly where: string;
  /** After `fieldpost`. */
  readonly words: readonly string[];
}

const read = (name: string): string => readFileSync(path.join(composeFolder, name), 'utf8');

/** What the README puts into /etc/fieldpost/central.env, by name: units take options and addresses from there. */
export function centralEnvironment(): Readonly<Record<string, string>> {
  const told = read('README.md').matchAll(/^ *(?:echo ')?([A-Z]+(?:_[A-Z]+)*)=([^'\n]+)'?.*$/gm);
  return Object.fromEntries([...told].map(([, name = '', value = '']) => [name, value]));
}

/** Words of an `ExecStart=` (systemd.service(5), Command lines): `${X}` is one word, `$X` as many as it has or none, quotes hold words together. */
function wordsOf(line: string, environment: Readonly<Record<string, string>>, where: string): string[] {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  return words.flatMap((word) => {
    const many = /^\$([A-Z_]+)$/.exec(word)?.[1];
    if (many !== undefined) return environment[many]?.split(' ') ?? [];
    const known = word.replaceAll(/\$\{([A-Z_]+)\}/g, (_, name: string) => {
      const value = environment[name];
      if (value === undefined) throw new Error(`${where}: README.md gives no ${name}`);
      return value;
    });
    return [known.replaceAll('%i', '1')];
  });
}

export function unitLines(): CentralLine[] {
  const environment = centralEnvironment();
  return readdirSync(composeFolder)
    .filter((name) => name.endsWith('.service'))
    .flatMap((where) => {
      const starts = [...read(where).matchAll(/^Exec\w+=(.*)$/gm)].map((found) => found[1] ?? '');
      return starts.map((line) => {
        const [program, ...words] = wordsOf(line, environment, where);
        if (program !== '/usr/bin/fieldpost') throw new Error(`${where} starts ${program}`);
        return { where, words };
      });
    });
}

const commands = z.object({ services: z.record(z.string(), z.object({ command: z.array(z.string()).optional() })) });

export function composeLines(): CentralLine[] {
  return ['compose.yaml', 'compose.tls.yaml'].flatMap((file) => {
    const { services } = commands.parse(parse(read(file), { merge: true }));
    return Object.entries(services).flatMap(([name, { command = [] }]) =>
      command[0] === 'fieldpost' ? [{ where: `${file}: ${name}`, words: command.slice(1) }] : [],
    );
  });
}
