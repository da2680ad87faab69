import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { board, device, profile } from '../../../daemons/core/config/box.ts';
import { parseValue, parseYaml } from '../../../daemons/core/config/parse.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';
import { gasSection } from '../../../daemons/gas/config.ts';
import { drivers } from '../../../daemons/gas/drivers.ts';
import { uplinkSection } from '../../../daemons/uplink/config.ts';

const folder = path.join(import.meta.dirname, '../../../firmware-configs');
const shapes: readonly (readonly [string, z.ZodType])[] = [
  ['board', board],
  ['device', device],
  ['profile', profile],
  ['gas', gasSection],
  ['uplink', uplinkSection],
  ['anything', z.unknown()],
  ...drivers.map((one) => [one.part, one.config] as const),
];

/** What a text says to a shape: its mistakes, or none. Anything but a Fault `config` is thrown on. */
function mistakesOf(text: string, shape: z.ZodType): string[] {
  try {
    parseYaml('some.yaml', text, shape);
    return [];
  } catch (error) {
    if (isFault(error) && error.kind === 'config') return error.message.split('\n');
    throw error;
  }
}

/** Texts that are nearly YAML: what its syntax is made of, in any order. */
const pieces = fc.oneof(
  fc.constantFrom(
    ...[
      '- ',
      ': ',
      '\n',
      '\n  ',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '*b',
      '!!',
      '!!binary ',
      '!!set',
      '<<: ',
      '---\n',
      '%',
      '"',
    ],
    ...[
      "'",
      '|\n',
      '>',
      '? ',
      '#',
      '\t',
      'null',
      '0x',
      '.nan',
      '1e999',
      '__proto__: ',
      'constructor: ',
      '\u0000',
      '\ud800',
    ],
    ...[
      'sensors',
      'board',
      'ports',
      'options',
      'gas',
      'rules',
      'channels',
      '...\n',
      '@',
      '`',
      '2001-01-01',
      '123456789012345678901',
    ],
  ),
  fc.string({ maxLength: 5 }),
);

test('any bytes are a value or a Fault that names the file, whatever shape is asked for', (t) => {
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  fc.assert(
    fc.property(texts, fc.constantFrom(...shapes), (text, [, shape]) => {
      for (const line of mistakesOf(text, shape)) t.regex(line, /^some\.yaml/, JSON.stringify(text));
    }),
    { numRuns: 400 },
  );
});

test('texts made to break a parser are Faults', (t) => {
  const bomb = [
    'a0: &a0 [x, x]',
    ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`),
  ].join('\n');
  const nasty = {
    'aliases that multiply': bomb,
    'a list that holds itself': '&a [*a]',
    'a map that holds itself': 'board: &a { sensors: *a }',
    'an alias of nothing': 'board: *nobody',
    'two thousand open brackets': '['.repeat(2000),
    'two thousand levels': `${'['.repeat(2000)}${']'.repeat(2000)}`,
    'two thousand maps': `${'{a: '.repeat(2000)}1${'}'.repeat(2000)}`,
    'a merge of a number': '<<: 3',
    'two documents': 'board: a\n---\nboard: b\n',
    'keys that are maps': '? { a: b }\n: c\n',
    'a prototype': '__proto__: { board: x }\nboard: 3\n',
  };
  for (const [name, text] of Object.entries(nasty))
    for (const shape of [board, gasSection]) t.true(mistakesOf(text, shape).length > 0, name);
});

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
const wrongValues: readonly Json[] = [null, true, -1, 1e300, 'x'.repeat(400), '', [], {}, [null], { a: { b: 1 } }];

/** Every path in a value that can be changed; of a list of maps the first, because the others are alike. */
function* paths(value: Json, at: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (at.length > 0) yield at;
  if (Array.isArray(value)) for (const [i, one] of value.slice(0, 1).entries()) yield* paths(one, [...at, i]);
  else if (value !== null && typeof value === 'object')
    for (const [key, one] of Object.entries(value)) yield* paths(one, [...at, key]);
}
const changed = (value: Json, [key, ...rest]: readonly (string | number)[], to: Json): Json => {
  if (key === undefined) return to;
  if (Array.isArray(value)) return value.map((one, i) => (i === key ? changed(one, rest, to) : one));
  const map = value as { [key: string]: Json };
  return { ...map, [key]: changed(map[key] as Json, rest, to) };
};

const files = [
  ['boards/sim-gas-8.yaml', board],
  ['profiles/gas-vapour.yaml', profile],
  ['devices/post-1.yaml', device],
] as const;

for (const [file, shape] of files) {
  test(`${file}: a wrong value anywhere is named with its line, its path and what would be right`, (t) => {
    const good = parse(readFileSync(path.join(folder, file), 'utf8')) as Json;
    let named = 0;
    for (const at of paths(good)) {
      for (const wrong of wrongValues) {
        for (const line of mistakesOf(stringify(changed(good, at, wrong)), shape)) {
          named += 1;
          t.regex(line, /^some\.yaml:\d+ [^:]+: (is .*; .+|unknown key.*)$/, line);
          t.notRegex(line, /Invalid input|undefined|\[object/, line);
        }
      }
    }
    t.true(named > 20, `${named}`);
  });
}

test('a wrong value anywhere in the sections of a profile is named with its path and what would be right', (t) => {
  const sections = parse(readFileSync(path.join(folder, 'profiles/gas-vapour.yaml'), 'utf8')) as Record<string, Json>;
  const mistakes = (name: string, value: Json): string[] => {
    try {
      parseValue(`profile ${name}`, value, shapes.find(([of]) => of === name)?.[1] ?? z.never());
      return [];
    } catch (error) {
      if (isFault(error)) return error.message.split('\n');
      throw error;
    }
  };
  for (const name of ['gas', 'uplink']) {
    const good = sections[name] as Json;
    const all = [...paths(good)].flatMap((at) =>
      wrongValues.flatMap((wrong) => mistakes(name, changed(good, at, wrong))),
    );
    t.true(all.length > 20);
    for (const line of all) {
      t.regex(line, /^profile (gas|uplink) [^:]+: (is .*; .+|unknown key.*)$/, line);
      t.notRegex(line, /Invalid input|undefined|\[object/, line);
    }
  }
});
