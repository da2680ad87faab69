import test from 'ava';
import pg from 'pg';
import { bigints, blobs, doubles, storable, texts } from '../../../daemons/core/adapters/postgres.arrays.ts';
import { needs } from '../../support/needs.ts';
import { startPostgres } from '../../support/postgres.ts';

const title = 'arrays come out of PostgreSQL as they went in, whatever is in them';
test(title, async (t) => {
  if (!needs('initdb', title)) {
    t.pass();
    return;
  }
  const server = await startPostgres();
  t.teardown(server.close);
  const client = new pg.Client({ connectionString: await server.database('arrays') });
  await client.connect();
  t.teardown(() => client.end());
  const words = ['', 'a', '{"a":"\\"b\\\\"}', 'ü€😀', ',', 'NULL', '{}', '\t\n', 'x'.repeat(100_000)];
  const whole = [0, 1, -1, 2 ** 31, -(2 ** 40), Number.MAX_SAFE_INTEGER];
  const real = [0, -0.5, 1e300, 1e-300, 1_790_000_000_123.75];
  const bytes = [Buffer.from([]), Buffer.from([0, 255, 92])];
  const { rows } = await client.query(
    'SELECT $1::text[] AS a, $2::bigint[]::text[] AS b, $3::float8[] AS c, $4::bytea[] AS d',
    [texts(words), bigints(whole), doubles(real), blobs(bytes)],
  );
  t.deepEqual(rows[0], { a: words, b: whole.map(String), c: real, d: bytes });
  const { rows: empty } = await client.query('SELECT $1::text[] AS a', [texts([])]);
  t.deepEqual(empty[0], { a: [] });
});

test('U+0000 cannot be stored, and becomes the sign for what could not be shown', (t) => {
  t.is(storable('a\0b'), 'a\ufffdb');
  t.is(storable('plain'), 'plain');
});
