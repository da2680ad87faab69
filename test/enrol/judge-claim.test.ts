import test from 'ava';
import fc from 'fast-check';
import { type Claiming, judgeClaim } from '../../daemons/enrol/judge-claim.ts';

const nowMs = Date.UTC(2027, 5, 1);
const claim = {
  ...{ id: 'AbCdEfGhIj_', device: 'post-7', key: '00', atMs: nowMs - 1000, untilMs: nowMs + 1000 },
  ...{ replaces: false, used: null, withdrawn: false },
};
const asking: Claiming = { claim, proved: true, asks: 'post-7', keyHash: 'k1', live: 0, nowMs };
const used = { atMs: nowMs - 500, keyHash: 'k1' };

test('a fresh token is good, and good again for the same key, until its end', (t) => {
  t.deepEqual(judgeClaim(asking), { say: 'issue', denies: false });
  t.deepEqual(judgeClaim({ ...asking, claim: { ...claim, used }, live: 1 }), { say: 'issue', denies: false });
});

test('a token that may replace locks the earlier box out, once', (t) => {
  const replaces = { ...claim, replaces: true };
  t.deepEqual(judgeClaim({ ...asking, claim: replaces, live: 2 }), { say: 'issue', denies: true });
  t.deepEqual(judgeClaim({ ...asking, claim: { ...replaces, used }, live: 1 }), { say: 'issue', denies: false });
});

const wrong: readonly (readonly [string, Partial<Claiming>, RegExp])[] = [
  ['unknown', { claim: null }, /not made here.*forged/],
  ['not proved', { proved: false }, /forged or damaged.*fieldpost token post-7/],
  ['expired', { claim: { ...claim, untilMs: nowMs - 1 } }, /expired at 2027-05-31 23:59 UTC/],
  ['withdrawn', { claim: { ...claim, withdrawn: true } }, /withdrawn at the centre/],
  ['for another name', { asks: 'post-8' }, /is for post-7, and this box asks for the name post-8/],
  ['used by another key', { claim: { ...claim, used }, keyHash: 'k2' }, /used at .* with another key.*pki deny post-7/],
  ['for a name that is taken', { live: 1 }, /two boxes never share a name/],
  ["for a program's name", { claim: { ...claim, device: 'ledger' }, asks: 'ledger' }, /a program of the centre/],
];

for (const [title, news, words] of wrong)
  test(`a token is refused when it is ${title}`, (t) => {
    const verdict = judgeClaim({ ...asking, ...news });
    t.is(verdict.say, 'refused');
    t.regex('reason' in verdict ? verdict.reason : '', words);
  });

test('nothing is ever issued for a token that is unknown, not proved, late, withdrawn, for another name or of another key', (t) => {
  const flag = fc.boolean();
  fc.assert(
    fc.property(
      fc.record({ known: flag, proved: flag, withdrawn: flag, same: flag, replaces: flag, mine: flag }),
      fc.integer({ min: -2000, max: 2000 }),
      fc.option(fc.constantFrom('k1', 'k2'), { nil: null }),
      fc.nat(3),
      (is, leftMs, by, live) => {
        const one = {
          ...claim,
          ...{ withdrawn: is.withdrawn, replaces: is.replaces, untilMs: nowMs + leftMs },
          used: by === null ? null : { atMs: nowMs - 1, keyHash: by },
        };
        const verdict = judgeClaim({
          ...{ ...asking, live, proved: is.proved, claim: is.known ? one : null },
          asks: is.same ? 'post-7' : 'post-8',
        });
        const isGood = is.known && is.proved && !is.withdrawn && is.same && leftMs >= 0 && (by === null || by === 'k1');
        t.is(verdict.say === 'issue', isGood && (by !== null || live === 0 || is.replaces));
      },
    ),
  );
});
