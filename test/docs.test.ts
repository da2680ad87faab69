/**
 * Documents do not rot: each command in a code block or a code span of an `.md` file names a script, a verb with its options, a bench,
 * an evaluation and files that are there. Nothing is run.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import type { Command } from 'commander';
import { everyVerb } from './support/verbs.ts';

const root = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const documents = globSync(['*.md', '{daemons,deploy,firmware-configs,models,test}/**/*.md'], { cwd: root });
const { scripts } = JSON.parse(read('package.json')) as { scripts: Readonly<Record<string, string>> };
const namesIn = (file: string): string[] =>
  [...read(file).matchAll(/^ {2}'?([a-z-]+)'?: (?:async )?\(/gm)].map((found) => found[1] ?? '');
const benches = namesIn('test/bench/run.ts');
const evaluations = namesIn('daemons/tools/evaluate/evaluate.ts');

const program = await everyVerb();

/** Lines of code blocks without what is said of them, and code spans: one command each. */
function commandsIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)]
    .filter(([, language]) => language === '' || language === 'sh')
    .map((found) => found[2] ?? '');
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map((found) => (found[1] ?? '').replaceAll('\n', ' '));
  const lines = blocks.flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'));
  return [...lines.map((line) => line.replace(/\s#.*$/, '')), ...spans].flatMap((one) => one.split(/&&|;/));
}

/** A word that stands for another: a file of the reader's, or what a newcomer is going to write. */
const standsForAnother = (word: string): boolean => /[A-Z]{2}|<|my-sensor|X\.|\.in-force$/.test(word);
const matches = (file: string): boolean =>
  standsForAnother(file) || existsSync(path.join(root, file)) || globSync(file, { cwd: root }).length > 0;

function wrongFiles(words: readonly string[]): string[] {
  return words
    .map((word) => word.replace(/^['"]|['"]$/g, ''))
    .filter((word) => /^(test|daemons|deploy|models|firmware-configs)\//.test(word) && !matches(word))
    .map((word) => `${word} is not there`);
}

function wrongVerb(words: readonly string[]): string[] {
  let at: Command = program;
  let rest = words.filter((word) => !standsForAnother(word));
  const options = new Set(program.options.map(({ long }) => long));
  while (rest[0] !== undefined && !rest[0].startsWith('-')) {
    // "alarm status|mute|reset" says three at once.
    const wanted = rest[0].split('|');
    const found = wanted.map((one) => at.commands.find((command) => command.name() === one));
    const missing = wanted.filter((_, index) => found[index] === undefined);
    const [first] = found;
    if (first === undefined || missing.length > 0) {
      const takesWords = at !== program && (at.registeredArguments.length > 0 || at.commands.length === 0);
      if (!takesWords) return [`fieldpost ${at.name()} knows no "${missing.join('|')}"`];
      break;
    }
    at = first;
    for (const { long } of at.options) options.add(long);
    rest = rest.slice(1);
  }
  // A bare command may have a sub-verb that is meant when none is said.
  for (const command of at.commands) for (const { long } of command.options) options.add(long);
  return rest
    .flatMap((word) => word.match(/^\[?(--[a-z-]+)/)?.[1] ?? [])
    .filter((option) => !options.has(option))
    .map((option) => `fieldpost ${at.name()} has no option ${option}`);
}

/** Of a script that is no verb: an option stands in the file that the script runs, as it is written. */
function unknownOptions(script: string, words: readonly string[]): string[] {
  const file = scripts[script]?.match(/\S+\.ts/)?.[0];
  const source = file === undefined ? '' : read(file);
  return words
    .flatMap((word) => word.match(/^\[?--([a-z-]+)/)?.[1] ?? [])
    .filter((option) => !source.includes(option))
    .map((option) => `npm run ${script} has no option --${option}`);
}

/** What is wrong with one command; nothing for what is not ours. */
function wrongIn(command: string): string[] {
  const words = command.trim().split(/\s+/);
  const files = wrongFiles(words);
  const [first, second = '', third] = words;
  if (first === 'fieldpost') return [...files, ...wrongVerb(words.slice(1))];
  if (first !== 'npm') return files;
  const script = second === 'run' ? (third ?? '') : second;
  if (['ci', 'install', 'publish'].includes(script)) return files;
  if (scripts[script] === undefined) return [...files, `npm has no script "${script}"`];
  const after = words.includes('--') ? words.slice(words.indexOf('--') + 1) : [];
  const [, verb] = scripts[script].match(/daemons\/main\.ts ?(.*)/) ?? [];
  if (verb === undefined) files.push(...unknownOptions(script, after));
  else files.push(...wrongVerb([...(verb === '' ? [] : [verb]), ...after]));
  const [name = 'NAME'] = after;
  if (script === 'bench' && !standsForAnother(name))
    files.push(
      ...name
        .split('|')
        .filter((one) => !benches.includes(one))
        .map((one) => `no bench "${one}"`),
    );
  if (script === 'evaluate' && !standsForAnother(name) && !evaluations.includes(name))
    files.push(`no evaluation "${name}"`);
  return files;
}

test('every command in every document names a script, a verb, an option, a bench and files that are there', (t) => {
  const wrong = documents.flatMap((file) =>
    commandsIn(read(file)).flatMap((command) => wrongIn(command).map((what) => `${file}: ${command.trim()}: ${what}`)),
  );
  t.deepEqual(wrong, []);
});

test('a command that rotted is found', (t) => {
  const rotten = [
    'npm run sooak',
    'npm run bench -- pipelines --json',
    'npm run evaluate -- air --data DIR',
    'npm run soak -- --years',
    'npm start -- --scenes release',
    'npm test -- test/gas/no-such.test.ts',
    'npm test -- test/gas/no-such*.test.ts',
    'fieldpost calibrat --state DIR',
    'fieldpost pki forge',
    'npm run fieldpost -- doctor --sate DIR',
    'daemons/gas/nothing.md',
  ];
  const text = ['```', ...rotten, '```'].join('\n');
  t.deepEqual(
    commandsIn(text).filter((command) => command.trim() !== '' && wrongIn(command).length === 0),
    [],
  );
});

test('links within the documents lead somewhere', (t) => {
  const anchor = (heading: string): string =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-');
  const wrong = documents.flatMap((file) => {
    const text = read(file);
    const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map((found) => anchor(found[1] ?? ''));
    return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map((found) => found[1] ?? '')
      .filter((to) => !to.startsWith('http'))
      .filter((to) =>
        to.startsWith('#')
          ? !anchors.includes(to.slice(1))
          : !existsSync(path.join(root, path.dirname(file), to.split('#')[0] ?? '')),
      )
      .map((to) => `${file}: ${to}`);
  });
  t.deepEqual(wrong, []);
});

/** Rows of the table that begins with `head`, as cells. */
function tableAfter(text: string, head: string): string[][] {
  const [, ...lines] = text.slice(text.indexOf(head)).split('\n');
  const rows = lines.slice(1, lines.indexOf(''));
  return rows.map((row) => row.split('|').map((cell) => cell.trim()));
}

test('the walk in the guide of the technician is the walk that is driven: the same steps in the same order', (t) => {
  const driven = [...read('test/scenarios/walk.test.ts').matchAll(/^ {2}t\.log\('(.*)'\);$/gm)].map(([, step]) => step);
  const told = tableAfter(read('README.md'), '| step | where | commands | and who tries |').map(([, step]) => step);
  t.true(driven.length > 5);
  t.deepEqual(told, driven);
});

test('each claim of security names suites that are there', (t) => {
  const rows = tableAfter(read('README.md'), '| who tries | what holds | under `test/` |');
  t.true(rows.length > 5);
  for (const [, who = '', , suites = ''] of rows) {
    const files = [...suites.matchAll(/`([^`]+)`/g)].map(([, file]) => file ?? '');
    t.true(files.length > 0, who);
    for (const file of files) t.true(existsSync(path.join(root, 'test', file)), `${who}: ${file}`);
  }
});
