/** `npm run new:driver NAME`: writes the files of a driver and registers it, so that its suites run before it is written. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Fault } from '../../core/ports/fault.ts';
import { type Naming, type PortKind, templates } from './templates.ts';

/** Errors: Fault `config` for a name that cannot be a part's. */
export function naming(part: string): Naming {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(part) || part.length > 32)
    throw new Fault(
      'config',
      `"${part}": a part's name is small letters, digits and single hyphens, for example my-sensor`,
    );
  const camel = part.replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return { part, camel, pascal: camel.charAt(0).toUpperCase() + camel.slice(1) };
}

type Mark = readonly ['first' | 'last', string];
const table = 'daemons/gas/drivers.ts';

/** Puts a text before the first or last place of a mark that must be there. Errors: Fault `config` naming the file. */
function insert(file: string, [which, mark]: Mark, text: string): void {
  const was = readFileSync(file, 'utf8');
  const at = which === 'first' ? was.indexOf(mark) : was.lastIndexOf(mark);
  if (at < 0) throw new Fault('config', `${file}: holds no ${JSON.stringify(mark)}; register the driver by hand`);
  writeFileSync(file, was.slice(0, at) + text + was.slice(at));
}

/** Writes driver, simulated device and test under `root` and enters them in the tables of every driver's tests. Gives the files that were written or changed. */
export function newDriver(root: string, part: string, port: PortKind): string[] {
  const name = naming(part);
  const { driver, device, test, cases, published: vector, fuzzed } = templates[port];
  const files = [
    [`daemons/gas/drivers/${part}.ts`, driver],
    [`daemons/tools/simulate/devices/${part}.ts`, device],
    [`test/gas/drivers/${part}.test.ts`, test],
  ] as const;
  for (const [file] of files)
    if (existsSync(path.join(root, file))) throw new Fault('config', `${file} is there already; nothing was written`);
  for (const [file, template] of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), template(name));
  }
  const captures = `test/captures/${port}-parts.ts`;
  const [published, fuzz] = ['test/gas/drivers/published.ts', 'test/bench/fuzz.ts'];
  const decoder = (up: string): string =>
    `import { decode as decode${name.pascal} } from '${up}/daemons/gas/drivers/${part}.ts';\n`;
  const model = `import { simulated${name.pascal} } from '../../daemons/tools/simulate/devices/${part}.ts';\n`;
  const changes: readonly (readonly [string, Mark, string])[] = [
    [table, ['first', 'import { ads1115 }'], `import { ${name.camel} } from './drivers/${part}.ts';\n`],
    [table, ['first', '];\n\n/** The part of that name'], `  part(${name.camel}),\n`],
    [captures, ['first', '\nexport interface '], model],
    [captures, ['last', '};\n'], cases(name)],
    [published, ['first', '\nexport interface '], decoder('../../..')],
    [published, ['last', '];\n'], vector(name)],
    [fuzz, ['first', '\nconst bytes = '], decoder('../..')],
    [fuzz, ['first', '];\n\nexport const targets'], fuzzed(name)],
  ];
  for (const [file, mark, text] of changes) insert(path.join(root, file), mark, text);
  return [...files.map(([file]) => file), table, captures, published, fuzz];
}
