/** What units and compose files of the centre start: the program takes every word of it. Docker is not asked, and nothing is started. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { type CentralLine, centralEnvironment, composeLines, unitLines } from '../support/central-lines.ts';
import { executable } from '../support/packaged.ts';
import { everyVerb, refusalOf } from '../support/verbs.ts';

const refusals = async (lines: readonly CentralLine[]): Promise<readonly string[]> => {
  const found = await Promise.all(
    lines.map(async ({ where, words }) => {
      const why = refusalOf(await everyVerb(), words);
      return why === null ? [] : [`${where}: ${words.join(' ')}: ${why}`];
    }),
  );
  return found.flat();
};

test('the parser takes each line: verb, options, their values, and what must be given', async (t) => {
  const units = unitLines();
  const compose = composeLines();
  t.deepEqual(units.map(({ words }) => words[0]).sort(), ['console', 'dispatch', 'enrol', 'ledger', 'pki']);
  t.deepEqual(compose.map(({ words }) => words[0]).sort(), ['console', 'console', 'dispatch', 'enrol', 'ledger']);
  t.deepEqual(await refusals([...units, ...compose]), []);
  // What the README puts into central.env is what its units ask for.
  t.true(units.some(({ words }) => words.includes('https://hub.example:8480')));
  t.is(centralEnvironment().BROKER, 'mqtts://hub.example:8883');
});

test('a line that rotted is found', async (t) => {
  for (const [words, why] of [
    ['ledgr --broker mqtt://a --records b', /unknown command/],
    ['ledger --broker mqtt://a', /--records/],
    ['ledger --broker mqtt://a --records b --fleets', /unknown option/],
    ['ledger --broker mqtt://a --records', /argument missing/],
    ['console --records a b', /too many arguments/],
  ] as const)
    t.regex(refusalOf(await everyVerb(), words.split(' ')) ?? 'taken', why);
});

test('the packaged program names each verb and option of these lines in its help', async (t) => {
  t.timeout(300_000);
  const program = await executable();
  const lines = [...unitLines(), ...composeLines()];
  const verbOf = (words: readonly string[]): string => words.slice(0, words[0] === 'pki' ? 2 : 1).join(' ');
  for (const verb of new Set(lines.map(({ words }) => verbOf(words)))) {
    const { stdout } = await promisify(execFile)(program, [...verb.split(' '), '--help']);
    t.true(stdout.startsWith(`Usage: fieldpost ${verb} `), stdout);
    const known = new Set([...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map((found) => found[1]));
    for (const { where, words } of lines.filter((one) => verbOf(one.words) === verb))
      t.deepEqual(
        words.filter((word) => word.startsWith('--') && !known.has(word)),
        [],
        where,
      );
  }
});
