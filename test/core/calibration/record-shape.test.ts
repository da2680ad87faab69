import test from 'ava';
import fc from 'fast-check';
import { isSealOf, sealRecord, sortedJson } from '../../../daemons/core/calibration/record-seal.ts';
import { readAdjustment, readRecord } from '../../../daemons/core/calibration/record-shape.ts';
import { standing } from '../../../daemons/core/calibration/standing.ts';
import { adjustmentOf, aSigner, bumpOf, checkOf } from '../../support/calibration-records.ts';

const signer = aSigner();
const prover = { device: 'post-1', signer };
const sealed = <T extends object>(record: T) => ({ ...record, seal: sealRecord(record, 'post-1', signer) });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0);

test('what is written is read back as it was, of each kind', (t) => {
  fc.assert(
    fc.property(number, number, fc.string(), fc.string({ minLength: 1 }), (x, y, word, id) => {
      const point = { applied: x, uApplied: y, read: y, uRead: x };
      const shown = [{ ...point, shown: x, uShown: null }];
      const records = [
        adjustmentOf(id, { by: word, points: [point], asFound: shown }),
        checkOf(id, { by: word, points: shown, reasons: [word] }),
        bumpOf(id, { applied: x, by: word }),
      ];
      for (const one of records.map(sealed)) {
        const text = JSON.stringify(one);
        t.deepEqual(JSON.parse(JSON.stringify(readRecord(JSON.parse(text)).record)), JSON.parse(text));
      }
    }),
    { numRuns: 100 },
  );
});

test('any value is read or refused with a reason, and never throws', (t) => {
  const whole = sealed(adjustmentOf('a'));
  const spoiled = fc
    .tuple(fc.constantFrom(...Object.keys(whole)), fc.jsonValue())
    .map(([field, value]) => ({ ...whole, [field]: value }));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), spoiled), (value) => {
      const { record, why } = readRecord(value);
      t.true(record === null ? why !== null && why !== '' : why === null);
    }),
    { numRuns: 500 },
  );
});

test('an adjustment of the first version is read, and says of what it does not tell that it does not', (t) => {
  const {
    version: _v,
    record: _r,
    method: _m,
    conditions: _c,
    asFound: _f,
    asLeft: _l,
    levels: _n,
    ...old
  } = adjustmentOf('old');
  const gases = [{ gas: 'ammonia', lot: 'L', certificate: 'C', expiresMs: 1 }];
  const { record } = readAdjustment({ ...old, gases });
  t.like(record, { version: 1, id: 'old', method: null, levels: null, conditions: null, seal: null });
  t.is(record?.gases[0]?.humidity, null);
  t.deepEqual(readAdjustment(JSON.parse(JSON.stringify(record))).record, record);
});

test('a record of a newer version is refused, with both versions', (t) => {
  const { why } = readRecord({ ...adjustmentOf('a'), version: 3 });
  t.regex(why ?? '', /version 3.*versions up to 2/);
});

test('the order of fields is no part of a signature, every value is', (t) => {
  const record = adjustmentOf('a');
  const { seal } = sealed(record);
  const turned = Object.fromEntries(Object.entries(record).reverse());
  t.true(isSealOf(seal, turned, 'post-1', signer));
  t.false(isSealOf(seal, record, 'post-2', signer));
  const fields = fc.constantFrom(...(Object.keys(record) as (keyof typeof record)[]));
  fc.assert(
    fc.property(fields, fc.jsonValue(), (field, value) => {
      fc.pre(sortedJson(value) !== sortedJson(record[field]));
      t.false(isSealOf(seal, { ...record, [field]: value }, 'post-1', signer));
    }),
    { numRuns: 60 },
  );
});

test('a record that was edited is refused by name, and the others stand', (t) => {
  const [first, second] = [sealed(adjustmentOf('first')), sealed(adjustmentOf('second'))];
  const edited = { ...second, validUntilMs: second.validUntilMs + 1 };
  const { records, refused, unproved } = standing([first, edited], prover);
  t.deepEqual(
    records.map(({ id }) => id),
    ['first'],
  );
  t.deepEqual(refused, [{ id: 'second', why: 'does not fit its signature: it was changed after it was made' }]);
  t.deepEqual(unproved, []);
});

test('a record without a signature stands until the box signs, and is refused after', (t) => {
  const [before, after] = [adjustmentOf('before'), adjustmentOf('after')].map((one) => ({ ...one, seal: null }));
  const { records, refused, unproved } = standing([before, sealed(adjustmentOf('own')), after], prover);
  t.deepEqual(
    records.map(({ id }) => id),
    ['before', 'own'],
  );
  t.deepEqual(unproved, ['before']);
  t.regex(refused[0]?.why ?? '', /not signed by this box/);
  t.is(standing([before, after], { device: 'post-1', signer: null }).records.length, 2);
});

test('a name is taken once', (t) => {
  const { records, refused } = standing(
    [sealed(adjustmentOf('a')), sealed(adjustmentOf('a', { by: 'tech-8' }))],
    prover,
  );
  t.is(records.length, 1);
  t.like(refused[0], { id: 'a' });
});
