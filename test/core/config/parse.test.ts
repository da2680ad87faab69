import test from 'ava';
import { z } from 'zod';
import { parseYaml } from '../../../daemons/core/config/parse.ts';
import { isFault } from '../../../daemons/core/ports/fault.ts';

const shape = z.strictObject({
  sample: z.strictObject({ periodMs: z.int().min(20).max(1000).describe('milliseconds between readings') }),
  mode: z.enum(['ask', 'active']),
  names: z.array(z.string()).default([]),
});
const mistake = (text: string): string => {
  try {
    parseYaml('profiles/a.yaml', text, shape);
  } catch (error) {
    if (isFault(error) && error.kind === 'config') return error.message;
    throw error;
  }
  return '';
};

test('a good file gives its typed value', (t) => {
  t.deepEqual(parseYaml('a.yaml', 'sample: { periodMs: 50 }\nmode: ask\n', shape), {
    sample: { periodMs: 50 },
    mode: 'ask',
    names: [],
  });
});

test('an unknown key is named with its line and the key that was probably meant', (t) => {
  t.is(
    mistake('mode: ask\nsample:\n  periodMs: 50\n  perodMs: 60\n'),
    'profiles/a.yaml:4 sample.perodMs: unknown key; did you mean periodMs?',
  );
});

test('a wrong value is named with what is there and what would be right', (t) => {
  t.is(
    mistake('mode: ask\nsample:\n  periodMs: fast\n'),
    'profiles/a.yaml:3 sample.periodMs: is "fast"; must be an integer from 20 to 1000: milliseconds between readings',
  );
});

test('a missing value is said to be missing', (t) => {
  t.regex(mistake('mode: ask\n'), /sample: is missing/);
});

test('a mistake between two values says what is wrong with them, not what one alone may be', (t) => {
  const pair = z
    .strictObject({ low: z.number().min(0).max(9), high: z.number().min(0).max(9) })
    .refine(({ low, high }) => low < high, { path: ['high'], error: 'must be above low' });
  const error = t.throws(() => parseYaml('a.yaml', 'low: 5\nhigh: 3\n', pair));
  t.is(error?.message, 'a.yaml:2 high: is 3; must be above low');
});

test('every mistake is named, not only the first', (t) => {
  t.is(mistake('mode: loud\nsample: { periodMs: 5 }\n').split('\n').length, 2);
  t.regex(mistake('mode: loud\nsample: { periodMs: 5 }\n'), /must be "ask" or "active"/);
});

test('what is not YAML says where', (t) => {
  t.regex(mistake('mode: [ask\nsample: {'), /^profiles\/a\.yaml:\d+:\d+: not YAML: /);
});

test('an empty file, a list and a bare word are named, not thrown', (t) => {
  for (const text of ['', '- a\n', 'hello\n']) t.regex(mistake(text), /\(whole file\)/);
});
