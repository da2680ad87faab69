import test from 'ava';
import { runChecks } from '../../bench/console-checks.ts';

/** How many there were; fewer is a decision. */
const atLeast = 60;

test('every attack on a listening console is refused', async (t) => {
  const seen = await runChecks();
  t.deepEqual(
    seen.filter(({ wrong }) => wrong !== null),
    [],
  );
  t.true(seen.length >= atLeast, `${seen.length}`);
  t.is(new Set(seen.map(({ name }) => name)).size, seen.length);
});
