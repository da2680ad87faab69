import path from 'node:path';
import process from 'node:process';
import test from 'ava';
import { findProgram } from './needs.ts';

test('a program that npm installed is not taken for the Debian program of that name', (t) => {
  const before = process.env.PATH;
  t.teardown(() => {
    process.env.PATH = before;
  });
  process.env.PATH = `${path.resolve('node_modules/.bin')}:${before}`;
  t.is(findProgram('ava'), null);
  t.true(findProgram('sh')?.startsWith('/'));
});
