import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';

const root = path.join(import.meta.dirname, '..');

const walk = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return walk(file);
    return /\.(ts|mjs|css)$/.test(entry.name) ? [file] : [];
  });

const sources = ['daemons', 'models', 'test'].flatMap(walk);
const importsOf = (file: string): string[] =>
  [...readFileSync(path.join(root, file), 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(
    (found) => found[1] ?? '',
  );
const resolved = (file: string, specifier: string): string =>
  specifier.startsWith('.') ? path.normalize(path.join(path.dirname(file), specifier)) : specifier;

/** The layer a file belongs to, as daemons/README.md draws it. */
function layer(file: string): string {
  const parts = file.split(path.sep);
  if (parts[0] !== 'daemons') return parts[0] ?? '';
  if (parts[1] !== 'core') return parts[1]?.endsWith('.ts') ? 'main' : 'daemon';
  return parts.length === 3 ? 'driver' : `core/${parts[2]}`;
}

/** What each part of core may import from core; the rest of the house may not be imported by core at all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'core/values': ['core/values'],
  'core/ports': ['core/values', 'core/ports'],
  'core/flow': ['core/values', 'core/ports', 'core/flow', 'driver'],
  driver: ['core/values', 'core/ports'],
};
const notAdapters = (target: string): boolean => target !== 'core/adapters';

test('no file is longer than 300 lines', (t) => {
  const long = sources.filter((file) => readFileSync(path.join(root, file), 'utf8').split('\n').length > 301);
  t.deepEqual(long, []);
});

test('values import nothing but values, ports nothing but values and ports, and so on up the house', (t) => {
  const wrong = sources.flatMap((file) =>
    importsOf(file).flatMap((specifier) => {
      const may = allowed[layer(file)];
      if (!may) return [];
      if (!specifier.startsWith('.'))
        return layer(file) === 'core/values' || layer(file) === 'core/ports' ? [`${file} -> ${specifier}`] : [];
      const target = resolved(file, specifier);
      return may.includes(layer(target)) ? [] : [`${file} -> ${target}`];
    }),
  );
  t.deepEqual(wrong, []);
});

test('core never imports a daemon, a tool or the main file', (t) => {
  const wrong = sources
    .filter((file) => file.startsWith('daemons/core/'))
    .flatMap((file) =>
      importsOf(file)
        .filter((one) => one.startsWith('.'))
        .map((one) => resolved(file, one))
        .filter((target) => !target.startsWith('daemons/core/'))
        .map((target) => `${file} -> ${target}`),
    );
  t.deepEqual(wrong, []);
});

test('only a composition root, a tool or an adapter names an adapter', (t) => {
  const wrong = sources
    .filter(
      (file) =>
        file.startsWith('daemons/') && !file.startsWith('daemons/tools/') && !file.startsWith('daemons/core/adapters/'),
    )
    .filter((file) => !['daemon.ts', 'broker.ts', 'main.ts', 'ways.ts'].includes(path.basename(file)))
    .flatMap((file) =>
      importsOf(file)
        .filter((one) => one.startsWith('.') && !notAdapters(layer(resolved(file, one))))
        .map((one) => `${file} -> ${one}`),
    );
  t.deepEqual(wrong, []);
});

test('daemons never import each other', (t) => {
  const daemons = [
    'gas',
    'uplink',
    'ledger',
    'console',
    'camera',
    'dock',
    'dji',
    'agent',
    'enrol',
    'service',
    'dispatch',
  ];
  const wrong = sources.flatMap((file) => {
    const own = /^daemons\/([a-z]+)\//.exec(file)?.[1];
    if (!own || !daemons.includes(own)) return [];
    return importsOf(file)
      .map((one) => /^daemons\/([a-z]+)\//.exec(resolved(file, one))?.[1])
      .filter((other) => other !== undefined && daemons.includes(other) && other !== own)
      .map((other) => `${file} -> ${other}`);
  });
  t.deepEqual(wrong, []);
});

test('no folder or file has a name that says nothing', (t) => {
  const empty = /(^|\/)(utils?|helpers?|managers?|common|misc|types|index)(\/|\.[a-z]+$)/;
  t.deepEqual(
    sources.filter((file) => empty.test(file)),
    [],
  );
});

test('the top level is what the customer fixed', (t) => {
  const fixed = [
    'LICENSE',
    'README.md',
    'daemons',
    'deploy',
    'firmware-configs',
    'models',
    'package-lock.json',
    'package.json',
    'test',
    'tsconfig.json',
  ];
  const found = readdirSync(root).filter((name) => !name.startsWith('.') && name !== 'node_modules');
  t.deepEqual(found.sort(), fixed);
  t.true(statSync(path.join(root, 'daemons')).isDirectory());
});

test('the lock file names no registry', (t) => {
  t.false(readFileSync(path.join(root, 'package-lock.json'), 'utf8').includes('"resolved": "http'));
});

test('the map names every folder of the house and none that is not there', (t) => {
  const folders = (of: string): string[] =>
    readdirSync(path.join(root, of), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${name}/`);
  const map = readFileSync(path.join(root, 'daemons/README.md'), 'utf8').split('```')[1] ?? '';
  const named = (indent: RegExp): string[] => [...map.matchAll(indent)].map((found) => found[1] ?? '');
  t.deepEqual(named(/^([a-z]+\/)/gm).sort(), folders('daemons').sort());
  t.deepEqual(named(/^ {2}([a-z]+\/)/gm).sort(), folders('daemons/core').sort());
});
