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

/** Puts a text before the first or last place of a mark that must be there. Errors: Fault `config` naming the file. */
function insert(file: string, [which, mark]: readonly ['first' | 'last', string], text: string): void {
  const was = readFileSync(file, 'utf8');
  const at = which === 'first' ? was.indexOf(mark) : was.lastIndexOf(mark);
  if (at < 0) throw new Fault('config', `${file}: holds no ${JSON.stringify(mark)}; register the driver by hand`);
  writeFileSync(file, was.slice(0, at) + text + was.slice(at));
}

/** Writes driver, simulated device and test under `root` and registers them. Gives the files that were written or changed. */
export function newDriver(root: string, part: string, port: PortKind): string[] {
  const name = naming(part);
  const { driver, device, test, cases } = templates[port];
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
  const table = path.join(root, 'daemons/gas/drivers.ts');
  insert(table, ['first', 'import { ads1115 }'], `import { ${name.camel} } from './drivers/${part}.ts';\n`);
  insert(table, ['first', '];\n\n/** The part of that name'], `  part(${name.camel}),\n`);
  const captures = path.join(root, `test/captures/${port}-parts.ts`);
  insert(
    captures,
    ['first', '\nexport interface '],
    `import { simulated${name.pascal} } from '../../daemons/tools/simulate/devices/${part}.ts';\n`,
  );
  insert(captures, ['last', '};\n'], cases(name));
  return [...files.map(([file]) => file), 'daemons/gas/drivers.ts', `test/captures/${port}-parts.ts`];
}
