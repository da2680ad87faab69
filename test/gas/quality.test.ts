import test from 'ava';
import { runStep } from '../../daemons/core/flow/scan.ts';
import { freshQuality, quality } from '../../daemons/gas/quality.ts';
import { reading } from '../support/readings.ts';

test('identical raw values are flagged as stuck from the limit on, and one other value ends it', (t) => {
  const values = [1, 1, 1, 1, 2, 2];
  const [, out] = runStep(
    quality(new Map([['a', 3]])),
    freshQuality(['a']),
    values.map((value) => reading('a', 'x', value)),
  );
  t.deepEqual(
    out.map((one) => one.flags.includes('stuck')),
    [false, false, true, true, false, false],
  );
});

test('channels of a sensor are judged apart', (t) => {
  const both = [1, 1, 1].flatMap((value, i) => [reading('a', 'x', value), reading('a', 'y', i)]);
  const [, out] = runStep(quality(new Map([['a', 3]])), freshQuality(['a']), both);
  t.deepEqual(
    out.map((one) => one.flags.length),
    [0, 0, 0, 0, 1, 0],
  );
});

test('a sensor without a limit may repeat itself', (t) => {
  const [, out] = runStep(
    quality(new Map()),
    freshQuality(['a']),
    [1, 1, 1].map((value) => reading('a', 'x', value)),
  );
  t.true(out.every((one) => one.flags.length === 0));
});

test('gaps are not stuck values', (t) => {
  const [, out] = runStep(
    quality(new Map([['a', 2]])),
    freshQuality(['a']),
    [null, null, null].map((value) => reading('a', 'x', value)),
  );
  t.true(out.every((one) => !one.flags.includes('stuck')));
});
